/// What is told, once each, of an end that only a person can put off; the raw values are stable.
package enum EndNotice: String, Sendable, Hashable, CaseIterable {
    case hour, quarter, minutes, passed

    /// How long before the end it is due.
    package var lead: Duration {
        switch self {
        case .hour: .seconds(3_600)
        case .quarter: .seconds(900)
        case .minutes: .seconds(300)
        case .passed: .zero
        }
    }

    /// The most urgent notice that is due with this much time left.
    package init?(left: Duration) {
        guard let notice = Self.allCases.last(where: { left <= $0.lead }) else { return nil }
        self = notice
    }
}

extension EndNotice: Comparable {
    package static func < (left: EndNotice, right: EndNotice) -> Bool { left.lead > right.lead }
}

extension Duration {
    /// The time that is left, for a person who has to act: in minutes, rounded up, `14 min`.
    package var minutesLeft: String {
        "\(Swift.max(1, (nanoseconds + 59_999_999_999) / 60_000_000_000)) min"
    }
}
