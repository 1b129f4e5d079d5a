/// A JSON value, for documents that may hold anything, secrets among them: nothing that prints or dumps it
/// shows a value.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses a document; nil when the bytes are not JSON. Nesting beyond 512 levels is not JSON.
    package init?(parsing bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let value = reader.document() else { return nil }
        self = value
    }

    /// A member of an object.
    package subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// A member of an object whatever its letter case, as some SDKs read `AccessKeyId`; an exact match wins.
    package func member(ignoringCase name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let wanted = name.lowercased()
        return members[name] ?? members.first { $0.key.lowercased() == wanted }?.value
    }

    /// The text; nil for anything else.
    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The text as a secret; nil for anything else.
    package var secret: Secret? { text.map { Secret($0) } }

    /// The number, when it is a whole one.
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// True or false; nil for anything else.
    package var truth: Bool? {
        if case .bool(let truth) = self { truth } else { nil }
    }

    package var isObject: Bool {
        if case .object = self { true } else { false }
    }
}

extension JSONValue: CustomStringConvertible, CustomReflectable {
    package var description: String { "a JSON value" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
