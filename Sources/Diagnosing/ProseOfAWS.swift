import Model

/// Says what AWS answered for reasons that are not the credential's.
func proseOfAWS(_ cause: Cause, region: String, at url: String) -> Prose {
    switch cause {
    case .roleDenied:
        return Prose(
            summary: "The role may not be assumed with the credential, which itself is fine.",
            remedy:
                "Check the role's trust policy and the permission sts:AssumeRole of the caller.",
            commands: ["aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument"])
    case .webIdentityRefused:
        return Prose(
            summary: "AWS refuses the web identity token.",
            remedy:
                "Check the identity provider in IAM, the token's audience and the role's trust policy.",
            commands: commandsForWebIdentity)
    case .throttled:
        return Prose(
            summary: "AWS asks to send fewer requests.",
            remedy: "Wait; if it stays, look for another program of the account that asks often.",
            commands: [
                "aws cloudtrail lookup-events --region \(shellQuoted(region)) --lookup-attributes AttributeKey=EventSource,AttributeValue=sts.amazonaws.com"
            ])
    case .awsOutage:
        return Prose(
            summary: "AWS STS at \(url) has an internal failure.",
            remedy: "Wait, and look at the AWS Health Dashboard; nothing has to be changed here.")
    case .needsPerson:
        return Prose(
            summary: "AWS wants a person to act first: MFA, sign-up or activation of the account.",
            remedy: "Sign in to the account and follow what AWS asks for; see the message.")
    case .accessDenied:
        return Prose(
            summary: "A policy on the way to \(url) denies the call, whoever asks.",
            remedy:
                "Allow sts:GetCallerIdentity in the VPC endpoint policy and in the organization's policies.",
            commands: [
                "aws ec2 describe-vpc-endpoints --region \(shellQuoted(region)) --filters \(shellQuoted("Name=service-name,Values=com.amazonaws.\(region).sts")) --query 'VpcEndpoints[].PolicyDocument'"
            ])
    case .identityProviderUnreachable:
        return Prose(
            summary: "AWS cannot reach the identity provider that issued the token.",
            remedy:
                "Check that the provider's keys (its jwks_uri) can be fetched from the internet.",
            commands: ["curl -sS ISSUER/.well-known/openid-configuration"])
    default:
        return Prose(
            summary: "AWS answers with an error that credwatch does not know.",
            remedy: "Read the message; please report the code, so that it gets a name.")
    }
}

let commandsForWebIdentity = [
    "aws iam list-open-id-connect-providers",
    "aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument",
]

/// Says that the clock is wrong, as far as the skew is known; `suspected` is what AWS's answer points to
/// beside that.
func proseOfClock(_ skew: Duration?, suspecting suspected: Cause?) -> Prose {
    var prose = Prose(
        summary: clockSummary(skew), remedy: "Set the clock, and keep it set.",
        commands: ["timedatectl status", "timedatectl set-ntp true"])
    let isWrong = skew.map { $0.magnitude > allowedSkew } ?? false
    if let suspected {
        prose.confidence = isWrong ? .likely : .possible
        prose.others = [
            Candidate(
                suspected, "the credential has a fault of its own: \(suspected.title)",
                test: "Once the clock is right, the next check says the same.")
        ]
    } else if !isWrong {
        prose.confidence = skew == nil ? .possible : .likely
        prose.others = [
            Candidate(
                .networkInterrupted, "a proxy, or a machine that slept, held the request up",
                test: "The next check passes, and the clocks agree.")
        ]
    }
    return prose
}

/// The causes that lie between the credential and the endpoint.
extension Subject {
    private var key: String { "access key \(shownKeyID)" }

    func proseOfRegion(_ answer: Answer) -> Prose {
        let region = resolved.region
        let word = shellQuoted(region.value)
        let commands = [
            "aws account get-region-opt-status --region-name \(word)",
            "aws account enable-region --region-name \(word)",
        ]
        let remedy =
            "Enable the region for the account, or choose another one where \(region.provenance) sets it."
        if case .refused(let error, _) = answer.outcome,
            refusal(error, to: .getCallerIdentity) == .regionDisabled
        {
            return Prose(
                summary: "AWS says that region \(region.value) is not enabled for the account.",
                remedy: remedy, commands: commands)
        }
        // A version 1 token is good in the old regions only, and looks like this as well.
        let token = hasToken ? ", or the session token is one that older regions issue" : ""
        let recent = Candidate(
            .refusalUnconfirmed, "the key is so new that not every region knows it yet",
            test: "The region accepts it within a minute.")
        let version = Candidate(
            .badSetting, "the session token is of version 1, which newer regions refuse",
            test: "A token that the region's own STS issued is accepted.")
        return Prose(
            summary:
                "\(answer.endpoint.url) refuses \(key), but another region of the partition accepts it: region \(region.value) is not enabled for the account\(token).",
            remedy: remedy, commands: commands, confidence: hasToken ? .possible : .likely,
            others: hasToken ? [version, recent] : [recent])
    }

