package import Model

/// Returns one fact of a diagnosis as a clause for people.
package func text(of evidence: Evidence) -> String {
    switch evidence {
    case .requestID(let id): "request id \(id)"
    case .httpStatus(let status): "HTTP status \(status)"
    case .serviceError(let code, let message): message.isEmpty ? code : "\(code): \(message)"
    case .skew(let skew): skewText(skew)
    case .endpoint(let url): "endpoint \(url)"
    case .secondOpinion(let question, let answer): "\(words(for: question)): \(answer)"
    case .transport(let phase, let reason): "\(words(for: phase)): \(reason)"
    case .location(let provenance): "found at \(provenance)"
    case .character(let field, let name, let position): "\(field): \(name) at position \(position)"
    case .expectation(let field, let expected, let actual):
        "\(field): expected \(expected), got \(actual)"
    case .inquiry(let action, let answer): "\(action) \(answer)"
    case .keyAccount(let account): "the key id is of account \(account)"
    case .finding(let finding): "\(finding.place): \(finding.message)"
    case .note(let note): note
    }
}

/// Returns all evidence of a diagnosis in one line.
func text(of evidence: [Evidence]) -> String {
    evidence.map { text(of: $0) }.joined(separator: "; ")
}

/// Returns what else it could be, in one line.
func text(of others: [Candidate]) -> String {
    others.map { "\($0.what) (\($0.cause.rawValue): \($0.test))" }.joined(separator: "; ")
}

private func skewText(_ skew: Duration) -> String {
    let milliseconds = skew.nanoseconds / 1_000_000
    if abs(milliseconds) < 1_000 { return "this machine's clock agrees with AWS's to a second" }
    return "this machine's clock is \(clockPlace(.milliseconds(milliseconds)))"
}

private func words(for question: Question) -> String {
    switch question {
    case .asConfigured: "as configured"
    case .mainRegion: "at the partition's main region"
    case .withoutSessionToken: "without the session token"
    case .regionalEndpoint: "at the endpoint of the region"
    case .otherCredential: "another credential at the same endpoint"
    case .withoutForeignCharacters: "without the characters that do not belong"
    }
}

private func words(for phase: TransportPhase) -> String {
    switch phase {
    case .lookup: "failed at the DNS lookup"
    case .connect: "failed at connecting"
    case .tls: "failed at the TLS handshake"
    case .proxy: "failed at the proxy"
    case .send: "failed while sending the request"
    case .wait: "failed while waiting for the answer"
    case .body: "failed while reading the answer"
    case .setup: "failed before anything was sent"
    }
}
