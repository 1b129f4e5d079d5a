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
    return askMainRegion(
        suspected, shownBy: first, subject.resolved.credentials, answers, subject)
}

/// Asks how a long-term key fares without the token that it should not have; from there on, that
/// answer is the one that counts.
private func tryWithoutToken(_ first: Answer, _ answers: [Answer], _ subject: Subject) -> Step {
    let bareCredentials = subject.resolved.credentials.withoutSessionToken
    guard let bare = answers.first(where: { $0.question == .withoutSessionToken }) else {
        return .ask(.withoutSessionToken, bareCredentials, subject.resolved.endpoint.value)
    }
    switch bare.outcome {
    case .identity(_, let details) where details.requestID != nil:
        return .conclude(
            subject.diagnosis(
                .leftoverSessionToken, first,
                [.secondOpinion(.withoutSessionToken, "accepted without the token")]))
    case .refused(let error, let details)
    where details.requestID != nil && details.httpStatus < 500:
        guard let suspected = suspicion(error, details, subject) else { break }
        return askMainRegion(suspected, shownBy: bare, bareCredentials, answers, subject)
    case .identity, .refused, .notAWS, .failed:
        break
    }
    return .conclude(
        subject.diagnosis(.refusalUnconfirmed, first, opinions(answers, besides: first, subject)))
}

/// The fault of the key itself that a refusal points to; nil when it points elsewhere.
private func suspicion(_ error: ServiceError, _ details: AnswerDetails, _ subject: Subject)
    -> Cause?
{
    switch refusal(error, to: .getCallerIdentity) {
    case .keyNotRecognized:
        return .keyNotRecognized
    case .signatureMismatch:
        let clockIsWrong = details.skew.map { $0.magnitude > allowedSkew } ?? false
        let isAltered = subject.path.otherMismatched && !subject.path.otherPassed
        return clockIsWrong || isAltered ? nil : .wrongSecret
    default:
        return nil
    }
}

/// Asks the partition's main region for its opinion; without one the suspicion stands.
private func askMainRegion(
    _ suspected: Cause, shownBy shown: Answer, _ credentials: Credentials, _ answers: [Answer],
    _ subject: Subject
) -> Step {
    let evidence = opinions(answers, besides: shown, subject)
    guard let main = subject.resolved.mainEndpoint else {
        return .conclude(subject.diagnosis(suspected, shown, evidence))
    }
    guard let second = answers.first(where: { $0.question == .mainRegion }) else {
        return .ask(.mainRegion, credentials, main)
    }
    switch second.outcome {
    case .identity(_, let details) where details.requestID != nil:
        let cause: Cause =
            suspected == .keyNotRecognized ? .regionNotEnabled : .refusalUnconfirmed
        return .conclude(subject.diagnosis(cause, shown, evidence))
    case .refused(let error, let details)
    where details.requestID != nil && details.httpStatus < 500 && agrees(error, with: shown):
        return .conclude(subject.diagnosis(suspected, shown, evidence))
    case .identity, .refused, .notAWS, .failed:
        return .conclude(subject.diagnosis(.refusalUnconfirmed, shown, evidence))
    }
}

/// Whether a second refusal says the same as the first.
private func agrees(_ error: ServiceError, with shown: Answer) -> Bool {
    guard case .refused(let shownError, _) = shown.outcome else { return false }
    return refusal(error, to: .getCallerIdentity)
        == refusal(shownError, to: .getCallerIdentity)
}

/// What the other questions brought, for the evidence.
private func opinions(_ answers: [Answer], besides shown: Answer, _ subject: Subject)
    -> [Evidence]
{
    answers.filter { $0.question != shown.question }.map { answer in
        .secondOpinion(
            answer.question, "\(answer.endpoint.url): \(subject.clean(clause(answer.outcome)))")
    }
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
