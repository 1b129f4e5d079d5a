import Model

extension ObtainProblem {
    /// Says what came to light while the credentials were obtained; `what` is the clause that says it best.
    ///
    /// `login` is the profile of the shared files that a login belongs to.
    func prose(
        _ cause: Cause, _ profile: String, _ what: String?, login: String? = nil,
        suspecting suspected: Cause? = nil
    ) -> Prose {
        let clause = what.map { ": \($0)" } ?? ""
        switch cause {
        case .roleDenied: return proseOfDeniedRole(profile)
        case .webIdentityRefused:
            return Prose(
                summary: "AWS refuses the web identity token of profile \(profile).",
                remedy: remedyForWebIdentity, commands: commandsForWebIdentity)
        case .sessionExpired:
            return proseOfLogin("AWS says that the login of profile \(profile) is over.", login)
        case .loginNeeded:
            return proseOfLogin("Profile \(profile) needs a person to log in\(clause).", login)
        case .processFailed:
            return Prose(
                summary:
                    "The credential process of profile \(profile) gives no credentials\(clause).",
                remedy:
                    "Run the command of \(place) as the application's user, and correct what it complains about.",
                commands: commandsToSee(place))
        case .sourceUntrusted:
            return Prose(
                summary:
                    "credwatch does not use what profile \(profile) names as its source\(clause).",
                remedy:
                    "Make the file of \(place) belong to root or to the application's user, and writable by nobody else.",
                commands: commandsToProtect)
        case .sourceUnavailable:
            return Prose(
                summary: "The \(agent) gives no credentials\(clause).",
                remedy: source == .instanceMetadata
                    ? "Check that it can be reached and has a role; into a container its answers reach with a hop limit of 2 and more only."
                    : "Check that it can be reached and has a role.",
                commands: commandsForAgent)
        case .noCredentials:
            return Prose(
                summary: "Nothing gives credentials to profile \(profile)\(clause).",
                remedy: "Attach a role to the instance, or configure a source.",
                commands: [commandToExplain(profile)])
        case .refusalUnconfirmed: return proseOfDoubt(profile, what, suspecting: suspected)
        case .clockSkew:
            var prose = proseOfClock(observedSkew, suspecting: suspected)
            if observedSkew.map({ $0.magnitude > allowedSkew }) ?? true {
                prose.summary =
                    "This machine's clock is wrong, so AWS's refusal to give credentials to profile \(profile) says nothing of them."
            }
            return prose
        case .badSetting:
            return Prose(
                summary:
                    "AWS does not take the request for the credentials of profile \(profile) as it is configured.",
                remedy: "See the message, and correct the settings beside \(place).",
                commands: commandsToEdit(place))
        case .awsOutage:
            return Prose(
                summary:
                    "AWS has an internal failure while it is asked for the credentials of profile \(profile).",
                remedy:
                    "Wait, and look at the AWS Health Dashboard; nothing has to be changed here.")
        case .throttled, .identityProviderUnreachable:
            return proseOfAWS(
                cause, region: endpoint?.signingRegion ?? Partition.standard.mainRegion,
                at: endpoint?.url ?? "AWS")
        default:
            var prose = Prose(
                summary:
                    "The credentials of profile \(profile) cannot be obtained (\(cause.title))\(clause).",
                remedy: "See the evidence; \(place) names where they should come from.",
                commands: [commandToExplain(profile)])
            if cause.isOfNetwork {
                let network = proseOfNetwork(cause, to: endpoint?.url ?? "the service")
                (prose.confidence, prose.others) = (network.confidence, network.others)
                if endpoint != nil { prose.commands = network.commands }
            }
            return prose
        }
    }

