/// A writer of JSON into a byte buffer, in the order of the calls.
///
/// Encodable values through JSONEncoder cost tens of microseconds a profile, which ten thousand
/// profiles turn into a busy core; this is an append to an array. Commas and indentation are its
/// business; that `begin` and `end` calls match is the caller's.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private let pretty: Bool
    private var depth = 0
    private var needsComma = false

    /// Makes a writer; `pretty` puts each member on a line of its own, `capacity` is a guess at the bytes.
    package init(pretty: Bool = false, capacity: Int = 0) {
        self.pretty = pretty
        bytes.reserveCapacity(capacity)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func object(_ key: StaticString? = nil, _ body: (inout JSONWriter) -> Void) {
        nested(key, open: 0x7B, close: 0x7D, body)
    }

    package mutating func array(_ key: StaticString? = nil, _ body: (inout JSONWriter) -> Void) {
        nested(key, open: 0x5B, close: 0x5D, body)
    }

    package mutating func member(_ key: StaticString, _ value: String?) {
        self.key(key)
        if let value { string(value) } else { null() }
    }

    package mutating func member(_ key: StaticString, _ value: Int?) {
        self.key(key)
        guard let value else { return null() }
        if value < 0 { bytes.append(0x2D) }
        digits(value.magnitude)
    }

    package mutating func member(_ key: StaticString, _ value: Bool) {
        self.key(key)
        raw(value ? "true" : "false")
    }

    /// Writes a number with at most three places after the point; null when it is not finite.
    package mutating func member(_ key: StaticString, _ value: Double?) {
        self.key(key)
        guard let value, value.isFinite, abs(value) < 9e15 else { return null() }
        let thousandths = Int64((value * 1_000).rounded())
        if thousandths < 0 { bytes.append(0x2D) }
        digits(UInt(thousandths.magnitude / 1_000))
        var rest = UInt(thousandths.magnitude % 1_000)
        guard rest > 0 else { return }
        var width = 3
        while rest % 10 == 0 {
            rest /= 10
            width -= 1
        }
        bytes.append(0x2E)
        digits(rest, width: width)
    }

    /// Writes a time as RFC 3339 in UTC, like ``WallTime/rfc3339``.
    package mutating func member(_ key: StaticString, _ value: WallTime?) {
        self.key(key)
        guard let value else { return null() }
        let date = CalendarDate(value)
        bytes.append(0x22)
        digits(date.year.magnitude, width: 4)
        bytes.append(0x2D)
        pair(date.month)
        bytes.append(0x2D)
        pair(date.day)
        bytes.append(0x54)
        pair(date.hour)
        bytes.append(0x3A)
        pair(date.minute)
        bytes.append(0x3A)
        pair(date.second)
        bytes.append(0x5A)
        bytes.append(0x22)
    }

    /// Writes a history as its letters, which need no escape.
    package mutating func member(_ key: StaticString, _ value: History) {
        self.key(key)
        bytes.append(0x22)
        value.appendLetters(to: &bytes)
        bytes.append(0x22)
    }

    /// Writes an object under a key that is known at run time only.
    package mutating func object(named key: String, _ body: (inout JSONWriter) -> Void) {
        self.key(named: key)
        nested(open: 0x7B, close: 0x7D, body)
    }

    /// Writes an array under a key that is known at run time only.
    package mutating func array(named key: String, _ body: (inout JSONWriter) -> Void) {
        self.key(named: key)
        nested(open: 0x5B, close: 0x5D, body)
    }

    /// Writes a text, or null, under a key that is known at run time only.
    package mutating func member(named key: String, _ value: String?) {
        self.key(named: key)
        if let value { string(value) } else { null() }
    }

    /// Writes a number under a key that is known at run time only.
    package mutating func member(named key: String, _ value: Int) {
        self.key(named: key)
        if value < 0 { bytes.append(0x2D) }
        digits(value.magnitude)
    }

    package mutating func element(_ value: String) {
        separate()
        string(value)
    }

    /// Ends the text with a line feed.
    package mutating func finish() {
        bytes.append(0x0A)
    }

    private mutating func nested(
        _ key: StaticString?, open: UInt8, close: UInt8, _ body: (inout JSONWriter) -> Void
    ) {
        if let key { self.key(key) } else { separate() }
        nested(open: open, close: close, body)
    }

    private mutating func nested(
        open: UInt8, close: UInt8, _ body: (inout JSONWriter) -> Void
    ) {
        bytes.append(open)
        depth += 1
        needsComma = false
        body(&self)
        depth -= 1
        if needsComma { newline() }
        bytes.append(close)
        needsComma = true
    }

    /// Writes a key, which is one of ours: nothing in it has to be escaped.
    private mutating func key(_ key: StaticString) {
        separate()
        bytes.append(0x22)
        raw(key)
        bytes.append(0x22)
        endKey()
    }

    private mutating func key(named key: String) {
        separate()
        string(key)
        endKey()
    }

    private mutating func endKey() {
        bytes.append(0x3A)
        if pretty { bytes.append(0x20) }
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
        if depth > 0 { newline() }
    }

    private mutating func newline() {
        guard pretty else { return }
        bytes.append(0x0A)
        for _ in 0..<depth {
            bytes.append(0x20)
            bytes.append(0x20)
        }
    }

    private mutating func null() {
        raw("null")
    }

    private mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Writes a number in decimal, with zeros in front up to the width.
    private mutating func digits(_ value: UInt, width: Int = 1) {
        var scale: UInt = 1
        for _ in 1..<max(width, 1) { scale *= 10 }
        while value / scale >= 10 { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(0x30 + value / scale % 10))
            scale /= 10
        }
    }

    /// Writes a number below 100 with two digits.
    private mutating func pair(_ value: Int) {
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + value / 10))
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + value % 10))
    }

    private mutating func string(_ text: String) {
        bytes.append(0x22)
        var text = text
        text.withUTF8 { utf8 in
            // Without a way out in the middle, so that many bytes are looked at in one step.
            let needsEscape = utf8.reduce(0 as UInt8) {
                $0
                    | ($1 < 0x20 || $1 == 0x22 || $1 == 0x5C || $1 == 0x7F ? 1 : 0)
                    // The first bytes of all characters that a terminal obeys.
                    | ($1 == 0xC2 || $1 == 0xD8 || $1 == 0xE2 || $1 == 0xEF ? 2 : 0)
            }
            switch needsEscape {
            case 0: bytes.append(contentsOf: utf8)
            case 1: for byte in utf8 { escape(byte) }
            default:
                for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars {
                    escape(scalar)
                }
            }
        }
        bytes.append(0x22)
    }

    /// Writes a character; one that turns the direction, has no width or is a command of a terminal goes
    /// as `\u202e`, since JSON is looked at in terminals too.
    private mutating func escape(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x80...0x9F, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF:
            let hex = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: [0x5C, 0x75])
            for shift in [12, 8, 4, 0] as [UInt32] {
                bytes.append(hex[Int(scalar.value >> shift & 15)])
            }
        default: for byte in String(scalar).utf8 { escape(byte) }
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: bytes.append(contentsOf: [0x5C, 0x22])
        case 0x5C: bytes.append(contentsOf: [0x5C, 0x5C])
        case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
        case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
        case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
        case ..<0x20, 0x7F:
            let hex = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: [0x5C, 0x75, 0x30, 0x30, hex[Int(byte >> 4)]])
            bytes.append(hex[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}
