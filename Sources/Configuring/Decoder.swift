import Model

/// A decoder of the tree, which collects every problem instead of stopping at the first.
///
/// Each method returns nil when it reported a problem, or when the node is not there.
struct Decoder {
    /// More than this nobody reads; what follows is left out.
    static let mostProblems = 1_000
    /// Names are compared with all others for a suggestion this many times at most.
    private static let mostSuggestions = 50

    let file: String
    private(set) var problems: [ConfigurationProblem] = []
    private var suggestions = 0

    init(file: String) {
        self.file = file
    }

    func location(_ mark: Mark) -> SourceLocation {
        SourceLocation(file: file, line: mark.line, column: mark.column)
    }

    mutating func report(
        _ mark: Mark, _ rule: String, _ message: String,
        severity: ConfigurationProblem.Severity = .error
    ) {
        guard problems.count < Self.mostProblems else { return }
        problems.append(
            ConfigurationProblem(location(mark), rule: rule, message, severity: severity))
    }

    /// Returns `; did you mean "…"?` or nothing.
    mutating func suggestion(for word: String, among candidates: some Sequence<String>) -> String {
        suggestions += 1
        guard suggestions <= Self.mostSuggestions,
            let candidate = nearest(to: word, among: candidates)
        else { return "" }
        return "; did you mean \(shown(candidate))?"
    }

    /// Reports a node that has another shape than `expected`.
    mutating func reportType(_ node: YAMLNode, _ what: String, _ expected: String) {
        let message =
            node.isNull
            ? "\(what) has no value; give \(expected), or remove the key"
            : "\(what) must be \(expected), not \(node.kind)"
        report(node.mark, "wrong-type", message)
    }

    // MARK: Structure

    /// Takes a node as a mapping and reports the keys that it must not have.
    mutating func section(_ node: YAMLNode?, _ kind: SectionKind) -> Section? {
        guard let node else { return nil }
        guard case .mapping(let entries) = node.content else {
            var expected = "a mapping like \(kind.example)"
            if case .scalar(let text, isPlain: true) = node.content,
                kind.keys.contains(where: { text.hasPrefix("\($0):") })
            {
                expected += ", with a blank behind each colon"
            }
            reportType(node, kind.name, expected)
            return nil
        }
        let allowed = kind.keys
        for entry in entries where !allowed.contains(entry.key) {
            let list = allowed.joined(separator: ", ")
            let advice =
                entry.key.hasPrefix("aws_")
                ? "; credentials stay in the shared AWS files"
                : suggestion(for: entry.key, among: allowed)
            report(
                entry.keyMark, "unknown-key",
                "\(kind.name) has no key \(shownKey(entry.key))\(advice) (allowed: \(list))")
        }
        return Section(mark: node.mark, entries: entries)
    }

    /// Takes a node as a list; `what` names it for a message.
    mutating func list(_ node: YAMLNode?, _ what: String) -> [YAMLNode]? {
        guard let node else { return nil }
        guard case .sequence(let elements) = node.content else {
            reportType(node, what, "a list")
            return nil
        }
        return elements
    }

    /// Reports a key that must be there and is not.
    mutating func require(_ key: String, in section: Section, _ kind: SectionKind) {
        guard section[key] == nil else { return }
        report(section.mark, "missing-key", "\(kind.name) needs the key `\(key)`")
    }

    /// Takes a node as a single value.
    mutating func text(_ node: YAMLNode?, _ what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            reportType(node, what, "a single value")
            return nil
        }
        return text
    }

    /// Takes a node as `true` or `false`, without quotes.
    mutating func flag(_ node: YAMLNode?, _ what: String) -> Bool? {
        guard let node else { return nil }
        if case .scalar(let text, isPlain: true) = node.content {
            if text == "true" { return true }
            if text == "false" { return false }
        }
        reportType(node, what, "true or false")
        return nil
    }

    // MARK: Numbers and durations

    /// Takes a node as a whole number without quotes.
    mutating func integer(
        _ node: YAMLNode?, _ what: String, in range: ClosedRange<Int>
    ) -> Int? {
        guard let node else { return nil }
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let text, isPlain: true) = node.content,
            !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            reportType(node, what, allowed)
            return nil
        }
        guard let number = Int(text), range.contains(number) else {
            report(node.mark, "out-of-range", "\(what) must be \(allowed), not \(shown(text))")
            return nil
        }
        return number
    }

    /// Takes a node as a duration like `90s`.
    ///
    /// One that is shorter than the range is reported under `tooShort`. With `isBesideSecret` no message
    /// repeats what is no duration: it may be the secret, in the wrong line.
    mutating func duration(
        _ node: YAMLNode?, _ what: String, in range: ClosedRange<Duration>,
        tooShort: String = "out-of-range", isBesideSecret: Bool = false
    ) -> Duration? {
        guard let node, let text = text(node, what) else { return nil }
        let allowed = "\(range.lowerBound.text) to \(range.upperBound.text)"
        guard let duration = Duration(parsing: text) else {
            let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            let found = isBesideSecret ? "" : ", not \(shown(text))"
            let advice =
                isNumber && !(isBesideSecret && text.utf8.count > 6)
                ? "needs a unit, like \(shown(text + "s"))"
                : "must be a duration like 90s, 5m, 1h or 250ms\(found)"
            report(node.mark, "malformed-duration", "\(what) \(advice) (allowed: \(allowed))")
            return nil
        }
        guard range.contains(duration) else {
            report(
                node.mark, duration < range.lowerBound ? tooShort : "out-of-range",
                "\(what) must be from \(allowed), not \(text)")
            return nil
        }
        return duration
    }
}
