import Model

/// What is said about a cause: what is wrong, what to do, how sure it is, and what else it could be.
struct Prose {
    /// A sentence.
    var summary: String
    /// A sentence; the commands are its other half.
    var remedy: String
    var commands: [String] = []
    var confidence = Confidence.certain
    /// None when the confidence is `certain`, and only then.
    var others: [Candidate] = []
}

/// What requests brought to light: the answer that counts, and what else was asked and is known.
struct Showing {
    var answer: Answer
    /// All answers of the check about the same credential.
    var answers: [Answer] = []
    /// The fault that the refusal points to, where the cause is that this is not so, or not certain.
    var suspected: Cause?

    var url: String { answer.endpoint.url }

    /// Another endpoint that accepted what this one refuses.
    var acceptedElsewhere: String? {
        answers.first { other in
            guard case .identity(_, let details) = other.outcome else { return false }
            return details.requestID != nil && other.endpoint.url != answer.endpoint.url
        }?.endpoint.url
    }
}

extension Subject {
    /// Builds the diagnosis of a key that is accepted: what nearly every check ends with, so nothing is
    /// copied or put together that it does not need.
    func acceptance(by answer: Answer) -> Diagnosis {
        var evidence: [Evidence] = []
        if case .identity(_, let details) = answer.outcome, let id = details.requestID {
            evidence.append(.requestID(shownRequestID(id)))
        }
        return Diagnosis(
            cause: .ok, verdict: .good, summary: summaryOfAcceptance, remedy: "",
            evidence: evidence)
    }

    private var summaryOfAcceptance: String { "AWS accepts access key \(shownKeyID)." }

    /// Builds the diagnosis of a cause, with the evidence of the call that shows it.
    func diagnosis(_ cause: Cause, _ answer: Answer, _ further: [Evidence] = []) -> Diagnosis {
        diagnosis(cause, Showing(answer: answer), further)
    }

    func diagnosis(_ cause: Cause, _ showing: Showing, _ further: [Evidence] = []) -> Diagnosis {
        let prose = prose(of: cause, showing)
        return Diagnosis(
            cause: cause, verdict: cause.verdict, confidence: prose.confidence,
            summary: prose.summary, remedy: prose.remedy, commands: prose.commands,
            evidence: evidence(of: cause, showing) + further, others: prose.others)
    }

    /// Says what a request brought to light: one switch for all causes, a file for each family.
    private func prose(of cause: Cause, _ showing: Showing) -> Prose {
        let answer = showing.answer
        switch cause {
        case .ok: return Prose(summary: summaryOfAcceptance, remedy: "")

        case .keyNotRecognized: return proseOfUnknownKey(showing)
        case .wrongSecret: return proseOfWrongSecret()
        case .sessionExpired: return proseOfExpiredSession(answer)
        case .leftoverSessionToken: return proseOfLeftoverToken()
        case .malformedValue: return proseOfMalformedID()
        case .wrongIdentity: return proseOfWrongIdentity()

        case .clockSkew: return proseOfClock(answer.observedSkew, suspecting: showing.suspected)
        case .regionNotEnabled: return proseOfRegion(answer)
        case .wrongPartition: return proseOfPartition(showing.url)
        case .refusalUnconfirmed: return proseOfDoubt(showing)
        case .signatureAltered: return proseOfAlteration(answer)
        case .badSetting: return proseOfSetting(showing.url)

        case .roleDenied, .webIdentityRefused, .throttled, .awsOutage, .needsPerson, .accessDenied,
            .identityProviderUnreachable, .unrecognizedAnswer:
            return proseOfAWS(cause, region: resolved.region.value, at: showing.url)
        case .networkDNS, .networkConnect, .networkTimeout, .networkInterrupted, .tls, .proxy,
            .notAWS:
            return proseOfWay(cause, to: showing.url)

        case .profileMissing, .fileUnreadable, .fileMalformed, .credentialsIncomplete,
            .noCredentials, .unsupportedSource, .checkTimedOut, .needsMFA, .loginNeeded,
            .processFailed, .sourceUntrusted, .sourceUnavailable, .sessionTokenMissing,
            .placeholderCredentials, .keyInactive, .keyDeleted, .userDeleted, .keyMistyped,
            .permissionLost, .quarantined:
            // Found before or after the request; those who find them word them.
            return Prose(
                summary: "The check of \(profile) sent no request that shows it.",
                remedy: "See the evidence.")
        }
    }
}
