import Model

/// An object of a JSON document, whose members are asked for by name and type.
///
/// Everything that cannot be had is a `DecodingError` with its place.
struct Row: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let members: KeyedDecodingContainer<Key>

    init(_ decoder: any Decoder) throws {
        members = try decoder.container(keyedBy: Key.self)
    }

    init(from decoder: any Decoder) throws {
        try self.init(decoder)
    }

    func string(_ name: String) throws -> String { try required(name) }
    func optionalString(_ name: String) throws -> String? { try optional(name) }
    func strings(_ name: String) throws -> [String] { try required(name) }
    func truth(_ name: String) throws -> Bool { try required(name) }
    func number<Number: Decodable & FixedWidthInteger>(_ name: String) throws -> Number {
        try required(name)
    }
    func optionalNumber(_ name: String) throws -> Int? { try optional(name) }
    func row(_ name: String) throws -> Row { try required(name) }
    func optionalRow(_ name: String) throws -> Row? { try optional(name) }
    func rows(_ name: String) throws -> [Row] { try required(name) }

    /// Returns one of a closed list of names.
    func value<Value: RawRepresentable<String>>(_ name: String) throws -> Value {
        let text = try string(name)
        guard let value = Value(rawValue: text) else {
            throw corrupt(name, "\"\(text)\" is not known")
        }
        return value
    }

    func time(_ name: String) throws -> WallTime {
        guard let time = try optionalTime(name) else { throw corrupt(name, "it is null") }
        return time
    }

    func optionalTime(_ name: String) throws -> WallTime? {
        guard let text = try optionalString(name) else { return nil }
        guard let time = WallTime(parsing: text) else {
            throw corrupt(name, "\"\(text)\" is not a time of RFC 3339")
        }
        return time
    }

    func milliseconds(_ name: String) throws -> Duration {
        guard let duration = try optionalMilliseconds(name) else {
            throw corrupt(name, "it is null")
        }
        return duration
    }

    func optionalMilliseconds(_ name: String) throws -> Duration? {
        guard let number: Double = try optional(name) else { return nil }
        // 285 years: beyond that there is nothing to tell apart, and no room in 64 bits.
        let bounded = min(max(number, -9e12), 9e12)
        return .nanoseconds(Int64((bounded * 1_000_000).rounded()))
    }

    func corrupt(_ name: String, _ what: String) -> DecodingError {
        .dataCorruptedError(forKey: Key(name), in: members, debugDescription: what)
    }

    private func required<Value: Decodable>(_ name: String) throws -> Value {
        try withPlace(name) { try members.decode(Value.self, forKey: Key(name)) }
    }

    private func optional<Value: Decodable>(_ name: String) throws -> Value? {
        try withPlace(name) { try members.decodeIfPresent(Value.self, forKey: Key(name)) }
    }

    /// Gives a place to the error of a number that does not fit, which the decoder throws without one.
    private func withPlace<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DecodingError {
            throw error
        } catch {
            throw corrupt(name, "it is not a number, or not one that fits")
        }
    }
}
