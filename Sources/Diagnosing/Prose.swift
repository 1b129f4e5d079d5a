import Model

/// The two sentences of a cause: what is wrong, and what to do.
struct Prose {
    var summary: String
    var remedy: String
}

extension Subject {
    /// Builds the diagnosis of a cause, with the evidence of the call that shows it.
    func diagnosis(_ cause: Cause, _ answer: Answer, _ further: [Evidence] = []) -> Diagnosis {
        let prose = prose(cause, self, answer)
        return Diagnosis(
            cause: cause, verdict: cause.verdict, summary: prose.summary, remedy: prose.remedy,
            evidence: evidence(of: answer, for: cause, in: self) + further)
    }
}

/// What the call itself shows.
private func evidence(of answer: Answer, for cause: Cause, in subject: Subject) -> [Evidence] {
    var list: [Evidence] = []
    switch answer.outcome {
    case .identity(_, let details):
        if let id = details.requestID { list.append(.requestID(subject.shownRequestID(id))) }
    case .refused(let error, let details):
        list.append(
            .serviceError(
                code: subject.clean(error.code), message: subject.clean(error.message)))
        if let id = details.requestID { list.append(.requestID(subject.shownRequestID(id))) }
        list.append(.httpStatus(details.httpStatus))
    case .notAWS(_, let details):
        list.append(.httpStatus(details.httpStatus))
    case .failed(let failure):
        list.append(.transport(phase: failure.phase, reason: subject.clean(failure.reason)))
    }
    if let skew = answer.observedSkew,
        cause == .clockSkew || (cause != .ok && skew.magnitude > .seconds(60))
    {
        list.append(.skew(skew))
    }
    if cause != .ok {
        list.append(.endpoint(answer.endpoint.url))
        list.append(.location(subject.resolved.credentials.accessKeyID.provenance))
    }
    return list
}