    /// What to do about a web identity token, by what AWS says of it.
    private var remedyForWebIdentity: String {
        let error: ServiceError? = if case .refused(let error, _) = reason { error } else { nil }
        if let error, error.code.hasPrefix("ExpiredToken") {
            return
                "See why nobody renews the token file (\(place)): a copy of it ends, and so does what a pod got before its service account was changed."
        }
        if let error, error.message.holds("No OpenIDConnect provider") {
            return
                "Create the identity provider in the account of the role, with exactly the URL that AWS names, or correct the role's account."
        }
        if let error, error.message.holds("audience") {
            return
                "Ask for the token with an audience that the identity provider in IAM has, usually sts.amazonaws.com, or add the token's audience there."
        }
        return
            "Check the identity provider in IAM, the token's audience and end, and the role's trust policy."
    }

    private func proseOfDeniedRole(_ profile: String) -> Prose {
        var prose = Prose(
            summary: "The role of profile \(profile) is refused to the identity that asks for it.",
            remedy: source == .sso
                ? "Ask for the account and permission set to be assigned again in IAM Identity Center, or correct the names (\(place))."
                : "Check the role's ARN (\(place)), its trust policy, and the permission of the caller to assume it.",
            commands: source == .sso
                ? []
                : ["aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument"],
            confidence: .likely,
            others: [
                Candidate(
                    .badSetting, "the name of the role is mistyped, or the role was deleted",
                    test: source == .sso
                        ? "IAM Identity Center lists the account and the permission set, or not."
                        : "iam:GetRole, asked in the role's account, finds it or not.")
            ])
        prose.commands += commandsToSee(place)
        if source == .assumeRole {
            prose.others.append(
                Candidate(
                    .needsMFA, "the trust policy asks for MFA, which AWS does not say",
                    test: "The trust policy has the condition aws:MultiFactorAuthPresent."))
        } else if source == .webIdentity {
            prose.others.append(
                Candidate(
                    .webIdentityRefused, "the token's subject or audience is not the one asked for",
                    test:
                        "The trust policy's conditions, beside the claims of the token, tell; letter case counts."
                ))
        }
        return prose
    }

    /// A role that was refused while its base passes, or was not looked at.
    private func proseOfDoubt(_ profile: String, _ what: String?, suspecting suspected: Cause?)
        -> Prose
    {
        Prose(
            summary:
                "The role of profile \(profile) was refused, but \(what ?? "the credential that asked passes"), so nothing is concluded.",
            remedy: "Wait for the next check; if it stays, compare the evidence with CloudTrail.",
            commands: [
                "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole"
            ],
            confidence: .possible,
            others: [
                Candidate(
                    suspected ?? .roleDenied,
                    "it is what AWS's answer says: \((suspected ?? .roleDenied).title)",
                    test: "The next checks are answered in the same way.")
            ])
    }

    private func proseOfLogin(_ summary: String, _ login: String?) -> Prose {
        let command = source == .loginSession ? "aws login" : "aws sso login"
        let words = login.map { "\(command) \(shellOption("--profile", $0))" } ?? command
        return Prose(
            summary: summary,
            remedy:
                "Log in as the application's user; for a server, a role or a key of its own is better than a person's login.",
            commands: [words])
    }

    private var agent: String {
        source == .instanceMetadata
            ? "instance metadata service" : "container's credential endpoint"
    }

    private var commandsForAgent: [String] {
        guard source != .instanceMetadata else {
            return [
                "curl -sS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token",
                "aws ec2 modify-instance-metadata-options --instance-id INSTANCE --http-put-response-hop-limit 2",
            ]
        }
        return commandsToSee(place)
    }

    private var commandsToProtect: [String] {
        guard case .file(let location) = place else { return commandsToSee(place) }
        let path = pathWord(location.file)
        return ["namei -l \(path)", "chmod go-w \(path)"]
    }
}

extension Cause {
    /// Whether ``proseOfNetwork(_:to:)`` words it.
    fileprivate var isOfNetwork: Bool {
        switch self {
        case .networkDNS, .networkConnect, .networkTimeout, .networkInterrupted, .tls, .proxy,
            .notAWS:
            true
        default: false
        }
    }
}
