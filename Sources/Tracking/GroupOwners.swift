import Model

/// Whose keys a group's profiles are.
extension GroupTrack {
    /// Warns of backups that end together with the primary; `owner` tells the identity of a profile's last
    /// good answer.
    mutating func compareOwners(
        _ owner: (String) -> CallerIdentity?, at now: WallTime, _ effects: inout Effects
    ) {
        var sameUser: [String] = []
        var sameAccount: [String] = []
        let primary = owner(configuration.primary)
        if let primary {
            for backup in configuration.backups {
                guard let other = owner(backup), other.account == primary.account else { continue }
                if principal(of: other.arn) == principal(of: primary.arn) {
                    sameUser.append(backup)
                } else {
                    sameAccount.append(backup)
                }
            }
        }
        var new: [Advisory] = []
        if let primary, !sameUser.isEmpty {
            let arn = principal(of: primary.arn)
            new.append(
                Advisory(
                    .backupSameUser,
                    "\(list(sameUser)) the same identity as the primary \(configuration.primary), \(arn): what ends one ends the other."
                ))
        }
        if let primary, !sameAccount.isEmpty {
            new.append(
                Advisory(
                    .backupSameAccount,
                    "\(list(sameAccount)) in the account of the primary \(configuration.primary), \(primary.account): a suspension of the account ends both."
                ))
        }
        advisories.replace(.tracking, with: new, about: .group(name), at: now, &effects)
    }

    /// Drops the warnings that nobody can renew under a new configuration.
    mutating func dropStaleAdvisories(
        from old: GroupConfiguration, at now: WallTime, _ effects: inout Effects
    ) {
        // The comparison was of these members and actions.
        guard
            old.equivalentActions != configuration.equivalentActions
                || old.primary != configuration.primary || old.backups != configuration.backups
        else { return }
        advisories.replace(.equivalence, with: [], about: .group(name), at: now, &effects)
    }
}

/// The one behind an ARN: the role, not its session.
private func principal(of arn: String) -> Substring {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[5].hasPrefix("assumed-role/"),
        let slash = arn.lastIndex(of: "/")
    else { return arn[...] }
    return arn[..<slash]
}

private func list(_ names: [String]) -> String {
    let all = names.joined(separator: " and ")
    return
        "\(names.count == 1 ? "The backup" : "The backups") \(all) \(names.count == 1 ? "is" : "are")"
}
