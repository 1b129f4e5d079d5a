import Model

/// The words about denied calls.
struct CanaryProse {
    var permissionLost: String
    var quarantined: String
    var remedy: String
    var quarantineRemedy: String
    var commands: [String]
    var quarantineCommands: [String]
    var others: [Candidate]

    init(_ report: CanaryReport, _ subject: CanarySubject) {
        let denials = report.denials
        let titles = denials.map(\.outcome.call.title)
        let what =
            titles.count == 1
            ? titles.first ?? "" : "\(titles.count) calls (\(titles.joined(separator: ", ")))"
        let first = denials.first?.denial
        let principal = Principal(subject.identity)
        let because = first?.policyKind.map { kind in
            first?.isExplicit == true
                ? " by an explicit deny in \(article(kind)) \(kind)"
                : ", since no \(kind) allows it"
        }
        permissionLost =
            "AWS accepts the key of \(subject.profile), but denies \(what)\(because ?? "")."
        quarantined =
            "AWS has quarantined the user of \(subject.profile) because a key leaked, and denies \(what)."
        remedy = Self.remedy(first, principal)
        quarantineRemedy =
            "Follow AWS's support case about the leak: replace every key of the user, look for what was created with it, and only then detach the policy."
        var actions: [String] = []
        for action in denials.compactMap(\.denial.action) where !actions.contains(action) {
            actions.append(action)
        }
        commands = principal.inspection(of: actions)
        quarantineCommands = principal.quarantine
        others = Self.others(report, principal)
    }

    private static func remedy(_ denial: CanaryDenial?, _ principal: Principal) -> String {
        switch denial?.policyKind {
        case "service control policy", "resource control policy":
            return
                "Ask whoever administers the AWS organization: a policy of the organization holds for the whole account, so a backup in the same account is denied as well."
        case "VPC endpoint policy":
            return
                "Allow the action in the policy of the VPC endpoint; it holds for every credential on this path."
        case "permissions boundary":
            return "Allow the action in the permissions boundary of \(principal.title) as well."
        case "session policy":
            return
                "Allow the action in the session policy that is given when \(principal.title) is assumed."
        case "resource-based policy":
            return "Look at the policy of the resource itself: a bucket, a key, a queue."
        default:
            return
                "Compare the policies of \(principal.title) with those of the time when it worked; CloudTrail has who changed them."
        }
    }

    private static func others(_ report: CanaryReport, _ principal: Principal) -> [Candidate] {
        let denials = report.denials.map(\.denial)
        if denials.contains(where: \.isQuarantine) { return [] }
        if report.quarantinePolicy != nil {
            let isDeniedByIt = denials.contains {
                $0.isExplicit && $0.policyKind == "identity-based policy"
            }
            return isDeniedByIt
                ? []
                : [
                    Candidate(
                        .permissionLost, "the permission is missing besides",
                        test:
                            "`\(principal.inspection(of: []).first ?? "aws iam simulate-principal-policy")` tells which policy decides."
                    )
                ]
        }
        var others: [Candidate] = []
        // AWS's own quarantine reads like any other deny in a policy of the user.
        if report.maySufferQuarantine, principal.mayBeQuarantined {
            others.append(
                Candidate(
                    .quarantined, "a quarantine by AWS, since a key of the user leaked",
                    test: "`\(principal.attached)` lists \(quarantinePolicyPrefix)…, or does not."))
        }
        if report.denials.contains(where: { !$0.denial.isWorded && $0.outcome.call.service == "s3" }
        ) {
            others.append(
                Candidate(
                    .ok,
                    "the object is not there: S3 answers 403 in place of 404 to whoever may not list the bucket",
                    test: "Somebody with all rights finds the object, or does not."))
        }
        return others
    }
}

private func article(_ kind: String) -> String { kind.hasPrefix("identity") ? "an" : "a" }

/// Who made a call, as far as the remedy needs it.
private struct Principal {
    enum Kind { case user, role, other }

    var kind = Kind.other
    /// A word in capitals where the name is none that IAM has.
    var name = "NAME"
    /// The option that names it, as words of a command.
    var option = ""
    private var source = "--policy-source-arn ARN"

    init(_ identity: CallerIdentity?) {
        switch identity.map(PrincipalForm.init) {
        case .user(let found, let arn):
            kind = .user
            name = isNameInIAM(found) ? found : "USER"
            option = shellOption("--user-name", name)
            source = optionNaming(principal: arn) ?? source
        case .role(let found, let plain):
            kind = .role
            name = isNameInIAM(found) ? found : "ROLE"
            option = shellOption("--role-name", name)
            // Without the path of the role, which the identity does not have.
            source = optionNaming(principal: plain) ?? source
        case .other, nil: option = "--user-name USER"
        }
    }

    var title: String {
        switch kind {
        case .user: "user \(name)"
        case .role: "role \(name)"
        case .other: "the identity"
        }
    }

    /// Only users are quarantined; nobody knows of roles.
    var mayBeQuarantined: Bool { kind != .role }

    var attached: String {
        switch kind {
        case .role: "aws iam list-attached-role-policies \(option)"
        case .user, .other: "aws iam list-attached-user-policies \(option)"
        }
    }

    func inspection(of actions: [String]) -> [String] {
        let names = actions.isEmpty ? "ACTION" : actions.joined(separator: " ")
        let simulation =
            "aws iam simulate-principal-policy \(source) --action-names \(names)"
        switch kind {
        case .user: return [simulation, attached, "aws iam list-user-policies \(option)"]
        case .role: return [simulation, attached, "aws iam list-role-policies \(option)"]
        case .other: return [simulation]
        }
    }

    var quarantine: [String] {
        let user = kind == .user ? option : "--user-name USER"
        return [
            "aws iam list-attached-user-policies \(user)", "aws iam list-access-keys \(user)",
            "aws iam create-access-key \(user)",
            "aws support describe-cases --include-communications",
        ]
    }
}
