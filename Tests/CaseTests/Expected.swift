import Model

/// What a case is to come to, as `expected.json` says it.
struct Expected {
    /// `credentials`, `none` or `error`.
    var outcome: String
    /// Each as a line `name: value`.
    var facts: [String]
    /// Texts that have to occur in the sentences that a person gets to read.
    var says: [String]
    /// The plan's steps and rows; nil where the case does not come to a plan.
    var steps: [String]?
    var rows: [String]?

    private static let names = [
        "access_key_id", "secret_access_key", "session_token", "expires_at", "account_id", "cause",
        "place",
    ]

    init(_ document: JSONValue) throws(CaseFlaw) {
        let form = try Form(
            document, "expected.json",
            knowing: Set(Self.names).union(["outcome", "says", "steps", "rows"]))
        outcome = try form.required("outcome")
        let own: Set<String>
        switch outcome {
        case "credentials":
            own = [
                "access_key_id", "secret_access_key", "session_token", "expires_at", "account_id",
            ]
            _ = try form.required("access_key_id")
            _ = try form.required("secret_access_key")
        case "none": own = []
        case "error":
            own = ["cause", "place"]
            _ = try form.required("cause")
            _ = try form.required("place")
        default: throw CaseFlaw("expected.json.outcome is neither credentials, none nor error")
        }
        facts = []
        for name in Self.names {
            guard let value = try form.text(name) else { continue }
            guard own.contains(name) else {
                throw CaseFlaw("expected.json has \(name), which \(outcome) has not")
            }
            facts.append("\(name): \(value)")
        }
        says = try form.list("says") ?? []
        steps = try form.list("steps")
        rows = try form.list("rows")
        guard (steps == nil) == (rows == nil) else {
            throw CaseFlaw("expected.json has only one of steps and rows")
        }
    }
}
