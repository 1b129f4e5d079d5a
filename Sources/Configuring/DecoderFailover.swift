import Model

extension Decoder {
    private static let cooldowns: ClosedRange<Duration> = .zero...(.seconds(86_400))
    private static let failbackSpans: ClosedRange<Duration> = .zero...(.seconds(7 * 86_400))

    /// Decodes what a group may do by itself beside the first failover.
    mutating func failoverPolicy(_ section: Section) -> FailoverPolicy {
        var policy = FailoverPolicy()
        if let mode = failbackMode(section["failback"]) { policy.failback = mode }
        if let span = duration(
            section["failback_span"], "`failback_span`", in: Self.failbackSpans)
        {
            policy.failbackSpan = span
        }
        policy.flap = flapRule(section["flap"])
        if let time = duration(section["cooldown"], "`cooldown`", in: Self.cooldowns) {
            policy.cooldown = time
        }
        policy.mostPerHour = integer(section["max_per_hour"], "`max_per_hour`", in: 1...60)
        if let reminds = flag(section["reminders"], "`reminders`") { policy.reminds = reminds }
        return policy
    }

    private mutating func failbackMode(_ node: YAMLNode?) -> FailbackMode? {
        guard let node, let text = text(node, "`failback`") else { return nil }
        guard let mode = FailbackMode(rawValue: text) else {
            let choices = FailbackMode.allCases.map(\.rawValue)
            report(
                node.mark, "invalid-choice",
                "`failback` must be \(choices.joined(separator: " or ")), not \(shown(text))"
                    + suggestion(for: text, among: choices))
            return nil
        }
        return mode
    }

    private mutating func flapRule(_ node: YAMLNode?) -> FlapRule? {
        guard let section = section(node, .flap) else { return nil }
        for key in ["failures", "of"] { require(key, in: section, .flap) }
        let failures = integer(section["failures"], "`failures`", in: 2...64)
        let of = integer(section["of"], "`of`", in: 2...64)
        guard let failures, let of else { return nil }
        guard failures <= of else {
            report(
                section.mark(of: "failures"), "flap-out-of-reach",
                "\(failures) of \(of) answers are never bad: `failures` must not be above `of`")
            return nil
        }
        return FlapRule(failures: failures, of: of)
    }
}
