import Model
import Processes

/// What is wrong with the content of a state file, as a clause that names the place.
struct StateFormatProblem: Error {
    var reason: String
}

/// Decodes a state file, refusing whatever this version would not have written.
func decodeState(_ bytes: [UInt8]) throws(StateFormatProblem) -> RememberedState {
    guard !bytes.isEmpty else { throw StateFormatProblem(reason: "it is empty") }
    guard let json = JSONValue(parsing: bytes) else {
        throw StateFormatProblem(reason: "it is not JSON, or ends too early")
    }
    var state: RememberedState?
    let schema: String
    do throws(JSONFault) {
        let row = try JSONRow(json)
        schema = try row.string("schema")
        // Of a later form nothing else may be as expected.
        if schema == stateSchema { state = try rememberedState(row) }
    } catch {
        throw StateFormatProblem(reason: clause(error))
    }
    guard let state else {
        throw StateFormatProblem(
            reason: "its schema is \(quoted(schema)) and this version reads only \(stateSchema)")
    }
    try checkUnique(state.profiles.map(\.name), "profile")
    try checkUnique(state.groups.map(\.name), "group")
    return state
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
