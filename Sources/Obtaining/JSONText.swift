import Answers
import Model

extension JSONValue {
    /// The value as JSON text, the members of objects in the order of their names.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += "\(value)".utf8
        case .number(let value): bytes += "\(value)".utf8
        case .text(let text): Self.append(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes += ", ".utf8 }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, name) in members.keys.sorted().enumerated() {
                if index > 0 { bytes += ", ".utf8 }
                Self.append(name, to: &bytes)
                bytes += ": ".utf8
                members[name]?.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.element(text)
        bytes += writer.bytes
    }

    /// The object with some members set, whatever the letter case that they had before.
    func setting(_ members: [String: JSONValue]) -> JSONValue {
        guard case .object(let before) = self else { return self }
        let names = Set(members.keys.map { $0.lowercased() })
        return .object(
            before.filter { !names.contains($0.key.lowercased()) }
                .merging(members) { $1 })
    }

    /// A text that is not empty, whatever the letter case of its name, as a secret.
    func filled(_ name: String) -> Secret? {
        guard let text = member(ignoringCase: name)?.text, !text.isEmpty else { return nil }
        return Secret(text)
    }
}