/// Writes the two sentences of a cause that a request brought to light: one switch for all.
private func prose(_ cause: Cause, _ subject: Subject, _ answer: Answer) -> Prose {
    let key = "access key \(subject.shownKeyID)"
    // Nearly every check ends here; the rest of the words would be for nothing.
    if cause == .ok { return Prose(summary: "AWS accepts \(key).", remedy: "") }
    let place = subject.credentialsPlace
    let url = answer.endpoint.url
    let region = subject.resolved.region
    switch cause {
    case .ok:
        return Prose(summary: "AWS accepts \(key).", remedy: "")
    case .keyNotRecognized:
        return Prose(
            summary:
                "AWS does not recognise \(key): it was deactivated or deleted, or its id is mistyped.",
            remedy:
                "Compare the id in \(place) with the output of `aws iam list-access-keys --user-name USER`, run by an administrator; activate the key there, or put a new one into \(place)."
        )
    case .wrongSecret:
        return Prose(
            summary: "AWS knows \(key), but the secret is not the one that belongs to it.",
            remedy:
                "Write the secret access key that was shown when \(subject.shownKeyID) was created into \(place), or create a new key; AWS never shows a secret twice."
        )
    case .sessionExpired:
        return Prose(
            summary: "The session of \(key) has expired.",
            remedy:
                "Fetch new temporary credentials with the tool that wrote \(place), and see why it did not renew them in time."
        )
    case .sessionTokenMissing, .placeholderCredentials:
        // Found before a request; `LocalDiagnosis` words them.
        return Prose(
            summary: "The credentials in \(place) are not complete.",
            remedy: "Put the whole credentials into \(place).")
    case .leftoverSessionToken:
        let token =
            subject.resolved.credentials.sessionToken?.provenance.description ?? "the session token"
        return Prose(
            summary: "A session token left over from elsewhere spoils the good \(key).",
            remedy: "Remove the session token (\(token)): a long-term key has none.")
    case .malformedValue:
        return Prose(
            summary: "AWS cannot read \(key): the id has characters that no key id has.",
            remedy: "Copy the access key id once more into \(place), without blanks around it.")
    case .wrongIdentity:
        return Prose(
            summary: "AWS accepts \(key), but it belongs to another identity than expected.",
            remedy:
                "Find out which source won: the credentials come from \(place). If the new identity is right, change `expect` of profile \(subject.profile)."
        )
    case .roleDenied:
        return Prose(
            summary: "The role may not be assumed with \(key), which itself is fine.",
            remedy: "Check the role's trust policy and the permission sts:AssumeRole of the caller."
        )
    case .webIdentityRefused:
        return Prose(
            summary: "AWS refuses the web identity token.",
            remedy:
                "Check the identity provider in IAM, the token's audience and the role's trust policy."
        )
    case .clockSkew:
        return Prose(
            summary: clockSummary(answer.observedSkew),
            remedy: "Set the clock: `timedatectl status`, then `timedatectl set-ntp true`.")
    case .throttled:
        return Prose(
            summary: "AWS asks to send fewer requests.",
            remedy:
                "Wait; if it stays, look for another program of the account that calls STS often."
        )
    case .networkDNS:
        return Prose(
            summary: "The host name of \(url) cannot be resolved.",
            remedy:
                "Check DNS: `resolvectl query \(host(of: url))`; check the region \(region.value).")
    case .networkConnect:
        return Prose(
            summary: "No connection to \(url) can be made.",
            remedy:
                "Check routes, firewall and VPC endpoint: `curl -v \(url)`; behind a proxy, set HTTPS_PROXY."
        )
    case .networkTimeout:
        return Prose(
            summary: "\(url) does not answer in time.",
            remedy:
                "Check the network path: `curl -v \(url)`; a firewall that drops packets looks like this."
        )
    case .networkInterrupted:
        return Prose(
            summary: "The connection to \(url) broke off before the answer was complete.",
            remedy: "Check the network path, proxies and MTU: `curl -v \(url)`.")
    case .tls:
        return Prose(
            summary: "TLS with \(url) failed: its certificate or the protocol is not accepted.",
            remedy:
                "If a proxy inspects TLS here, name its CA in AWS_CA_BUNDLE; else check `openssl s_client -connect \(host(of: url)):\(port(of: url))`."
        )
    case .proxy:
        return Prose(
            summary: "The proxy on the way to \(url) refused or failed.",
            remedy: "Check HTTPS_PROXY, its user and password, and NO_PROXY.")
    case .notAWS:
        return Prose(
            summary: "Something between this machine and AWS answered in place of \(url).",
            remedy: "Look for a captive portal, a proxy or a wrong endpoint URL: `curl -v \(url)`.")
    case .awsOutage:
        return Prose(
            summary: "AWS STS at \(url) has an internal failure.",
            remedy: "Wait, and look at the AWS Health Dashboard; nothing has to be changed here.")
    case .regionNotEnabled:
        // A version 1 token is good in the old regions only, and looks like this as well.
        let token = subject.hasToken ? ", or the session token is one that older regions issue" : ""
        return Prose(
            summary:
                "\(url) refuses \(key), but another region of the partition accepts it: region \(region.value) is not enabled for the account\(token).",
            remedy:
                "Enable the region for the account, or choose another one where \(region.provenance) sets it."
        )
    case .wrongPartition:
        return Prose(
            summary:
                "Region \(region.value) and the endpoint \(url) belong to different partitions, which share no keys.",
            remedy:
                "Set the region (\(region.provenance)) or the endpoint (\(subject.resolved.endpoint.provenance)) to the partition that the key is from."
        )
    case .refusalUnconfirmed:
        return Prose(
            summary:
                "\(url) refuses \(key), but the second opinion does not confirm it, so nothing is concluded.",
            remedy:
                "Make \(subject.resolved.mainEndpoint?.url ?? url) reachable, so that a refused key and a regional fault can be told apart; the evidence has what it answered."
        )
    case .signatureAltered:
        return Prose(
            summary:
                "Signatures of different keys are all refused at \(url): requests arrive altered.",
            remedy: "Look for a proxy that rewrites headers or bodies between this machine and AWS."
        )
    case .needsPerson:
        return Prose(
            summary: "AWS wants a person to act first: MFA, sign-up or activation of the account.",
            remedy: "Sign in to the account and follow what AWS asks for; see the message.")
    case .accessDenied:
        return Prose(
            summary: "A policy on the way to \(url) denies the call, whoever asks.",
            remedy:
                "Allow sts:GetCallerIdentity in the VPC endpoint policy and in the organization's policies."
        )
    case .identityProviderUnreachable:
        return Prose(
            summary: "AWS cannot reach the identity provider that issued the token.",
            remedy:
                "Check that the provider's keys (its jwks_uri) can be fetched from the internet.")
    case .unrecognizedAnswer:
        return Prose(
            summary: "AWS answers with an error that credwatch does not know.",
            remedy: "Read the message; please report the code, so that it gets a name.")
    case .badSetting:
        return Prose(
            summary: "The request cannot be sent as configured to \(url).",
            remedy:
                "Check the endpoint (\(subject.resolved.endpoint.provenance)), the region (\(region.provenance)) and AWS_CA_BUNDLE."
        )
    case .profileMissing, .fileUnreadable, .fileMalformed, .credentialsIncomplete, .noCredentials,
        .unsupportedSource, .checkTimedOut, .needsMFA, .loginNeeded, .processFailed,
        .sourceUntrusted, .sourceUnavailable, .keyInactive, .keyDeleted, .userDeleted, .keyMistyped,
        .permissionLost, .quarantined:
        // Found before or after the request; those who find them word them.
        return Prose(
            summary: "The check of \(subject.profile) sent no request.",
            remedy: "See the evidence.")
    }
}

private func host(of url: String) -> Substring {
    let authority = authority(of: url)
    guard authority.first == "[" else { return authority.prefix { $0 != ":" } }
    return authority.prefix { $0 != "]" } + "]"
}

private func port(of url: String) -> Substring {
    let port = authority(of: url).dropFirst(host(of: url).count).dropFirst()
    return port.isEmpty ? "443" : port
}

private func authority(of url: String) -> Substring {
    url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }
}
