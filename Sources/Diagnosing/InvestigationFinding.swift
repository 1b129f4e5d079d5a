import Model

/// What an investigation says about a key that AWS refuses.
enum KeyFinding: Sendable, Hashable {
    case inactive(user: InvestigatedUser, ListedKey)
    case active(user: InvestigatedUser, ListedKey)
    case mistyped(user: InvestigatedUser, ListedKey, Typo)
    case deleted(user: InvestigatedUser, isCertain: Bool)
    case userDeleted(user: InvestigatedUser, isCertain: Bool)
    /// The key is of another account than the one that was asked.
    case elsewhere(account: String)
    /// Nothing that tells the candidates apart.
    case open
}

extension Investigation {
    /// Concludes from what was learnt; never more than the answers carry.
    var finding: KeyFinding {
        if let (user, key) = listed {
            return key.isActive ? .active(user: user, key) : .inactive(user: user, key)
        }
        // A key that AWS took before is no typo.
        if owner?.basis != .seen {
            for user in users {
                for key in user.keys ?? [] {
                    guard let typo = typo(in: accessKeyID, for: key.id) else { continue }
                    return .mistyped(user: user, key, typo)
                }
            }
        }
        if let account, let own = asker.identity?.account, account != own {
            return .elsewhere(account: account)
        }
        guard let owner else { return .open }
        if owner.exists == false { return .userDeleted(user: owner, isCertain: ownerIsCertain) }
        if owner.keys != nil, owner.keysAreComplete {
            return .deleted(user: owner, isCertain: ownerIsCertain)
        }
        return .open
    }

    /// Whether the key cannot be somebody else's.
    ///
    /// That a profile expects the user is enough when the key is of the user's account and IAM knows it
    /// for nobody there.
    private var ownerIsCertain: Bool {
        guard let owner else { return false }
        if owner.basis <= .named { return true }
        let isOfAccount = account != nil && account == asker.identity?.account
        let isNobodys = records.contains {
            $0.action == .accessKeyLastUsed
                && ($0.outcome == .notFound || $0.outcome == .deniedOrUnknown)
        }
        return isOfAccount && isNobodys
    }

    /// Whether AWS's quarantine is on a user.
    func isQuarantined(_ user: InvestigatedUser) -> Bool { user.quarantine?.isEmpty == false }

    /// A command of IAM for a shell, as who was asked here.
    func command(_ text: String) -> String {
        "aws iam \(text)" + (asker.commandProfile.map { " --profile \(quoted($0))" } ?? "")
    }
}

/// A word for a shell, in quotes where it needs them.
func quoted(_ word: String) -> String {
    let isPlain =
        !word.isEmpty
        && word.utf8.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || "_+=,.@-/:".utf8.contains($0)
        }
    if isPlain { return word }
    let pieces = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + pieces.joined(separator: "'\\''") + "'"
}
