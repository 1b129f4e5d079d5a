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
        return padded(date.year, 4) + padded(date.month) + padded(date.day) + "T"
            + padded(date.hour) + padded(date.minute) + padded(date.second) + "Z"
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
        self.init(nanoseconds: time.nanoseconds + fraction - Int64(offset) * 1_000_000_000)
    }

    /// Reads the `Date` header of HTTP, in its one form that servers send: `Sun, 22 Nov 2026 14:03:10 GMT`.
    package init?(httpDate text: some StringProtocol) {
        let parts = text.split(separator: " ")
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard parts.count == 6, parts[5] == "GMT" || parts[5] == "UTC",
            let month = months.firstIndex(where: { $0 == parts[2] })
        else { return nil }
        var dayScan = DigitScanner(parts[1].utf8)
        var yearScan = DigitScanner(parts[3].utf8)
        var scan = DigitScanner(parts[4].utf8)
        guard let day = dayScan.number(2), dayScan.isAtEnd, let year = yearScan.number(4),
            yearScan.isAtEnd, let hour = scan.number(2), scan.skip(":"),
            let minute = scan.number(2),
            scan.skip(":"), let second = scan.number(2), scan.isAtEnd,
            let time = CalendarDate(
                year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second
            ).wallTime
        else { return nil }
        self = time
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

    private mutating func digit() -> Int? {
        guard let byte = rest.first, byte >= 0x30, byte <= 0x39 else { return nil }
        rest = rest.dropFirst()
        return Int(byte) - 0x30
    }
}
