/// What is wrong with a value in a JSON document, and where it stands.
package struct JSONFault: Error, Hashable {
    package enum Kind: Sendable, Hashable {
        case missing(String)
        case wrongType
        /// A number that is not whole, or too large.
        case noFit
        /// A value that may not be there, as a clause.
        case invalid(String)
    }

    /// A path like `groups[2].incident`; of what is missing, that of the object. Empty for the document.
    package var place: String
    package var kind: Kind
}

/// An object of a JSON document, whose members are asked for by name and type.
///
/// Null and nothing are the same where a value is optional. Everything that cannot be had is a
/// ``JSONFault`` with its place.
package struct JSONRow: Sendable {
    private let place: String
    private let members: [String: JSONValue]

    /// Takes a document that is an object.
    package init(_ document: JSONValue) throws(JSONFault) {
        try self.init(document, at: "")
    }

    private init(_ value: JSONValue, at place: String) throws(JSONFault) {
        guard case .object(let members) = value else {
            throw JSONFault(place: place, kind: .wrongType)
        }
        self.place = place
        self.members = members
    }

    /// Whether a member is there, be it null.
    package func has(_ name: String) -> Bool { members[name] != nil }

    package func string(_ name: String) throws(JSONFault) -> String {
        try text(try required(name), at: name)
    }

    package func optionalString(_ name: String) throws(JSONFault) -> String? {
        guard let value = present(name) else { return nil }
        return try text(value, at: name)
    }

    package func strings(_ name: String) throws(JSONFault) -> [String] {
        var strings: [String] = []
        for (index, value) in try array(name).enumerated() {
            strings.append(try text(value, at: "\(name)[\(index)]"))
        }
        return strings
    }

    package func truth(_ name: String) throws(JSONFault) -> Bool {
        guard case .bool(let truth) = try required(name) else {
            throw fault(name, .wrongType)
        }
        return truth
    }

    package func optionalTruth(_ name: String) throws(JSONFault) -> Bool? {
        present(name) == nil ? nil : try truth(name)
    }

    /// A whole number.
    package func number<Number: FixedWidthInteger>(_ name: String) throws(JSONFault) -> Number {
        switch try required(name) {
        case .integer(let number):
            if let number = Number(exactly: number) { return number }
        case .number: break
        default: throw fault(name, .wrongType)
        }
        throw fault(name, .noFit)
    }

    package func optionalNumber(_ name: String) throws(JSONFault) -> Int? {
        present(name) == nil ? nil : try number(name)
    }

    /// A number that may have a fraction.
    package func optionalDouble(_ name: String) throws(JSONFault) -> Double? {
        switch present(name) {
        case nil: return nil
        case .integer(let number): return Double(number)
        case .number(let number) where number.isFinite: return number
        case .number: throw fault(name, .noFit)
        default: throw fault(name, .wrongType)
        }
    }

    package func row(_ name: String) throws(JSONFault) -> JSONRow {
        try JSONRow(try required(name), at: path(name))
    }

    package func optionalRow(_ name: String) throws(JSONFault) -> JSONRow? {
        guard let value = present(name) else { return nil }
        return try JSONRow(value, at: path(name))
    }

    package func rows(_ name: String) throws(JSONFault) -> [JSONRow] {
        var rows: [JSONRow] = []
        for (index, value) in try array(name).enumerated() {
            rows.append(try JSONRow(value, at: path("\(name)[\(index)]")))
        }
        return rows
    }

    /// A fault of a member's value.
    package func fault(_ name: String, _ kind: JSONFault.Kind) -> JSONFault {
        JSONFault(place: path(name), kind: kind)
    }

    private func path(_ name: String) -> String {
        place.isEmpty ? name : "\(place).\(name)"
    }

    private func required(_ name: String) throws(JSONFault) -> JSONValue {
        guard let value = members[name] else {
            throw JSONFault(place: place, kind: .missing(name))
        }
        return value
    }

    private func present(_ name: String) -> JSONValue? {
        let value = members[name]
        return value == .null ? nil : value
    }

    private func array(_ name: String) throws(JSONFault) -> [JSONValue] {
        guard case .array(let elements) = try required(name) else {
            throw fault(name, .wrongType)
        }
        return elements
    }

    private func text(_ value: JSONValue, at name: String) throws(JSONFault) -> String {
        guard case .text(let text) = value else { throw fault(name, .wrongType) }
        return text
    }
}
