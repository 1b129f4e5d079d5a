extension WallTime {
    /// The time as RFC 3339 in UTC with whole seconds: `2026-11-22T14:03:10Z`.
    package var rfc3339: String {
        let date = CalendarDate(self)
        return padded(date.year, 4) + "-" + padded(date.month) + "-" + padded(date.day) + "T"
            + clock(date) + "Z"
    }

    /// The time of day in UTC: `14:03:10`.
    package var timeOfDay: String {
        clock(CalendarDate(self))
    }

    /// The basic form that SigV4 signs: `20261122T140310Z`.
    package var basicISO8601: String {
        let date = CalendarDate(self)
        // Every request has one, so it is written in one piece.
        return String(unsafeUninitializedCapacity: 16) { bytes in
            var end = 0
            func put(_ number: Int, from divisor: Int) {
                var divisor = divisor
                while divisor > 0 {
                    bytes[end] = 0x30 + UInt8(truncatingIfNeeded: number / divisor % 10)
                    end += 1
                    divisor /= 10
                }
            }
            func put(_ mark: Unicode.Scalar) {
                bytes[end] = UInt8(ascii: mark)
                end += 1
            }
            put(date.year, from: 1_000)
            put(date.month, from: 10)
            put(date.day, from: 10)
            put("T")
            put(date.hour, from: 10)
            put(date.minute, from: 10)
            put(date.second, from: 10)
            put("Z")
            return end
        }
    }

    /// The time as HTTP's `Date` has it: `Sun, 22 Nov 2026 14:03:10 GMT`.
    package var httpDate: String {
        let date = CalendarDate(self)
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        // 1970-01-01 was a Thursday.
        let count = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        let day = days[Int(((count + 4) % 7 + 7) % 7)]
        let number = date.day < 10 ? "0\(date.day)" : "\(date.day)"
        return "\(day), \(number) \(months[date.month - 1]) \(rfc3339.prefix(4)) \(timeOfDay) GMT"
    }

    /// Reads RFC 3339 (`2026-11-22T14:03:10.5+01:00`) or the basic form (`20261122T140310Z`).
    ///
    /// Nil for anything else. A space or a small letter may stand for `T` and `Z`, as RFC 3339 allows.
    package init?(parsing text: some StringProtocol) {
        var scan = DigitScanner(text.utf8)
        guard let year = scan.number(4) else { return nil }
        let extended = scan.skip("-")
        guard let month = scan.number(2), !extended || scan.skip("-"), let day = scan.number(2),
            scan.skip("T") || scan.skip("t") || scan.skip(" "),
            let hour = scan.number(2), !extended || scan.skip(":"),
            let minute = scan.number(2), !extended || scan.skip(":"),
            let second = scan.number(2)
        else { return nil }
        let fraction = scan.skip(".") ? scan.fraction() : 0
        guard let fraction, let offset = scan.zone(), scan.isAtEnd,
            let time = CalendarDate(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second
            ).wallTime
        else { return nil }
        self = time + (.nanoseconds(fraction) - .seconds(offset))
    }

    /// Reads the `Date` header of HTTP, in its one form that servers send: `Sun, 22 Nov 2026 14:03:10 GMT`.
    package init?(httpDate text: some StringProtocol) {
        var text = String(text)
        // Every answer has one, so it is read as bytes: in a tenth of the time of splitting it.
        guard let time = text.withUTF8({ Self.httpDate($0) }) else { return nil }
        self = time
    }

    private static func httpDate(_ bytes: UnsafeBufferPointer<UInt8>) -> WallTime? {
        var scan = DigitScanner(bytes)
        // The name of the day says nothing that the date does not.
        for _ in 0..<3 { _ = scan.letter() }
        guard scan.skip(","), scan.skip(" "), let day = scan.number(2), scan.skip(" "),
            let first = scan.letter(), let second = scan.letter(), let third = scan.letter(),
            let month = month(first, second, third),
            // A clock that shows another year shows nothing.
            scan.skip(" "), let year = scan.number(4), (1_970...2_261).contains(year),
            scan.skip(" "),
            let hour = scan.number(2), scan.skip(":"), let minute = scan.number(2),
            scan.skip(":"), let secondOfMinute = scan.number(2), scan.skip(" "),
            scan.skip("G") && scan.skip("M") && scan.skip("T")
                || scan.skip("U") && scan.skip("T") && scan.skip("C"),
            scan.isAtEnd
        else { return nil }
        return CalendarDate(
            year: year, month: month, day: day, hour: hour, minute: minute, second: secondOfMinute
        ).wallTime
    }

    private static func month(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int? {
        switch UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third) {
        case 0x4A_616E: 1
        case 0x46_6562: 2
        case 0x4D_6172: 3
        case 0x41_7072: 4
        case 0x4D_6179: 5
        case 0x4A_756E: 6
        case 0x4A_756C: 7
        case 0x41_7567: 8
        case 0x53_6570: 9
        case 0x4F_6374: 10
        case 0x4E_6F76: 11
        case 0x44_6563: 12
        default: nil
        }
    }
}

private func padded(_ number: Int, _ width: Int = 2) -> String {
    let digits = String(number)
    return digits.count >= width
        ? digits : String(repeating: "0", count: width - digits.count) + digits
}

private func clock(_ date: CalendarDate) -> String {
    padded(date.hour) + ":" + padded(date.minute) + ":" + padded(date.second)
}

/// A reader of fixed-width digits and marks.
private struct DigitScanner<Bytes: Collection> where Bytes.Element == UInt8 {
    private var rest: Bytes.SubSequence

    init(_ bytes: Bytes) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(mark.value) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Reads one or more digits after the point, as nanoseconds.
    mutating func fraction() -> Int64? {
        guard var value = digit().map(Int64.init) else { return nil }
        var width = 1
        while let next = digit() {
            guard width < 9 else { continue }
            value = value * 10 + Int64(next)
            width += 1
        }
        for _ in width..<9 { value *= 10 }
        return value
    }

    /// Reads `Z` or an offset like `+01:00`, as seconds east of UTC.
    mutating func zone() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), skip(":") || true, let minutes = number(2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    /// Reads one letter of ASCII.
    mutating func letter() -> UInt8? {
        guard let byte = rest.first, (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        else { return nil }
        rest = rest.dropFirst()
        return byte
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, byte >= 0x30, byte <= 0x39 else { return nil }
        rest = rest.dropFirst()
        return Int(byte) - 0x30
    }
}
