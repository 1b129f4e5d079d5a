import Model

/// Asks what tells the suspected cause from its neighbours, then concludes.
func confirm(
    _ suspected: Cause, _ first: Answer, _ answers: [Answer], _ subject: Subject
) -> Step {
    if regionPartitionDiffers(subject) {
        return .conclude(subject.diagnosis(.wrongPartition, first))
    }
    // A long-term key never has a token: it is left over from elsewhere and may spoil a good key.
    if subject.hasToken, subject.keyID.hasPrefix("AKIA") {
        return tryWithoutToken(first, answers, subject)
    }
    return askElsewhere(
        suspected, shownBy: first, subject.resolved.credentials, answers, subject)
}

/// Asks how a long-term key fares without the token that it should not have; from there on, that
/// answer is the one that counts.
private func tryWithoutToken(_ first: Answer, _ answers: [Answer], _ subject: Subject) -> Step {
    let bareCredentials = subject.resolved.credentials.withoutSessionToken
    guard let bare = answers.first(where: { $0.question == .withoutSessionToken }) else {
        return .ask(.withoutSessionToken, bareCredentials, subject.resolved.endpoint.value)
    }
    if bare.clockIsWrong {
        return subject.conclude(.clockSkew, bare, answers, suspecting: .leftoverSessionToken)
    }
    switch bare.outcome {
    case .identity(_, let details) where details.requestID != nil:
        return .conclude(
            subject.diagnosis(
                .leftoverSessionToken, first,
                [.secondOpinion(.withoutSessionToken, "accepted without the token")]))
    case .refused(let error, let details)
    where details.requestID != nil && details.httpStatus < 500:
        guard let suspected = suspicion(error, subject) else { break }
        return askElsewhere(suspected, shownBy: bare, bareCredentials, answers, subject)
    case .identity, .refused, .notAWS, .failed:
        break
    }
    return subject.conclude(.refusalUnconfirmed, first, answers)
}

/// The fault of the key itself that a refusal points to; nil when it points elsewhere.
private func suspicion(_ error: ServiceError, _ subject: Subject) -> Cause? {
    switch refusal(error, to: .getCallerIdentity) {
    case .keyNotRecognized: .keyNotRecognized
    case .signatureMismatch: subject.path.isAltered ? nil : .wrongSecret
    default: nil
    }
}

/// Asks the endpoint of the profile's own region, where another one is configured, and then that of the
/// partition's main region; where nobody can be asked the suspicion stands.
///
/// The first that does not agree ends it: what is refused at one place only is not bad.
private func askElsewhere(
    _ suspected: Cause, shownBy shown: Answer, _ credentials: Credentials, _ answers: [Answer],
    _ subject: Subject
) -> Step {
    let places = subject.isProof ? OpinionEndpoints() : subject.resolved.opinionEndpoints
    let questions: [(Question, Endpoint?)] = [
        (.regionalEndpoint, places.regional), (.mainRegion, places.main),
    ]
    for case (let question, let endpoint?) in questions {
        guard let second = answers.first(where: { $0.question == question }) else {
            return .ask(question, credentials, endpoint)
        }
        if second.clockIsWrong {
            return subject.conclude(.clockSkew, second, answers, suspecting: suspected)
        }
        switch second.outcome {
        case .identity(_, let details) where details.requestID != nil:
            let isOfRegion = suspected == .keyNotRecognized && question == .mainRegion
            return subject.conclude(
                isOfRegion ? .regionNotEnabled : .refusalUnconfirmed, shown, answers,
                suspecting: suspected)
        case .refused(let error, let details)
        where details.requestID != nil && details.httpStatus < 500 && agrees(error, with: shown):
            continue
        case .identity, .refused, .notAWS, .failed:
            return subject.conclude(.refusalUnconfirmed, shown, answers, suspecting: suspected)
        }
    }
    return subject.conclude(suspected, shown, answers)
}

extension Subject {
    /// Concludes with what the other questions brought as evidence.
    fileprivate func conclude(
        _ cause: Cause, _ shown: Answer, _ answers: [Answer], suspecting suspected: Cause? = nil
    ) -> Step {
        let opinions = answers.filter { $0.question != shown.question }.map { answer in
            Evidence.secondOpinion(
                answer.question, "\(answer.endpoint.url): \(clean(clause(answer.outcome)))")
        }
        return .conclude(
            diagnosis(
                cause, Showing(answer: shown, answers: answers, suspected: suspected), opinions))
    }
}

/// Whether a second refusal says the same as the first.
private func agrees(_ error: ServiceError, with shown: Answer) -> Bool {
    guard case .refused(let shownError, _) = shown.outcome else { return false }
    return refusal(error, to: .getCallerIdentity)
        == refusal(shownError, to: .getCallerIdentity)
}

/// An outcome as a clause.
private func clause(_ outcome: ProbeOutcome) -> String {
    switch outcome {
    case .identity: "accepted"
    case .refused(let error, _): error.code
    case .notAWS(let what, _): what
    case .failed(let failure): failure.reason
    }
}
