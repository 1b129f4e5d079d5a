import Model

extension ObtainProblem {
    /// Writes the two sentences of a cause that came to light while the credentials were obtained.
    func prose(_ cause: Cause, _ profile: String, _ what: String?) -> Prose {
        let clause = what.map { ": \($0)" } ?? ""
        switch cause {
        case .roleDenied:
            return Prose(
                summary:
                    "The role of profile \(profile) is refused to the identity that asks for it.",
                remedy: source == .sso
                    ? "Ask for the account and permission set to be assigned again in IAM Identity Center, or correct the names (\(place))."
                    : "Check the role's ARN (\(place)), its trust policy, and the permission of the caller to assume it."
            )
        case .webIdentityRefused:
            return Prose(
                summary: "AWS refuses the web identity token of profile \(profile).",
                remedy:
                    "Check the identity provider in IAM, the token's audience and end, and the role's trust policy."
            )
        case .identityProviderUnreachable:
            return Prose(
                summary: "AWS cannot reach the identity provider that issued the token.",
                remedy:
                    "Check that the provider's keys (its jwks_uri) can be fetched from the internet."
            )
        case .sessionExpired:
            return Prose(
                summary: "AWS says that the login of profile \(profile) is over.",
                remedy: loginRemedy(profile))
        case .loginNeeded:
            return Prose(
                summary: "Profile \(profile) needs a person to log in\(clause).",
                remedy: loginRemedy(profile))
        case .processFailed:
            return Prose(
                summary:
                    "The credential process of profile \(profile) gives no credentials\(clause).",
                remedy:
                    "Run the command of \(place) as the application's user, and correct what it complains about."
            )
        case .sourceUntrusted:
            return Prose(
                summary:
                    "credwatch does not use what profile \(profile) names as its source\(clause).",
                remedy:
                    "Make the file of \(place) belong to root or to the application's user, and writable by nobody else."
            )
        case .sourceUnavailable:
            return Prose(
                summary: "The \(agent) gives no credentials\(clause).",
                remedy:
                    "Check that it can be reached and has a role: \(source == .instanceMetadata ? "`curl -X PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'`" : "`curl` the URL of \(place)")."
            )
        case .noCredentials:
            return Prose(
                summary: "Nothing gives credentials to profile \(profile)\(clause).",
                remedy:
                    "Attach a role to the instance, or configure a source: `credwatch explain \(profile)` shows what is looked at."
            )
        case .refusalUnconfirmed:
            return Prose(
                summary:
                    "The role of profile \(profile) was refused, but \(what ?? "the credential that asked passes"), so nothing is concluded.",
                remedy:
                    "Wait for the next check; if it stays, compare the evidence with CloudTrail.")
        case .throttled:
            return Prose(
                summary: "AWS asks to send fewer requests.",
                remedy:
                    "Wait; if it stays, look for another program of the account that asks often.")
        case .awsOutage:
            return Prose(
                summary:
                    "AWS has an internal failure while it is asked for the credentials of profile \(profile).",
                remedy:
                    "Wait, and look at the AWS Health Dashboard; nothing has to be changed here.")
        case .clockSkew:
            return Prose(
                summary:
                    "This machine's clock is wrong, so AWS refuses to give credentials to profile \(profile).",
                remedy: "Set the clock: `timedatectl status`, then `timedatectl set-ntp true`.")
        case .badSetting:
            return Prose(
                summary:
                    "AWS does not take the request for the credentials of profile \(profile) as it is configured.",
                remedy: "See the message, and correct the settings beside \(place).")
        default:
            return Prose(
                summary:
                    "The credentials of profile \(profile) cannot be obtained (\(cause.title))\(clause).",
                remedy: "See the evidence; \(place) names where they should come from.")
        }
    }

    private var agent: String {
        source == .instanceMetadata
            ? "instance metadata service" : "container's credential endpoint"
    }

    private func loginRemedy(_ profile: String) -> String {
        let command = source == .loginSession ? "aws login" : "aws sso login"
        return
            "Log in as the application's user: `\(command) --profile \(profile)`. For a server, a role or a key of its own is better than a person's login."
    }
}
