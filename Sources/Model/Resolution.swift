/// What Resolving makes of a profile: everything, where keys stand in a file or the environment, or the
/// plan of what has to be asked or run first.
package enum Resolution: Sendable {
    case ready(ResolvedProfile)
    case planned(Plan)

    package init(_ plan: Plan) {
        if let keys = plan.keys {
            self = .ready(ResolvedProfile(plan, with: keys))
        } else {
            self = .planned(plan)
        }
    }

    /// The keys, where nothing has to be asked for them.
    package var keys: Credentials? {
        if case .ready(let resolved) = self { resolved.credentials } else { nil }
    }
}

extension ResolvedProfile {
    /// Joins a plan with the credentials that it led to.
    package convenience init(_ plan: Plan, with credentials: Credentials) {
        self.init(
            credentials: credentials, region: plan.region, endpoint: plan.endpoint,
            mainEndpoint: plan.mainEndpoint, source: plan.source,
            sourceModifiedAt: plan.sourceModifiedAt)
    }
}