    func proseOfPartition(_ url: String) -> Prose {
        let (region, endpoint) = (resolved.region, resolved.endpoint)
        return Prose(
            summary:
                "Region \(region.value) and the endpoint \(url) belong to different partitions, which share no keys.",
            remedy:
                "Set the region (\(region.provenance)) or the endpoint (\(endpoint.provenance)) to the partition that the key is from.",
            commands: commandsToSee(region.provenance) + commandsToSee(endpoint.provenance))
    }

    func proseOfSetting(_ url: String) -> Prose {
        let (region, endpoint) = (resolved.region, resolved.endpoint)
        return Prose(
            summary: "The request cannot be sent as configured to \(url).",
            remedy:
                "Check the endpoint (\(endpoint.provenance)), the region (\(region.provenance)) and AWS_CA_BUNDLE.",
            commands: commandsToSee(endpoint.provenance) + commandsToSee(region.provenance)
                + ["printenv AWS_CA_BUNDLE"])
    }

    func proseOfAlteration(_ answer: Answer) -> Prose {
        let commands =
            ["env | grep -i _proxy"] + commandsForNetwork(.notAWS, to: answer.endpoint.url)
        let remedy =
            "Look for a proxy that rewrites headers or bodies between this machine and AWS."
        guard case .refused(let error, _) = answer.outcome,
            refusal(error, to: .getCallerIdentity) == .signatureMismatch
        else {
            return Prose(
                summary:
                    "The signature did not reach \(answer.endpoint.url) as it was sent: requests arrive altered.",
                remedy: remedy, commands: commands)
        }
        return Prose(
            summary:
                "Signatures of different keys are all refused at \(answer.endpoint.url): requests arrive altered.",
            remedy: remedy, commands: commands, confidence: .likely,
            others: [
                Candidate(
                    .wrongSecret, "the secrets of these keys are all wrong",
                    test: "A credential that is known to be good is accepted at the same endpoint.")
            ])
    }

    /// A refusal that another endpoint, or the same one without the token, does not confirm.
    func proseOfDoubt(_ showing: Showing) -> Prose {
        let url = showing.url
        if let accepting = showing.acceptedElsewhere {
            return Prose(
                summary:
                    "\(url) refuses \(key), but \(accepting) accepts it, so nothing is concluded.",
                remedy:
                    "Look at what lies between this machine and \(url), and whether that is the endpoint for the region (\(resolved.endpoint.provenance)).",
                commands: commandsToSee(resolved.endpoint.provenance)
                    + commandsForNetwork(.notAWS, to: url),
                confidence: .possible,
                others: [
                    Candidate(
                        .badSetting, "the endpoint is not the one for the key's region",
                        test: "With the region's own endpoint the check passes."),
                    Candidate(
                        .signatureAltered, "something on the way to \(url) alters requests",
                        test: "Another credential is refused there as well."),
                ])
        }
        let silent = showing.answers.last { $0.endpoint.url != url }?.endpoint.url ?? url
        var others: [Candidate] = []
        if let suspected = showing.suspected {
            others.append(
                Candidate(
                    suspected, "the fault is the credential's own: \(suspected.title)",
                    test: "\(silent) refuses it in the same way."))
        }
        if showing.suspected == nil || showing.suspected == .keyNotRecognized {
            others.append(
                Candidate(
                    .regionNotEnabled,
                    "region \(resolved.region.value) is not enabled for the account",
                    test: "Another region of the partition accepts the key."))
        }
        if showing.suspected == nil, hasToken {
            others.append(
                Candidate(
                    .leftoverSessionToken, "the session token is left over and spoils a good key",
                    test: "Without the token the key is accepted."))
        }
        return Prose(
            summary:
                "\(url) refuses \(key), but the second opinion does not confirm it, so nothing is concluded.",
            remedy:
                "Make \(silent) reachable, so that a refused key and a regional fault can be told apart; the evidence has what it answered.",
            commands: commandsForNetwork(.notAWS, to: silent), confidence: .possible,
            others: others)
    }
}
