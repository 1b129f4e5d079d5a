package import Model

/// What an identity is to IAM, as its ARN tells it.
package enum PrincipalForm: Sendable, Hashable {
    /// A user, with its whole ARN.
    case user(name: String, arn: String)
    /// A session of a role: its name, and the ARN that it has without a path.
    case role(name: String, plain: String)
    /// A clause: why IAM has no policies of its own for it.
    case other(String)

    package init(_ identity: CallerIdentity) {
        let parts = identity.arn.split(
            separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else {
            self = .other("its ARN has no known form")
            return
        }
        let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
        if parts[2] == "iam", path.first == "user", path.count > 1, let name = path.last {
            self = .user(name: String(name), arn: identity.arn)
        } else if parts[2] == "sts", path.first == "assumed-role", path.count == 3 {
            self = .role(
                name: String(path[1]), plain: "arn:\(parts[1]):iam::\(parts[4]):role/\(path[1])")
        } else if parts[5] == "root" {
            self = .other("it is the account's root user, who may do everything")
        } else {
            self = .other("IAM simulates users and roles only, and it is neither")
        }
    }
}

/// Whether IAM takes a text as the name of a user or a role; the root user has none.
func isNameInIAM(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
        && text.utf8.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || "_+=,.@-".utf8.contains($0)
        }
}

/// The option that names a user or a role to the simulation of policies; nil for an ARN that nobody should
/// paste, since its name is none that IAM has.
func optionNaming(principal arn: String) -> String? {
    guard arn.utf8.count <= 2_048, let name = arn.split(separator: "/").last, isNameInIAM(name)
    else { return nil }
    return shellOption("--policy-source-arn", arn)
}
