/// What IAM's simulation says of an action on a resource.
package struct SimulatedAction: Sendable, Hashable {
    /// IAM's own words.
    package enum Decision: String, Sendable, Hashable, CaseIterable {
        case allowed
        /// No policy allows it.
        case implicitDeny
        /// A policy denies it.
        case explicitDeny
    }

    /// `s3:GetObject`.
    package var action: String
    package var resource: String
    package var decision: Decision
    /// The keys of conditions that the simulation had no value for: `aws:SourceIp`.
    package var missingContext: [String]
    package var isDeniedByOrganization: Bool
    package var isDeniedByBoundary: Bool

    package init(
        action: String, resource: String, decision: Decision, missingContext: [String] = [],
        isDeniedByOrganization: Bool = false, isDeniedByBoundary: Bool = false
    ) {
        self.action = action
        self.resource = resource
        self.decision = decision
        self.missingContext = missingContext
        self.isDeniedByOrganization = isDeniedByOrganization
        self.isDeniedByBoundary = isDeniedByBoundary
    }
}

/// What is known of the permissions of a member of a group.
package enum MemberPermissions: Sendable, Hashable {
    /// `principal` is the ARN that the simulation was asked for.
    case simulated(principal: String, [SimulatedAction])
    /// Nobody with credentials at hand may ask: the action that was denied, and whom it was denied.
    case denied(action: String, asker: String, message: String)
    /// IAM has no simulation for it; a clause.
    case notSimulated(String)
    /// Nothing is known now, which may be otherwise later; a clause.
    case unknown(String)
}

/// A profile of a group with what it may do.
package struct GroupMember: Sendable, Hashable {
    package var profile: String
    package var permissions: MemberPermissions

    package init(profile: String, permissions: MemberPermissions) {
        self.profile = profile
        self.permissions = permissions
    }
}
