package import Model

/// Diagnoses a step on the way to the credentials that did not yield any.
///
/// A role that is refused says nothing before the credentials that asked were seen to pass, and nothing
/// that AWS refuses while the clock is wrong says anything. `login` is the profile of the shared files
/// that a person logs in to.
package func diagnosis(of problem: ObtainProblem, profile: String, login: String? = nil)
    -> Diagnosis
{
    let names = ProfileNames(profile: profile, login: login)
    switch problem.reason {
    case .refused(let error, let details):
        let cause = problem.cause(of: error, details)
        if cause.verdict == .bad, problem.clockIsWrong {
            return problem.conclude(.clockSkew, names, suspecting: cause)
        }
        guard problem.source == .assumeRole, cause.verdict == .bad else {
            return problem.conclude(cause, names)
        }
        return problem.conclude(
            .refusalUnconfirmed, names, saying: "the credential that asked was not looked at",
            suspecting: cause)
    case .notAWS(let what, let details):
        let note = [Evidence.note("the answer is \(problem.clean(what))")]
        if problem.isAgent { return problem.conclude(.sourceUnavailable, names, note) }
        let isOutage = details.httpStatus >= 500 && details.requestID != nil
        return problem.conclude(isOutage ? .awsOutage : .notAWS, names, note)
    case .failed(let failure):
        let evidence = [
            Evidence.transport(phase: failure.phase, reason: problem.clean(failure.reason))
        ]
        return problem.conclude(
            problem.isAgent ? .sourceUnavailable : cause(of: failure), names, evidence)
    case .unavailable(let what):
        return problem.conclude(.sourceUnavailable, names, saying: what)
    case .nothing(let what):
        return problem.conclude(.noCredentials, names, saying: what)
    case .loginNeeded(let what):
        return problem.conclude(.loginNeeded, names, saying: what)
    case .processFailed(let what):
        return problem.conclude(.processFailed, names, saying: what)
    case .untrusted(let what):
        return problem.conclude(.sourceUntrusted, names, saying: what)
    case .badAnswer(let what):
        return problem.conclude(problem.causeOfBadAnswer, names, saying: what)
    case .local(let local):
        var found = diagnosis(of: local, profile: profile)
        found.evidence += problem.evidence
        let hasPlace = found.evidence.contains {
            if case .location = $0 { true } else { false }
        }
        if !hasPlace { found.evidence.append(.location(problem.place)) }
        return found
    }
}

/// Whether the refusal may be the fault of the credentials that asked, so that they are worth a question
/// of their own: `AccessDenied` for a role says nothing about the key before the key was seen to pass.
package func blamesBase(_ problem: ObtainProblem) -> Bool {
    guard problem.base != nil, problem.endpoint != nil, !problem.clockIsWrong,
        case .refused(let error, let details) = problem.reason,
        details.requestID != nil, details.httpStatus < 500
    else { return false }
    switch refusal(error, to: .assumeRole) {
    case .keyNotRecognized, .clock, .signatureMismatch, .sessionExpired, .requestExpired,
        .malformedKeyID, .authorizationAltered, .wrongScope, .roleDenied:
        return true
    case .accessDenied, .webIdentityRefused, .identityProviderUnreachable, .throttled, .outage,
        .regionDisabled, .needsPerson, .unrecognized:
        return false
    }
}

/// Diagnoses a role that was refused, now that the credentials that asked were checked themselves.
///
/// `base` is their diagnosis, `answer` AWS's to the question who they are.
package func diagnosis(
    of problem: ObtainProblem, profile: String, base: Diagnosis, answer: ProbeOutcome?
) -> Diagnosis {
    guard base.verdict == .good else {
        var found = base
        found.summary = "\(base.summary) It was to assume the role of profile \(profile)."
        found.evidence += problem.evidence + [.location(problem.place)]
        return found
    }
    // The same key passed a moment later, so no other refusal was its fault.
    let names = ProfileNames(profile: profile)
    var found: Diagnosis
    if case .refused(let error, let details) = problem.reason {
        let cause = problem.cause(of: error, details)
        let skew = answer?.details?.skew ?? .zero
        if cause.verdict == .bad, skew.magnitude > allowedSkew {
            found = problem.conclude(.clockSkew, names, [.skew(skew)], suspecting: cause)
        } else {
            let isKnown = cause.verdict != .bad || cause == .roleDenied
            found = problem.conclude(
                isKnown ? cause : .refusalUnconfirmed, names,
                suspecting: isKnown ? nil : cause)
        }
    } else {
        found = diagnosis(of: problem, profile: profile)
    }
    var name = "its own identity"
    if case .identity(let identity, _)? = answer { name = problem.clean(identity.arn) }
    found.evidence.append(.note("the credential that asked is accepted, as \(name)"))
    return found
}

/// What a profile is called here, and where its login is kept.
private struct ProfileNames {
    var profile: String
    /// The profile of the shared files that a person logs in to.
    var login: String?
}

extension ObtainProblem {
    /// Whether a local agent was asked, not AWS itself.
    fileprivate var isAgent: Bool { source == .container || source == .instanceMetadata }

