/// The user whose keys are rotated.
package struct RotatedUser: Sendable, Hashable {
    package var name: String
    /// 12 digits.
    package var account: String

    package init(name: String, account: String) {
        self.name = name
        self.account = account
    }
}

/// Why an identity has no keys that can be rotated; a sentence.
package struct NotRotatable: Error, Sendable, Hashable {
    package var sentence: String

    package init(_ sentence: String) {
        self.sentence = sentence
    }
}

/// Finds the user of an ARN: the last part of its path is the name.
package func rotatedUser(ofARN arn: String) throws(NotRotatable) -> RotatedUser {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", isAccount(parts[4]) else {
        throw NotRotatable("\(arn) names no user.")
    }
    if parts[5] == "root" {
        throw NotRotatable(
            "The key belongs to the account's root user. It should be deleted, not rotated.")
    }
    let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
    guard parts[2] == "iam", path.count > 1, path[0] == "user", let name = path.last,
        isNameOfUser(name)
    else {
        throw NotRotatable("\(arn) is no user, and only users have access keys.")
    }
    return RotatedUser(name: String(name), account: String(parts[4]))
}

private func isAccount(_ text: Substring) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
}

/// Whether IAM takes a text as the name of a user.
package func isNameOfUser(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
        && text.utf8.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || "_+=,.@-".utf8.contains($0)
        }
}

/// Whether a text has the form of an access key id; it may come from a command line.
package func isKeyID(_ text: String) -> Bool {
    (16...128).contains(text.utf8.count)
        && text.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F }
}
