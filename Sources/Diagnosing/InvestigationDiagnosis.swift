package import Model

/// The causes about which a second identity may know more; the others have nothing to do with IAM.
package func isWorthInquiry(_ cause: Cause) -> Bool {
    switch cause {
    case .keyNotRecognized, .keyInactive, .keyDeleted, .userDeleted, .keyMistyped, .wrongSecret,
        .refusalUnconfirmed:
        true
    case .ok, .sessionExpired, .sessionTokenMissing, .leftoverSessionToken, .malformedValue,
        .placeholderCredentials, .wrongIdentity, .roleDenied, .webIdentityRefused, .permissionLost,
        .quarantined, .clockSkew, .throttled, .networkDNS, .networkConnect, .networkTimeout,
        .networkInterrupted, .tls, .proxy, .notAWS, .awsOutage, .regionNotEnabled, .wrongPartition,
        .signatureAltered, .needsPerson, .accessDenied, .identityProviderUnreachable,
        .unrecognizedAnswer, .badSetting, .profileMissing, .fileUnreadable, .fileMalformed,
        .credentialsIncomplete, .noCredentials, .unsupportedSource, .checkTimedOut, .needsMFA,
        .loginNeeded, .processFailed, .sourceUntrusted, .sourceUnavailable:
        false
    }
}

/// Whether a key id is one that IAM lists: temporary keys it does not know.
package func isLongTerm(_ accessKeyID: String) -> Bool { !accessKeyID.hasPrefix("ASIA") }

/// Puts what a second identity has learnt into a diagnosis of a refused key.
///
/// The verdict stays what STS's answers made it: IAM explains a refusal, it does not judge. `now` tells
/// how old a key is.
package func refined(
    _ diagnosis: Diagnosis, by investigation: Investigation, profile: ProfileConfiguration,
    at now: WallTime
) -> Diagnosis {
    guard isWorthInquiry(diagnosis.cause) else { return diagnosis }
    var result = diagnosis
    let words = words(for: investigation, profile, diagnosis.place, at: now)
    switch (diagnosis.cause, words) {
    case (.keyNotRecognized, let words?):
        if let cause = words.cause { result.cause = cause }
        result.confidence = words.confidence
        result.summary =
            words.cause == nil ? "\(diagnosis.summary) \(words.summary)" : words.summary
        result.remedy = words.remedy
        result.commands = words.commands ?? diagnosis.commands
        result.others = words.others ?? diagnosis.others
    case (.wrongSecret, _):
        refineSecret(&result, investigation)
    case (_, let words?):
        // Not confirmed by a second region; what IAM says stands beside it.
        result.summary += " \(words.summary)"
        result.commands = words.commands ?? diagnosis.commands
    case (_, nil): break
    }
    result.evidence += investigation.evidence(expecting: profile.expected.account)
    return result
}

/// What a finding makes of the diagnosis of a key that is not recognised.
private struct Words {
    /// Nil keeps the cause.
    var cause: Cause?
    var confidence = Confidence.certain
    var summary: String
    var remedy: String
    /// Nil keeps those of the refusal, and so for the other candidates.
    var commands: [String]?
    var others: [Candidate]? = []
}

