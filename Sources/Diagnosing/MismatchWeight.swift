package import Model

/// How sure a mismatching signature means a wrong secret, by what another credential met at the same
/// endpoint: one that passed in the same minute proves the path and the clock.
func weightOfMismatch(_ path: PathKnowledge) -> (confidence: Confidence, others: [Candidate]) {
    let altered = Candidate(
        .signatureAltered, "a proxy on the way alters requests",
        test: "Another credential is accepted at the same endpoint, or meets the same.")
    guard let age = path.otherPassed else { return (.possible, [altered]) }
    return age <= .seconds(60) ? (.certain, []) : (.likely, [altered])
}

/// Weighs a diagnosis anew, by what other credentials have met at the endpoint in the meantime.
///
/// In a single pass the refusal may have come before the others' answers.
package func weighed(_ diagnosis: Diagnosis, by path: PathKnowledge, at endpoint: Endpoint)
    -> Diagnosis
{
    guard diagnosis.cause == .wrongSecret, diagnosis.confidence != .certain,
        path.otherPassed != nil
    else { return diagnosis }
    var weighed = diagnosis
    (weighed.confidence, weighed.others) = weightOfMismatch(path)
    weighed.evidence.removeAll {
        if case .secondOpinion(.otherCredential, _) = $0 { true } else { false }
    }
    weighed.evidence += path.opinions(at: endpoint)
    return weighed
}