    fileprivate var causeOfBadAnswer: Cause {
        switch source {
        case .credentialProcess: .processFailed
        case .sso, .loginSession: .loginNeeded
        case .container, .instanceMetadata: .sourceUnavailable
        default: .unrecognizedAnswer
        }
    }

    /// Returns a foreign text fit for a log, and without the secrets of who asked.
    fileprivate func clean(_ text: String) -> String {
        let secrets = [base?.secretAccessKey, base?.sessionToken].compactMap { $0?.value }
        return redacted(text, hiding: secrets)
    }

    fileprivate func cause(of error: ServiceError, _ details: AnswerDetails) -> Cause {
        switch source {
        case .container, .instanceMetadata: return .sourceUnavailable
        default: break
        }
        guard details.requestID != nil else { return .notAWS }
        switch source {
        case .sso, .loginSession: return causeOfLoginRefusal(error, details)
        case .webIdentity:
            let cause = causeOfRoleRefusal(error, to: .assumeRoleWithWebIdentity, details)
            // Nothing is signed, so a code that blames a key has no meaning here.
            let isKnown = cause.verdict != .bad || cause == .webIdentityRefused
            return isKnown || cause == .roleDenied ? cause : .unrecognizedAnswer
        default: return causeOfRoleRefusal(error, to: .assumeRole, details)
        }
    }

    private func causeOfRoleRefusal(
        _ error: ServiceError, to action: Action, _ details: AnswerDetails
    ) -> Cause {
        let refusal = refusal(error, to: action)
        if details.httpStatus >= 500, refusal != .throttled { return .awsOutage }
        switch refusal {
        case .keyNotRecognized: return .keyNotRecognized
        case .clock, .requestExpired: return .clockSkew
        case .signatureMismatch: return .wrongSecret
        case .sessionExpired: return .sessionExpired
        case .malformedKeyID: return .malformedValue
        case .authorizationAltered: return .signatureAltered
        case .wrongScope: return .badSetting
        case .accessDenied: return .accessDenied
        case .roleDenied: return .roleDenied
        case .webIdentityRefused: return .webIdentityRefused
        case .identityProviderUnreachable: return .identityProviderUnreachable
        case .throttled: return .throttled
        case .outage: return .awsOutage
        case .regionDisabled: return .regionNotEnabled
        case .needsPerson: return .needsPerson
        case .unrecognized:
            return error.code.hasPrefix("Validation") ? .badSetting : .unrecognizedAnswer
        }
    }

    /// The services of IAM Identity Center and of `aws login`, which speak JSON.
    private func causeOfLoginRefusal(_ error: ServiceError, _ details: AnswerDetails) -> Cause {
        if details.httpStatus >= 500 { return .awsOutage }
        switch error.code {
        // The portal's own word: the session is over, whatever our clock says.
        case "UnauthorizedException" where source == .sso: return .sessionExpired
        case "ForbiddenException" where source == .sso: return .roleDenied
        case "UnauthorizedException", "ForbiddenException", "AccessDeniedException",
            "InvalidGrantException", "ExpiredTokenException", "InvalidClientException",
            "UnauthorizedClientException", "invalid_grant", "invalid_client":
            return .loginNeeded
        case "ResourceNotFoundException", "InvalidRequestException", "ValidationException":
            return .badSetting
        default:
            return refusal(error, to: .assumeRole) == .throttled
                ? .throttled : .unrecognizedAnswer
        }
    }

    /// Builds the diagnosis of a cause; `what` is the clause that says it best.
    fileprivate func conclude(
        _ cause: Cause, _ names: ProfileNames, _ further: [Evidence] = [],
        saying what: String? = nil, suspecting suspected: Cause? = nil
    ) -> Diagnosis {
        let prose = prose(
            cause, names.profile, what.map(clean), login: names.login, suspecting: suspected)
        return Diagnosis(
            cause: cause, verdict: cause.verdict, confidence: prose.confidence,
            summary: prose.summary, remedy: prose.remedy, commands: prose.commands,
            evidence: answerEvidence + further + evidence + [.location(place)],
            others: prose.others)
    }

    /// The server's clock minus ours, by AWS's own answer.
    var observedSkew: Duration? {
        guard case .refused(let error, let details) = reason, details.requestID != nil else {
            return nil
        }
        return details.skew ?? skew(printedIn: error.message)
    }

    /// Whether AWS itself answered, and its clock is too far from ours for any answer to count as bad.
    fileprivate var clockIsWrong: Bool {
        !isAgent && observedSkew.map { $0.magnitude > allowedSkew } ?? false
    }

    private var answerEvidence: [Evidence] {
        guard case .refused(let error, let details) = reason else { return [] }
        var list = [
            Evidence.serviceError(code: clean(error.code), message: clean(error.message))
        ]
        if let id = details.requestID { list.append(.requestID(clean(id))) }
        list.append(.httpStatus(details.httpStatus))
        if let skew = observedSkew, skew.magnitude > .seconds(60) { list.append(.skew(skew)) }
        if let endpoint { list.append(.endpoint(endpoint.url)) }
        return list
    }
}
