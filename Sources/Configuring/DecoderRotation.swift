import Model

/// When a profile gets a new access key.
extension Decoder {
    private static let ages: ClosedRange<Duration> = .seconds(86_400)...(.seconds(3_650 * 86_400))
    private static let delays: ClosedRange<Duration> = .zero...(.seconds(3_650 * 86_400))

    /// Decodes `rotate` of the profile that is called `profile`.
    mutating func rotation(_ node: YAMLNode?, of profile: String?) -> RotationRule? {
        guard let section = section(node, .rotation) else { return nil }
        require("every", in: section, .rotation)
        let every = duration(section["every"], "`every`", in: Self.ages)
        let deleteAfter = duration(section["delete_after"], "`delete_after`", in: Self.delays)
        let using = name(section["using"], "`using`")
        if let node = section["using"], let using, using == profile {
            report(
                node.mark, "rotate-using-itself",
                "`using` names the profile itself, which asks anyway where nobody else is named")
        }
        guard let every else { return nil }
        var rule = RotationRule(every: every, using: using)
        rule.deleteAfter = deleteAfter ?? min(rule.deleteAfter, every / 2)
        // A user has two keys at most, so the old one has to be gone by then.
        if let node = section["delete_after"], let deleteAfter, deleteAfter >= every {
            report(
                node.mark, "delete-after-too-long",
                "`delete_after` (\(deleteAfter.text)) must be shorter than `every` (\(every.text)): a user "
                    + "has two keys at most")
        }
        return rule
    }
}
