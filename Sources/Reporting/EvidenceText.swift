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
    case .note(let note): note
    }
}

/// Returns all evidence of a diagnosis in one line.
func text(of evidence: [Evidence]) -> String {
    evidence.map { text(of: $0) }.joined(separator: "; ")
}

private func skewText(_ skew: Duration) -> String {
    let milliseconds = abs(skew.nanoseconds / 1_000_000)
    if milliseconds < 1_000 { return "this machine's clock agrees with AWS's to a second" }
    let amount = Duration.milliseconds(milliseconds).rough
    return skew < .zero
        ? "this machine's clock is \(amount) ahead of AWS's"
        : "this machine's clock is \(amount) behind AWS's"
}

private func words(for question: Question) -> String {
    switch question {
    case .asConfigured: "as configured"
    case .mainRegion: "at the partition's main region"
    case .withoutSessionToken: "without the session token"
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

/// Returns a cause in few words, as they stand in a table or in parentheses: `key not recognised`.
package func words(for cause: Cause) -> String {
    switch cause {
    case .ok: "ok"
    case .keyNotRecognized: "key not recognised"
    case .wrongSecret: "wrong secret"
    case .sessionExpired: "session expired"
    case .sessionTokenMissing: "session token missing"
    case .leftoverSessionToken: "leftover session token"
    case .malformedValue: "malformed value"
    case .placeholderCredentials: "placeholder never filled in"
    case .wrongIdentity: "wrong identity"
    case .accessDenied: "access denied"
    case .clockSkew: "clock skew"
    case .throttled: "throttled"
    case .networkDNS: "DNS lookup failed"
    case .networkConnect: "no connection"
    case .networkTimeout: "network timeout"
    case .networkInterrupted: "connection broke"
    case .tls: "TLS failed"
    case .proxy: "proxy failed"
    case .notAWS: "answer is not from AWS"
    case .awsOutage: "AWS outage"
    case .regionNotEnabled: "region not enabled"
    case .wrongPartition: "wrong partition"
    case .refusalUnconfirmed: "refusal not confirmed"
    case .signatureAltered: "signature altered on the way"
    case .needsPerson: "needs a person"
    case .unrecognizedAnswer: "answer not recognised"
    case .profileMissing: "profile missing"
    case .fileUnreadable: "file unreadable"
    case .fileMalformed: "file malformed"
    case .credentialsIncomplete: "credentials incomplete"
    case .noCredentials: "no credentials"
    case .unsupportedSource: "source not supported"
    case .badSetting: "bad setting"
    case .checkTimedOut: "check timed out"
    }
}
