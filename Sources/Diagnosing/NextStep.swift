import Linting
package import Model

/// Decides what a check does next: one more question, or the conclusion.
///
/// Pure; `answers` are the outcomes so far, in order. A check asks at most four questions.
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
        return .conclude(
            subject.diagnosis(cause, first, [.note("the answer is \(subject.clean(what))")]))
    case .failed(let failure):
        return .conclude(subject.diagnosis(cause(of: failure), first))
    case .refused(let error, let details):
        guard details.requestID != nil else {
            return .conclude(
                subject.diagnosis(
                    .notAWS, first, [.note("the answer has no x-amzn-RequestId header")]))
        }
        let refusal = refusal(error, to: .getCallerIdentity)
        // A failure of AWS's own judges no credential, whatever code it carries.
        if details.httpStatus >= 500, refusal != .throttled {
            return .conclude(subject.diagnosis(.awsOutage, first))
        }
        return step(afterRefusal: refusal, first, answers, subject)
    }
}

/// Goes on after the application's own call was refused by AWS itself.
private func step(
    afterRefusal refusal: Refusal, _ first: Answer, _ answers: [Answer], _ subject: Subject
) -> Step {
    // While the clock is wrong no refusal counts, whatever AWS calls it.
    if first.clockIsWrong, let suspected = fault(behind: refusal) {
        return .conclude(
            subject.diagnosis(
                .clockSkew,
                Showing(answer: first, suspected: suspected == .clockSkew ? nil : suspected)))
    }
    switch refusal {
    case .clock:
        return .conclude(subject.diagnosis(.clockSkew, first))
    case .requestExpired:
        if first.observedSkew != nil, subject.hasToken {
            return confirm(.sessionExpired, first, answers, subject)
        }
        let suspected: Cause? = subject.hasToken ? .sessionExpired : nil
        return .conclude(
            subject.diagnosis(.clockSkew, Showing(answer: first, suspected: suspected)))
    case .signatureMismatch:
        if subject.path.isAltered {
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
        return .conclude(subject.diagnosis(.unrecognizedAnswer, first))
    }
}

/// The fault of the credential that a refusal blames; nil when it blames something else.
private func fault(behind refusal: Refusal) -> Cause? {
    switch refusal {
    case .keyNotRecognized: .keyNotRecognized
    case .signatureMismatch: .wrongSecret
    case .sessionExpired: .sessionExpired
    case .malformedKeyID: .malformedValue
    case .roleDenied: .roleDenied
    case .webIdentityRefused: .webIdentityRefused
    case .clock, .requestExpired: .clockSkew
    case .authorizationAltered, .wrongScope, .accessDenied, .identityProviderUnreachable,
        .throttled, .outage, .regionDisabled, .needsPerson, .unrecognized:
        nil
    }
}

private func accepted(
    as identity: CallerIdentity, _ answer: Answer, _ subject: Subject
) -> Diagnosis {
    var differences: [Evidence] = []
    if let account = subject.expected.account, account != identity.account {
        differences.append(
            .expectation(
                field: "account", expected: account, actual: subject.clean(identity.account)))
    }
    if let arn = subject.expected.arn, !matches(identity.arn, pattern: arn) {
        differences.append(
            .expectation(field: "arn", expected: arn, actual: subject.clean(identity.arn)))
    }
    guard !differences.isEmpty else { return subject.acceptance(by: answer) }
    guard !answer.clockIsWrong else {
        return subject.diagnosis(
            .clockSkew, Showing(answer: answer, suspected: .wrongIdentity), differences)
    }
    return subject.diagnosis(.wrongIdentity, answer, differences)
}

func cause(of failure: TransportFailure) -> Cause {
    switch failure.phase {
    case .lookup: .networkDNS
    case .connect: failure.timedOut ? .networkTimeout : .networkConnect
    case .tls: failure.timedOut ? .networkTimeout : .tls
    case .proxy: .proxy
    case .send, .wait, .body: failure.timedOut ? .networkTimeout : .networkInterrupted
    case .setup: .badSetting
    }
}

/// Whether the region and the endpoint belong to different partitions, which share no keys.
func regionPartitionDiffers(_ subject: Subject) -> Bool {
    let endpoint = subject.resolved.endpoint.value
    return Partition(ofRegion: subject.resolved.region.value).id != endpoint.partition
}

private func scopeCause(_ subject: Subject) -> Cause {
    regionPartitionDiffers(subject) ? .wrongPartition : .badSetting
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