private func words(
    for investigation: Investigation, _ profile: ProfileConfiguration, _ place: Provenance?,
    at now: WallTime
) -> Words? {
    let id = investigation.accessKeyID
    let file = place.map { " into \($0)" } ?? ""
    let caller =
        "\(investigation.asker.profile) needs the permission for it, else run it as an administrator"
    switch investigation.finding {
    case .inactive(let user, _):
        let activate = investigation.activation(of: id, user.name)
        if investigation.isQuarantined(user) {
            return Words(
                cause: .keyInactive,
                summary:
                    "Access key \(id) of user \(user.name) is deactivated, and AWS has quarantined the user because the key leaked.",
                remedy:
                    "Do not activate it again: create a new key, write it\(file), and follow what AWS wrote to the account (\(caller)).",
                commands: [investigation.creation(for: user.name)])
        }
        return Words(
            cause: .keyInactive,
            summary: "Access key \(id) of user \(user.name) is deactivated.",
            remedy:
                "Activate it, unless somebody deactivated it for a reason; then create a new one (\(caller)).",
            commands: [activate])
    case .mistyped(let user, let key, let typo):
        return Words(
            cause: .keyMistyped,
            summary: "Access key id \(id) is mistyped: \(typo).",
            remedy:
                "Write \(key.id), which user \(user.name) has\(key.isActive ? "" : " and which is deactivated"),\(file.isEmpty ? " in its place" : file).",
            commands: profile.settingCommand(key.id, at: place)
                + (key.isActive ? [] : [investigation.activation(of: key.id, user.name)]))
    case .deleted(let user, let isCertain):
        return Words(
            cause: .keyDeleted, confidence: isCertain ? .certain : .likely,
            summary: "Access key \(id) of user \(user.name) was deleted.",
            remedy: "Create a new key for \(user.name) and write it\(file) (\(caller)).",
            commands: [investigation.creation(for: user.name)],
            others: isCertain ? [] : [.ofAnotherUser])
    case .userDeleted(let user, let isCertain):
        return Words(
            cause: .userDeleted, confidence: isCertain ? .certain : .likely,
            summary: "User \(user.name), whose access key \(id) was, is deleted.",
            remedy:
                "Find out who deleted the user and why; give the application another identity, or make the user, its policies and a key anew (\(caller)).",
            commands: [
                investigation.command("create-user \(shellOption("--user-name", user.name))"),
                investigation.creation(for: user.name),
            ], others: isCertain ? [] : [.ofAnotherUser])
    case .active(let user, let key):
        let age = key.createdAt.map { now - $0 }
        let isNew = age.map { $0 < .seconds(900) } ?? false
        return Words(
            cause: nil, confidence: .possible,
            summary:
                "But IAM lists it as an active key of user \(user.name)\(isNew ? ", made a moment ago" : "").",
            remedy: isNew
                ? "Wait: a new key is not known everywhere yet for up to a minute."
                : "See whether the account is suspended or closed; else activate the key anew, and ask AWS Support with the request ids.",
            commands: isNew ? [] : [investigation.activation(of: id, user.name)],
            others: [
                Candidate(
                    .needsPerson, "the account is suspended or closed",
                    test: "Signing in to the console as the account's owner tells.")
            ])
    case .elsewhere(let account):
        return Words(
            cause: nil, confidence: .possible,
            summary:
                "By its id it is a key of account \(account), where \(investigation.asker.profile) cannot look.",
            remedy:
                "Ask with an identity of account \(account) (`diagnose_with`), or put a key of the right account\(file).",
            others: nil)
    case .open: return nil
    }
}

/// A key whose secret is refused: IAM can say that the key itself is in order.
private func refineSecret(_ result: inout Diagnosis, _ investigation: Investigation) {
    guard case .active(let user, let key) = investigation.finding else { return }
    result.confidence = .certain
    result.others = []
    let created = key.createdAt.map { ", created \($0.rfc3339)" } ?? ""
    let use = investigation.lastUse.map { ", \($0.clause)" } ?? ""
    result.summary =
        "The secret is not the one of access key \(key.id), which is an active key of user \(user.name)\(created)\(use)."
    result.commands = [investigation.creation(for: user.name)]
    if let other = user.keys?.first(where: { $0.id != key.id }) {
        result.remedy += " It may be the secret of the user's other key: try it with \(other.id)."
    }
}

extension Candidate {
    fileprivate static let ofAnotherUser = Candidate(
        .keyInactive, "it is a deactivated key of another user of the account",
        test: "iam:GetAccessKeyLastUsed, if it may be asked, names the user.")
}

extension Investigation {
    fileprivate func activation(of id: String, _ user: String) -> String {
        command(
            "update-access-key \(shellOption("--user-name", user)) --access-key-id \(id) --status Active"
        )
    }

    func creation(for user: String) -> String {
        command("create-access-key \(shellOption("--user-name", user))")
    }
}

extension ProfileConfiguration {
    /// The command that writes a key id to where it came from; none where no command does.
    fileprivate func settingCommand(_ id: String, at place: Provenance?) -> [String] {
        guard case .file? = place, origin == .profile, surroundings == .own else { return [] }
        return ["aws configure set aws_access_key_id \(id) \(shellOption("--profile", awsProfile))"]
    }
}

extension Diagnosis {
    /// Where the credentials are.
    fileprivate var place: Provenance? {
        for evidence in self.evidence { if case .location(let place) = evidence { return place } }
        return nil
    }
}
