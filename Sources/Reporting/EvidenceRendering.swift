import Model

/// Writes one fact of a diagnosis as an object; `kind` says which members it has.
func write(_ evidence: Evidence, to writer: inout JSONWriter) {
    writer.object { writer in
        writer.member("kind", kind(of: evidence).rawValue)
        switch evidence {
        case .requestID(let id): writer.member("request_id", redacted(id))
        case .httpStatus(let status): writer.member("http_status", status)
        case .serviceError(let code, let message):
            writer.member("code", redacted(code))
            writer.member("message", redacted(message))
        case .skew(let skew): writer.member("skew_ms", skew.inMilliseconds)
        case .endpoint(let url): writer.member("endpoint", redacted(url))
        case .secondOpinion(let question, let answer):
            writer.member("question", name(of: question))
            writer.member("answer", redacted(answer))
        case .transport(let phase, let reason):
            writer.member("phase", phase.rawValue)
            writer.member("reason", redacted(reason))
        case .location(let provenance): writePlace(provenance, to: &writer)
        case .character(let field, let name, let position):
            writer.member("field", field)
            writer.member("name", name)
            writer.member("position", position)
        case .expectation(let field, let expected, let actual):
            writer.member("field", field)
            writer.member("expected", expected)
            writer.member("actual", actual)
        case .inquiry(let action, let answer):
            writer.member("action", action)
            writer.member("answer", redacted(answer))
        case .keyAccount(let account): writer.member("account", account)
        case .finding(let finding): write(finding, to: &writer)
        case .note(let note): writer.member("note", redacted(note))
        }
    }
}

/// Writes a finding's members: code, severity, message, remedy, and its place.
func write(_ finding: LintFinding, to writer: inout JSONWriter) {
    writer.member("code", finding.code.rawValue)
    writer.member("severity", finding.severity.rawValue)
    writer.member("message", redacted(finding.message))
    writer.member("remedy", redacted(finding.remedy))
    writePlace(finding.place, to: &writer)
}

private func writePlace(_ provenance: Provenance, to writer: inout JSONWriter) {
    var location: SourceLocation?
    var variable: String?
    var reason: String?
    switch provenance {
    case .file(let place), .configuration(let place): location = place
    case .environment(let name, let owner):
        variable = name
        reason = owner.map { redacted($0) }
    case .builtIn(let text): reason = redacted(text)
    }
    writer.member("origin", name(of: provenance))
    writer.member("file", location?.file)
    writer.member("line", location?.line)
    writer.member("column", location.flatMap { $0.column > 0 ? $0.column : nil })
    writer.member("variable", variable)
    writer.member("reason", reason)
}

/// The kinds of evidence, by the names of the status file.
enum EvidenceKind: String, CaseIterable {
    case requestID = "request_id"
    case httpStatus = "http_status"
    case serviceError = "service_error"
    case skew, endpoint
    case secondOpinion = "second_opinion"
    case transport, location, character, expectation, inquiry
    case keyAccount = "key_account"
    case finding, note
}

private func kind(of evidence: Evidence) -> EvidenceKind {
    switch evidence {
    case .requestID: .requestID
    case .httpStatus: .httpStatus
    case .serviceError: .serviceError
    case .skew: .skew
    case .endpoint: .endpoint
    case .secondOpinion: .secondOpinion
    case .transport: .transport
    case .location: .location
    case .character: .character
    case .expectation: .expectation
    case .inquiry: .inquiry
    case .keyAccount: .keyAccount
    case .finding: .finding
    case .note: .note
    }
}

func name(of question: Question) -> String {
    switch question {
    case .asConfigured: "as_configured"
    case .mainRegion: "main_region"
    case .withoutSessionToken: "without_session_token"
    case .regionalEndpoint: "regional_endpoint"
    case .otherCredential: "other_credential"
    case .withoutForeignCharacters: "without_foreign_characters"
    }
}

/// Returns the question that a name of the status file stands for.
func question(named name: String) -> Question? {
    switch name {
    case "as_configured": .asConfigured
    case "main_region": .mainRegion
    case "without_session_token": .withoutSessionToken
    case "regional_endpoint": .regionalEndpoint
    case "other_credential": .otherCredential
    case "without_foreign_characters": .withoutForeignCharacters
    default: nil
    }
}

private func name(of provenance: Provenance) -> String {
    switch provenance {
    case .file: "file"
    case .environment: "environment"
    case .configuration: "configuration"
    case .builtIn: "built_in"
    }
}
