import FoundationEssentials
import Model
import Processes

/// What is wrong with the content of a state file, as a clause that names the place.
struct StateFormatProblem: Error {
    var reason: String
}

/// Decodes a state file, refusing whatever this version would not have written.
func decodeState(_ bytes: [UInt8]) throws(StateFormatProblem) -> RememberedState {
    guard !bytes.isEmpty else { throw StateFormatProblem(reason: "it is empty") }
    do {
        let state = try JSONDecoder().decode(StateDTO.self, from: Data(bytes)).value
        try checkUnique(state.profiles.map(\.name), "profile")
        try checkUnique(state.groups.map(\.name), "group")
        return state
    } catch let problem as StateFormatProblem {
        throw problem
    } catch let error as DecodingError {
        throw StateFormatProblem(reason: clause(error))
    } catch {
        throw StateFormatProblem(reason: "it is not the JSON of a state file")
    }
}

private func checkUnique(_ names: [String], _ what: String) throws(StateFormatProblem) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
        throw StateFormatProblem(reason: "the \(what) \(quoted(name)) stands in it twice")
    }
}

private func clause(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
        return "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
        return "\(place(context.codingPath)) has the wrong type"
    case .dataCorrupted(let context):
        // An empty path means that the text as a whole is no JSON.
        return context.codingPath.isEmpty
            ? "it is not JSON, or ends too early"
            : "\(place(context.codingPath)): \(context.debugDescription)"
    @unknown default:
        return "it is not the JSON of a state file"
    }
}

/// Returns a path like `groups[2].incident.cause`.
private func place(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { text, key in
        if let index = key.intValue {
            text += "[\(index)]"
        } else {
            text += (text.isEmpty ? "" : ".") + visible(key.stringValue)
        }
    }
}

func quoted(_ text: String) -> String {
    let short = String(text.prefix(60))
    return "\"" + visible(short) + (short.utf8.count < text.utf8.count ? "…" : "") + "\""
}
