package import Model

/// How long both keys of a user may be active before that is worth a warning: a rotation takes days.
private let longestRotation = Duration.seconds(7 * 86_400)

/// What the look at a key that works is worth a warning about.
package func advisories(
    from investigation: Investigation, at now: WallTime, maxKeyAge: Duration
) -> [Advisory] {
    let asker = investigation.asker.profile
    if let problem = investigation.problem {
        return [
            Advisory(
                .lookDenied, "\(asker) could not be asked about the access key: \(problem).")
        ]
    }
    var list: [Advisory] = []
    if let (user, key) = investigation.listed {
        let other = user.keys?.first { $0.id != key.id && $0.isActive }
        if let created = key.createdAt, now - created > maxKeyAge {
            list.append(
                Advisory(
                    .keyOld,
                    "Access key \(key.id) of user \(user.name) is \((now - created).inDays) days old; \(maxKeyAge.inDays) are allowed.",
                    commands: other == nil ? [investigation.creation(for: user.name)] : []))
        }
        // Both have been active since the younger one was made.
        if let other, let since = [key.createdAt, other.createdAt].compactMap(\.self).max(),
            now - since > longestRotation
        {
            list.append(
                Advisory(
                    .twoActiveKeys,
                    "User \(user.name) has two active keys for \((now - since).inDays) days: \(key.id) and \(other.id).",
                    commands: [
                        investigation.command(
                            "get-access-key-last-used --access-key-id \(other.id)")
                    ]))
        }
    }
    if let user = investigation.owner, let names = user.quarantine, !names.isEmpty {
        list.append(
            Advisory(
                .quarantined,
                "AWS has quarantined user \(user.name) (\(names.joined(separator: ", "))): a key of it leaked, and much is denied to it.",
                commands: [investigation.creation(for: user.name)]))
    }
    let denied = investigation.records.filter {
        $0.outcome == .denied || $0.outcome == .deniedOrUnknown
    }
    if !denied.isEmpty {
        let actions = denied.map(\.action.rawValue).joined(separator: ", ")
        list.append(
            Advisory(
                .lookDenied,
                "\(asker) may not call \(actions); the policy in packaging/iam allows it."))
    }
    return list
}

/// Whether an investigation learnt enough to say which warnings hold: what was not answered today ends
/// no warning of yesterday.
package func isConclusive(_ investigation: Investigation) -> Bool {
    !investigation.problemMayPass
        && investigation.records.allSatisfy { record in
            switch record.outcome {
            case .answered, .notFound, .denied, .deniedOrUnknown: true
            case .throttled, .failed, .leftOut: false
            }
        }
}

extension Duration {
    fileprivate var inDays: Int64 { components.seconds / 86_400 }
}
