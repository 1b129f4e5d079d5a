package import Model

/// How far the server's clock may be from ours before signatures fail, by AWS's rule.
let allowedSkew = Duration.seconds(300)

/// Decides what a check does next: one more question, or the conclusion.
///
/// Pure; `answers` are the outcomes so far, in order. A check asks at most three questions.
package func nextStep(for subject: Subject, after answers: [Answer]) -> Step {
    guard let first = answers.first else {
        if let fault = firstFault(in: subject.resolved.credentials) {
            return .conclude(diagnosis(of: fault, in: subject))
        }
        return .ask(
            .asConfigured, subject.resolved.credentials, subject.resolved.endpoint.value)
    }
    switch first.outcome {
    case .identity(let identity, let details):
        guard details.requestID != nil else {
            return .conclude(
                subject.diagnosis(
                    .notAWS, first, [.note("the answer has no x-amzn-RequestId header")]))
        }
        return .conclude(accepted(as: identity, first, subject))
    case .notAWS(let what, let details):
        let cause: Cause =
            details.httpStatus >= 500 && details.requestID != nil ? .awsOutage : .notAWS
        return .conclude(subject.diagnosis(cause, first, [.note("the answer is \(what)")]))
    case .failed(let failure):
        return .conclude(subject.diagnosis(cause(of: failure), first))
    case .refused(let error, let details):
        guard details.requestID != nil else {
            return .conclude(
                subject.diagnosis(
                    .notAWS, first, [.note("the answer has no x-amzn-RequestId header")]))
        }
        return step(
            afterRefusal: refusal(error, to: .getCallerIdentity), first, answers, subject)
    }
}

/// Goes on after the application's own call was refused by AWS itself.
private func step(
    afterRefusal refusal: Refusal, _ first: Answer, _ answers: [Answer], _ subject: Subject
) -> Step {
    switch refusal {
    case .clock:
        return .conclude(subject.diagnosis(.clockSkew, first))
    case .requestExpired:
        if let skew = first.outcome.details?.skew, skew.magnitude <= allowedSkew, subject.hasToken {
            return confirm(.sessionExpired, first, answers, subject)
        }
        return .conclude(subject.diagnosis(.clockSkew, first))
    case .signatureMismatch:
        if let skew = first.outcome.details?.skew, skew.magnitude > allowedSkew {
            return .conclude(subject.diagnosis(.clockSkew, first))
        }
        if subject.path.otherMismatched, !subject.path.otherPassed {
            return .conclude(subject.diagnosis(.signatureAltered, first))
        }
        return confirm(.wrongSecret, first, answers, subject)
    case .keyNotRecognized:
        return confirm(.keyNotRecognized, first, answers, subject)
    case .sessionExpired:
        return confirm(.sessionExpired, first, answers, subject)
    case .malformedKeyID:
        return .conclude(subject.diagnosis(.malformedValue, first))
    case .authorizationAltered:
        return .conclude(subject.diagnosis(.signatureAltered, first))
    case .wrongScope:
        return .conclude(subject.diagnosis(scopeCause(subject), first))
    case .accessDenied:
        return .conclude(subject.diagnosis(.accessDenied, first))
    case .roleDenied:
        return .conclude(subject.diagnosis(.roleDenied, first))
    case .webIdentityRefused:
        return .conclude(subject.diagnosis(.webIdentityRefused, first))
    case .identityProviderUnreachable:
        return .conclude(subject.diagnosis(.identityProviderUnreachable, first))
    case .throttled:
        return .conclude(subject.diagnosis(.throttled, first))
    case .outage:
        return .conclude(subject.diagnosis(.awsOutage, first))
    case .regionDisabled:
        return .conclude(subject.diagnosis(.regionNotEnabled, first))
    case .needsPerson:
        return .conclude(subject.diagnosis(.needsPerson, first))
    case .unrecognized:
        let status = first.outcome.details?.httpStatus ?? 0
        return .conclude(
            subject.diagnosis(status >= 500 ? .awsOutage : .unrecognizedAnswer, first))
    }
}

