import Glibc
import Model

/// The folder with the cases that the SDKs' own test suites were converted to; nil when nobody names it.
let casesFolder = getenv("CREDWATCH_CONFORMANCE").map { String(cString: $0) }

/// A family of cases, one of which is asked after the other.
struct Family {
    let name: String
    let cases: [JSONValue]

    /// Reads a family's file.
    init(_ name: String) throws {
        self.name = name
        let text = try readWhole("\(casesFolder ?? ".")/\(name).json")
        guard case .array(let cases)? = JSONValue(parsing: text)?["cases"] else {
            throw Unreadable(description: "\(name).json holds no cases")
        }
        self.cases = cases
    }

    /// Judges all cases that count, and adds a line for each to the file in CREDWATCH_CONFORMANCE_RESULTS:
    /// the family, the id, and `ok` or what differs, with tabs between.
    ///
    /// Returns how many there were; whether one of them is expected to differ is not known here.
    func judge(
        where counts: (JSONValue) -> Bool, _ difference: (JSONValue) throws -> String?
    ) throws -> Int {
        var lines: [String] = []
        for value in cases where counts(value) {
            let found = try difference(value) ?? "ok"
            // A value with line breaks shall not make lines of its own.
            let line = found.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
            lines.append("\(name)\t\(value["id"]?.text ?? "?")\t\(line)\n")
        }
        try append(lines.joined())
        return lines.count
    }

    private func append(_ text: String) throws {
        guard let path = getenv("CREDWATCH_CONFORMANCE_RESULTS"), let file = fopen(path, "ae")
        else {
            throw Unreadable(description: "CREDWATCH_CONFORMANCE_RESULTS names no file")
        }
        defer { fclose(file) }
        fputs(text, file)
    }
}

struct Unreadable: Error, CustomStringConvertible {
    let description: String
}

private func readWhole(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "re") else { throw Unreadable(description: "no \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
        bytes += buffer[..<count]
    }
    return bytes
}

extension JSONValue {
    /// The texts of an object of texts.
    var texts: [String: String] {
        guard case .object(let members) = self else { return [:] }
        return members.compactMapValues(\.text)
    }

    var members: [String: JSONValue] {
        if case .object(let members) = self { members } else { [:] }
    }

    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var isTrue: Bool { self == .bool(true) }
}
