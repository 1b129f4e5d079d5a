package import Model

/// What the comparison of a group's members came to.
package struct EquivalenceFinding: Sendable, Hashable {
    package var advisories: [Advisory]
    /// Why it is not whole, so that it should be asked again before its next time; nil when it is.
    package var incomplete: String?
}

/// Compares what a backup may do with what the primary may do, action by action.
///
/// A backup that lacks what the primary may do is the warning that matters; an action that the primary may
/// not do either is another one, since the config asks for it. What a simulation cannot know (policies of
/// resources, conditions without a value) is said in the message and hides nothing.
package func equivalenceFinding(
    group: String, actions: [EquivalentAction], primary: GroupMember, backups: [GroupMember]
) -> EquivalenceFinding {
    var finding = EquivalenceFinding(advisories: [])
    var sentences: [String] = []
    var commands: [String] = []
    let ofPrimary = Simulated(primary)
    for backup in backups {
        guard let ofBackup = Simulated(backup) else { continue }
        let denied = actions.filter { ofBackup.isDenied($0) == true }
        let lacking = denied.filter { ofPrimary?.isDenied($0) == false }
        let lackedByBoth = denied.filter { ofPrimary?.isDenied($0) == true }
        let unclear = denied.filter { ofPrimary?.isDenied($0) == nil }
        if !lacking.isEmpty {
            sentences.append(
                "\(backup.profile) may not do what \(primary.profile) may: \(ofBackup.list(lacking))"
            )
        }
        if !lackedByBoth.isEmpty {
            sentences.append(
                "neither \(primary.profile) nor \(backup.profile) may do: \(ofBackup.list(lackedByBoth))"
            )
        }
        if !unclear.isEmpty {
            sentences.append("\(backup.profile) may not do: \(ofBackup.list(unclear))")
        }
        commands += ofBackup.commands(denied)
    }
    // What only the primary lacks is no surprise of a failover, but the config says that it needs it.
    if let ofPrimary {
        let onlyPrimary = actions.filter { action in
            ofPrimary.isDenied(action) == true
                && !backups.contains { Simulated($0)?.isDenied(action) == true }
        }
        if !onlyPrimary.isEmpty {
            sentences.append("\(primary.profile) itself may not do: \(ofPrimary.list(onlyPrimary))")
            commands += ofPrimary.commands(onlyPrimary)
        }
    }
    if !sentences.isEmpty {
        finding.advisories.append(
            Advisory(
                .backupLacksPermission,
                "By IAM's simulation for group \(group), which does not see policies of resources: \(sentences.joined(separator: "; ")).",
                commands: commands))
    }
    var denials: [String] = []
    for member in [primary] + backups {
        switch member.permissions {
        case .simulated: break
        case .denied(let action, let asker, let message):
            let text = message.isEmpty ? "" : " (\(redacted(message)))"
            denials.append("\(asker) may not call \(action) about \(member.profile)\(text)")
        case .notSimulated(let why): denials.append("\(member.profile) cannot be compared: \(why)")
        case .unknown(let why):
            finding.incomplete = finding.incomplete ?? "\(member.profile): \(redacted(why))"
        }
    }
    if !denials.isEmpty {
        finding.advisories.append(
            Advisory(
                .lookDenied,
                "The permissions of group \(group) cannot all be compared: \(denials.joined(separator: "; "))."
            ))
    }
    return finding
}

/// The decisions about a member, by action and resource.
private struct Simulated {
    private var principal: String
    private var decisions: [EquivalentAction: SimulatedAction] = [:]

    init?(_ member: GroupMember) {
        guard case .simulated(let principal, let list) = member.permissions else { return nil }
        self.principal = principal
        for decision in list {
            decisions[
                EquivalentAction(
                    action: decision.action.lowercased(), resource: decision.resource)] = decision
        }
    }

    private func decision(_ action: EquivalentAction) -> SimulatedAction? {
        decisions[
            EquivalentAction(action: action.action.lowercased(), resource: action.resource)]
    }

    /// Nil when IAM said nothing about it.
    func isDenied(_ action: EquivalentAction) -> Bool? {
        decision(action).map { $0.decision != .allowed }
    }

    /// A list for a sentence, the first ten with what denies them.
    func list(_ actions: [EquivalentAction]) -> String {
        let shown = actions.prefix(10).map { action in
            let place = action.resource == "*" ? "" : " on \(action.resource)"
            return "\(action.action)\(place)\(reason(action))"
        }
        let rest = actions.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    private func reason(_ action: EquivalentAction) -> String {
        guard let decision = decision(action) else { return "" }
        var reasons: [String] = []
        if decision.isDeniedByOrganization {
            reasons.append("denied by the organization")
        } else if decision.isDeniedByBoundary {
            reasons.append("outside the permissions boundary")
        } else if decision.decision == .explicitDeny {
            reasons.append("denied by a policy")
        }
        if !decision.missingContext.isEmpty {
            let keys = decision.missingContext.prefix(3).joined(separator: ", ")
            reasons.append("depends on \(keys)")
        }
        return reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
    }

    /// The commands that show it again, one for each resource.
    func commands(_ actions: [EquivalentAction]) -> [String] {
        var commands: [String] = []
        var done: Set<String> = []
        for resource in actions.map(\.resource) where done.insert(resource).inserted {
            let names = actions.filter { $0.resource == resource }.map(\.action)
            let place = resource == "*" ? "" : " \(shellOption("--resource-arns", resource))"
            guard let option = optionNaming(principal: principal) else { continue }
            commands.append(
                "aws iam simulate-principal-policy \(option) --action-names \(names.joined(separator: " "))\(place)"
            )
        }
        return commands
    }
}
