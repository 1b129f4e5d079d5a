import Model
import Processes

/// What is wrong with the content of a state file, as a clause that names the place.
struct StateFormatProblem: Error {
    var reason: String
}

/// Decodes a state file, refusing whatever this version would not have written.
func decodeState(_ bytes: [UInt8]) throws(StateFormatProblem) -> RememberedState {
    try decodeKept(bytes, schema: stateSchema, rememberedState) {
        [("profile", $0.profiles.map(\.name)), ("group", $0.groups.map(\.name))]
    }
}

/// Decodes a file of the state directory; `names` are those of which each may stand in it once.
func decodeKept<Value>(
    _ bytes: [UInt8], schema expected: String, _ decode: (JSONRow) throws(JSONFault) -> Value,
    names: (Value) -> [(what: String, names: [String])]
) throws(StateFormatProblem) -> Value {
    guard !bytes.isEmpty else { throw StateFormatProblem(reason: "it is empty") }
    guard let json = JSONValue(parsing: bytes) else {
        throw StateFormatProblem(reason: "it is not JSON, or ends too early")
    }
    var value: Value?
    let schema: String
    do throws(JSONFault) {
        let row = try JSONRow(json)
        schema = try row.string("schema")
        // Of a later form nothing else may be as expected.
        if schema == expected { value = try decode(row) }
    } catch {
        throw StateFormatProblem(reason: clause(error))
    }
    guard let value else {
        throw StateFormatProblem(
            reason: "its schema is \(quoted(schema)) and this version reads only \(expected)")
    }
    for (what, names) in names(value) { try checkUnique(names, what) }
    return value
}

private func checkUnique(_ names: [String], _ what: String) throws(StateFormatProblem) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
        throw StateFormatProblem(reason: "the \(what) \(quoted(name)) stands in it twice")
    }
}

private func clause(_ fault: JSONFault) -> String {
    let place = fault.place.isEmpty ? "it" : fault.place
    return switch fault.kind {
    case .missing(let name): "\(fault.place)\(fault.place.isEmpty ? "" : ".")\(name) is missing"
    case .wrongType: "\(place) has the wrong type"
    case .noFit: "\(place) is no number that fits"
    case .invalid(let what): "\(place): \(what)"
    }
}

func quoted(_ text: String) -> String {
    let short = String(text.prefix(60))
    return "\"" + visible(short) + (short.utf8.count < text.utf8.count ? "…" : "") + "\""
}