/// Asks what tells the suspected cause from its neighbours, then concludes.
private func confirm(
    _ suspected: Cause, _ first: Answer, _ answers: [Answer], _ subject: Subject
) -> Step {
    let resolved = subject.resolved
    if regionPartitionDiffers(subject) {
        return .conclude(subject.diagnosis(.wrongPartition, first))
    }
    // A long-term key never has a token: it is left over from elsewhere and may spoil a good key.
    if subject.hasToken, subject.keyID.hasPrefix("AKIA") {
        guard let bare = answers.first(where: { $0.question == .withoutSessionToken }) else {
            return .ask(
                .withoutSessionToken, resolved.credentials.withoutSessionToken,
                resolved.endpoint.value)
        }
        if case .identity = bare.outcome {
            return .conclude(
                subject.diagnosis(
                    .leftoverSessionToken, first,
                    [.secondOpinion(.withoutSessionToken, "accepted without the token")]))
        }
    }
    guard let main = resolved.mainEndpoint else {
        return .conclude(subject.diagnosis(suspected, first, opinions(answers)))
    }
    guard let second = answers.first(where: { $0.question == .mainRegion }) else {
        return .ask(.mainRegion, resolved.credentials, main)
    }
    let evidence = opinions(answers)
    switch second.outcome {
    case .identity(_, let details) where details.requestID != nil:
        let cause: Cause =
            suspected == .keyNotRecognized ? .regionNotEnabled : .refusalUnconfirmed
        return .conclude(subject.diagnosis(cause, first, evidence))
    case .refused(let error, let details)
    where details.requestID != nil && agrees(error, with: first):
        return .conclude(subject.diagnosis(suspected, first, evidence))
    case .identity, .refused, .notAWS, .failed:
        return .conclude(subject.diagnosis(.refusalUnconfirmed, first, evidence))
    }
}

/// Whether a second refusal says the same as the first.
private func agrees(_ error: ServiceError, with first: Answer) -> Bool {
    guard case .refused(let firstError, _) = first.outcome else { return false }
    return refusal(error, to: .getCallerIdentity) == refusal(firstError, to: .getCallerIdentity)
}

/// What the further questions brought, for the evidence.
private func opinions(_ answers: [Answer]) -> [Evidence] {
    answers.dropFirst().map { answer in
        .secondOpinion(answer.question, "\(answer.endpoint.url): \(clause(answer.outcome))")
    }
}

/// An outcome as a clause.
private func clause(_ outcome: ProbeOutcome) -> String {
    switch outcome {
    case .identity: "accepted"
    case .refused(let error, _): redacted(error.code)
    case .notAWS(let what, _): what
    case .failed(let failure): failure.reason
    }
}

private func accepted(
    as identity: CallerIdentity, _ answer: Answer, _ subject: Subject
) -> Diagnosis {
    var differences: [Evidence] = []
    if let account = subject.expected.account, account != identity.account {
        differences.append(
            .expectation(field: "account", expected: account, actual: identity.account))
    }
    if let arn = subject.expected.arn, !matches(identity.arn, pattern: arn) {
        differences.append(.expectation(field: "arn", expected: arn, actual: identity.arn))
    }
    guard differences.isEmpty else {
        return subject.diagnosis(.wrongIdentity, answer, differences)
    }
    return subject.diagnosis(.ok, answer)
}

private func cause(of failure: TransportFailure) -> Cause {
    switch failure.phase {
    case .lookup: .networkDNS
    case .connect: failure.timedOut ? .networkTimeout : .networkConnect
    case .tls: failure.timedOut ? .networkTimeout : .tls
    case .proxy: .proxy
    case .send, .wait, .body: failure.timedOut ? .networkTimeout : .networkInterrupted
    case .setup: .badSetting
    }
}

private func regionPartitionDiffers(_ subject: Subject) -> Bool {
    let endpoint = subject.resolved.endpoint.value
    return Partition(ofRegion: subject.resolved.region.value).id != endpoint.partition
}

private func scopeCause(_ subject: Subject) -> Cause {
    regionPartitionDiffers(subject) ? .wrongPartition : .badSetting
}

/// Whether a text fits a pattern in which `*` stands for any run of characters.
func matches(_ text: String, pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1, let head = parts.first, let tail = parts.last else {
        return text == pattern
    }
    guard text.hasPrefix(head) else { return false }
    var rest = text.dropFirst(head.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
        guard let range = firstRange(of: part, in: rest) else { return false }
        rest = rest[range.upperBound...]
    }
    return rest.count >= tail.count && rest.hasSuffix(tail)
}

private func firstRange(of part: Substring, in text: Substring) -> Range<Substring.Index>? {
    var start = text.startIndex
    while text.distance(from: start, to: text.endIndex) >= part.count {
        let end = text.index(start, offsetBy: part.count)
        if text[start..<end] == part { return start..<end }
        start = text.index(after: start)
    }
    return nil
}

extension ProbeOutcome {
    /// What came back beside the answer; nil when nothing did.
    package var details: AnswerDetails? {
        switch self {
        case .identity(_, let details), .refused(_, let details), .notAWS(_, let details): details
        case .failed: nil
        }
    }
}
