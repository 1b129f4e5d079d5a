import Model

/// The field that holds all evidence in one line.
let evidenceField = "CREDWATCH_EVIDENCE"

/// A list of journal fields in which what is absent takes no place.
struct Fields {
    private(set) var list: [JournalEntry.Field] = []

    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        list.append(JournalEntry.Field(name, value))
    }

    mutating func add(_ name: String, _ value: Int?) {
        add(name, value.map { String($0) })
    }

    /// Adds what a diagnosis consists of.
    mutating func add(_ diagnosis: Diagnosis) {
        add("CREDWATCH_CAUSE", diagnosis.cause.rawValue)
        add("CREDWATCH_VERDICT", diagnosis.verdict.rawValue)
        add("CREDWATCH_CONFIDENCE", diagnosis.confidence.rawValue)
        // Nothing is to be done about what is well.
        if diagnosis.cause != .ok {
            add("CREDWATCH_REMEDY", diagnosis.remedy)
            add("CREDWATCH_COMMANDS", diagnosis.commands.joined(separator: "\n"))
            add("CREDWATCH_OTHERS", text(of: diagnosis.others))
        }
        for evidence in diagnosis.evidence {
            switch evidence {
            case .requestID(let id): add("AWS_REQUEST_ID", id)
            case .serviceError(let code, _): add("AWS_ERROR_CODE", code)
            case .httpStatus(let status): add("AWS_HTTP_STATUS", status)
            case .skew, .endpoint, .secondOpinion, .transport, .location, .character, .expectation,
                .inquiry, .keyAccount, .finding, .note:
                break
            }
        }
        add(evidenceField, text(of: diagnosis.evidence))
    }
}

/// Joins sentences, each with its full stop, leaving out empty ones.
func joined(_ sentences: String...) -> String {
    sentences.filter { !$0.isEmpty }.map { sentence in
        let isClosed = sentence.last.map { ".!?:…".contains($0) } ?? true
        return isClosed ? sentence : sentence + "."
    }.joined(separator: " ")
}
