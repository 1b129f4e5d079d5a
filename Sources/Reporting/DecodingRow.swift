import Model

extension JSONRow {
    /// Returns one of a closed list of names.
    func value<Value: RawRepresentable<String>>(_ name: String) throws(JSONFault) -> Value {
        let text = try string(name)
        guard let value = Value(rawValue: text) else {
            throw corrupt(name, "\"\(text)\" is not known")
        }
        return value
    }

    func time(_ name: String) throws(JSONFault) -> WallTime {
        guard let time = try optionalTime(name) else { throw corrupt(name, "it is null") }
        return time
    }

    func optionalTime(_ name: String) throws(JSONFault) -> WallTime? {
        guard let text = try optionalString(name) else { return nil }
        guard let time = WallTime(parsing: text) else {
            throw corrupt(name, "\"\(text)\" is not a time of RFC 3339")
        }
        return time
    }

    func milliseconds(_ name: String) throws(JSONFault) -> Duration {
        guard let duration = try optionalMilliseconds(name) else {
            throw corrupt(name, "it is null")
        }
        return duration
    }

    func optionalMilliseconds(_ name: String) throws(JSONFault) -> Duration? {
        guard let number = try optionalDouble(name) else { return nil }
        // 285 years: beyond that there is nothing to tell apart, and no room in 64 bits.
        let bounded = min(max(number, -9e12), 9e12)
        return .nanoseconds(Int64((bounded * 1_000_000).rounded()))
    }

    func corrupt(_ name: String, _ what: String) -> JSONFault {
        fault(name, .invalid(what))
    }
}
