import Model

extension Subject {
    /// What the call that shows a cause brought with it, and what is known besides.
    func evidence(of cause: Cause, _ showing: Showing) -> [Evidence] {
        let answer = showing.answer
        var list: [Evidence] = []
        switch answer.outcome {
        case .identity(_, let details):
            if let id = details.requestID { list.append(.requestID(shownRequestID(id))) }
        case .refused(let error, let details):
            list.append(.serviceError(code: clean(error.code), message: clean(error.message)))
            if let id = details.requestID { list.append(.requestID(shownRequestID(id))) }
            list.append(.httpStatus(details.httpStatus))
        case .notAWS(_, let details):
            list.append(.httpStatus(details.httpStatus))
        case .failed(let failure):
            list.append(.transport(phase: failure.phase, reason: clean(failure.reason)))
        }
        guard cause != .ok else { return list }
        if let skew = answer.observedSkew, cause == .clockSkew || skew.magnitude > .seconds(60) {
            list.append(.skew(skew))
        }
        list.append(.endpoint(answer.endpoint.url))
        list.append(.location(resolved.credentials.accessKeyID.provenance))
        guard case .refused(_, let details) = answer.outcome, details.requestID != nil,
            cause.concernsKey
        else { return list }
        return list + evidenceOfKey
    }

    /// What is known of a refused key beside its answers.
    private var evidenceOfKey: [Evidence] {
        var list: [Evidence] = []
        if let account = accountInKeyID(keyID) { list.append(.keyAccount(account)) }
        list += path.opinions(at: resolved.endpoint.value)
        // What its text shows to the eye; found by Linting, handed over by the caller.
        return list + hints.map(Evidence.finding)
    }

    /// The accounts when the key id's own is another one than expected; nil when it is right or not known.
    var foreignAccount: (found: String, expected: String)? {
        guard let expected = expected.account, let found = accountInKeyID(keyID),
            found != expected
        else { return nil }
        return (found, expected)
    }
}

extension PathKnowledge {
    /// The last answer of another credential, as evidence.
    func opinions(at endpoint: Endpoint) -> [Evidence] {
        if let otherPassed {
            return [opinion(at: endpoint, "accepted", otherPassed)]
        }
        return otherMismatched.map { [opinion(at: endpoint, "SignatureDoesNotMatch", $0)] } ?? []
    }

    private func opinion(at endpoint: Endpoint, _ answer: String, _ age: Duration) -> Evidence {
        .secondOpinion(.otherCredential, "\(endpoint.url): \(answer) \(age.rough) ago")
    }
}

extension Cause {
    /// Whether AWS's refusal says something about the key, or may.
    fileprivate var concernsKey: Bool {
        switch self {
        case .keyNotRecognized, .keyInactive, .keyDeleted, .userDeleted, .keyMistyped, .wrongSecret,
            .sessionExpired, .leftoverSessionToken, .malformedValue, .clockSkew, .regionNotEnabled,
            .wrongPartition, .refusalUnconfirmed, .signatureAltered:
            true
        case .ok, .sessionTokenMissing, .placeholderCredentials, .wrongIdentity, .roleDenied,
            .webIdentityRefused, .permissionLost, .quarantined, .throttled, .networkDNS,
            .networkConnect, .networkTimeout, .networkInterrupted, .tls, .proxy, .notAWS,
            .awsOutage, .needsPerson, .needsMFA, .loginNeeded, .processFailed, .sourceUntrusted,
            .sourceUnavailable, .accessDenied, .identityProviderUnreachable, .unrecognizedAnswer,
            .profileMissing, .fileUnreadable, .fileMalformed, .credentialsIncomplete,
            .noCredentials, .unsupportedSource, .badSetting, .checkTimedOut:
            false
        }
    }
}
