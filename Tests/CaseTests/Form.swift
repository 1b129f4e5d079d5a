import Model

/// What is wrong with a fixture, so that the case cannot be run.
struct CaseFlaw: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// An object of a fixture whose members are all known: one that is misspelt is an error, not a default.
struct Form {
    private let members: [String: JSONValue]
    private let place: String

    init(_ value: JSONValue, _ place: String, knowing names: Set<String>) throws(CaseFlaw) {
        guard case .object(let members) = value else { throw CaseFlaw("\(place) is no object") }
        let unknown = members.keys.filter { !names.contains($0) }.sorted()
        guard unknown.isEmpty else {
            throw CaseFlaw("\(place) has \(unknown.joined(separator: ", ")), which nobody reads")
        }
        self.members = members
        self.place = place
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    func value(_ name: String) -> JSONValue? { members[name] }

    /// A text; nil when it is not there.
    func text(_ name: String) throws(CaseFlaw) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.text else { throw CaseFlaw("\(place).\(name) is no text") }
        return text
    }

    func required(_ name: String) throws(CaseFlaw) -> String {
        guard let text = try text(name) else { throw CaseFlaw("\(place) has no \(name)") }
        return text
    }

    func integer(_ name: String) throws(CaseFlaw) -> Int? {
        guard let value = members[name] else { return nil }
        guard let number = value.integer else { throw CaseFlaw("\(place).\(name) is no number") }
        return Int(number)
    }

    /// Texts by name; empty when the member is not there.
    func texts(_ name: String) throws(CaseFlaw) -> [String: String] {
        guard let value = members[name] else { return [:] }
        guard case .object(let object) = value else {
            throw CaseFlaw("\(place).\(name) is no object")
        }
        var texts: [String: String] = [:]
        for (key, value) in object {
            guard let text = value.text else {
                throw CaseFlaw("\(place).\(name).\(key) is no text")
            }
            texts[key] = text
        }
        return texts
    }

    /// A list of texts; nil when the member is not there.
    func list(_ name: String) throws(CaseFlaw) -> [String]? {
        guard let value = members[name] else { return nil }
        guard case .array(let elements) = value else {
            throw CaseFlaw("\(place).\(name) is no list")
        }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text else {
                throw CaseFlaw("\(place).\(name) holds what is no text")
            }
            texts.append(text)
        }
        return texts
    }
}
