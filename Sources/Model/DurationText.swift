extension Duration {
    /// Reads a duration as the config writes it: a number and `ms`, `s`, `m`, `h` or `d`, one or more
    /// times, like `90s`, `5m`, `250ms` or `1h30m`.
    ///
    /// Nil when the text has another form, or is longer than 100 years.
    package init?(parsing text: some StringProtocol) {
        var rest = text[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Int64(digits), let scale = Self.milliseconds(perUnit: unit) else {
                return nil
            }
            let (part, tooLarge) = number.multipliedReportingOverflow(by: scale)
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !tooLarge, !overflow, sum <= 100 * 366 * 86_400_000 else { return nil }
            total = sum
        }
        self = .milliseconds(total)
    }

    private static func milliseconds(perUnit unit: some StringProtocol) -> Int64? {
        switch unit {
        case "ms": 1
        case "s": 1_000
        case "m": 60_000
        case "h": 3_600_000
        case "d": 86_400_000
        default: nil
        }
    }

    /// The duration in the form that the config reads: `90s`, `5m`, `1h30m`, `250ms`, `0s`.
    ///
    /// Parts below a millisecond are dropped; a negative duration begins with `-`.
    package var text: String {
        var rest = nanoseconds / 1_000_000
        guard rest != 0 else { return "0s" }
        var text = rest < 0 ? "-" : ""
        rest = abs(rest)
        let whole = rest
        for (unit, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
            let count = rest / Int64(scale)
            guard count > 0 else { continue }
            // 90s reads better than 1m30s, but 1h1m30s better than 1h90s.
            if unit == "m", rest == whole, count == 1, rest % 60_000 != 0 { continue }
            text += "\(count)\(unit)"
            rest -= count * Int64(scale)
        }
        return rest > 0 ? text + "\(rest)ms" : text
    }

    /// The duration for a person, with its two largest parts at most: `3d 4h`, `2m 5s`, `40s`, `0.3s`.
    package var rough: String {
        let seconds = abs(nanoseconds / 1_000_000_000)
        let sign = nanoseconds < 0 ? "-" : ""
        switch seconds {
        case 0:
            let tenths = abs(nanoseconds) / 100_000_000
            return tenths == 0 ? "0.0s" : sign + "0.\(tenths)s"
        case ..<60: return sign + "\(seconds)s"
        case ..<3_600: return sign + "\(seconds / 60)m \(seconds % 60)s"
        case ..<86_400: return sign + "\(seconds / 3_600)h \(seconds / 60 % 60)m"
        default: return sign + "\(seconds / 86_400)d \(seconds / 3_600 % 24)h"
        }
    }
}
