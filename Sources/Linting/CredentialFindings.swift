package import Model

/// Returns everything that can be said about the values of one key without asking AWS: faults and hints.
///
/// No text holds a value. At most some twenty findings for each value, which is looked at up to 64 Ki
/// characters.
package func findings(in values: WrittenCredentials) -> [LintFinding] {
    if let swap = Swap(values) { return [swap.finding] + tokenFindings(values) }
    var findings: [LintFinding] = []
    var inspected: [InspectedValue] = []
    for field in CredentialField.allCases {
        guard let value = values[field], value.isKnown else { continue }
        let text = value.text.reveal()
        if text.isEmpty {
            findings.append(emptyFinding(value))
        } else if isPlaceholder(unquoted(text)) {
            findings.append(placeholderFinding(value, text))
        } else {
            let characters = CharacterInspection(text, field)
            // What something else is made of is no news.
            if MistakenValue(text, field) == nil { findings += characters.findings(value) }
            inspected.append(InspectedValue(field: field, value: value, characters: characters))
        }
    }
    return findings + formHints(inspected) + halfKeyFindings(values) + tokenFindings(values)
}

/// Returns what a hint about the end of a session says at a time: that it is over, or is no time.
package func expiryFinding(of value: WrittenValue, now: WallTime) -> LintFinding? {
    let text = value.text.reveal()
    guard !text.isEmpty else { return nil }
    guard let end = WallTime(parsing: text) else {
        return LintFinding(
            .unreadableExpiry, .warning, at: value.place.start,
            "\(value.name) is no time, so nobody can tell when the session ends.",
            remedy: "Write it like 2026-11-22T14:00:00Z.")
    }
    guard end < now else { return nil }
    return LintFinding(
        .expired, .warning, at: value.place.start,
        "\(value.name) says that the session ended at \(end.rfc3339).",
        remedy: "Get new credentials; only AWS's clock decides whether these still count.")
}

private func emptyFinding(_ value: WrittenValue) -> LintFinding {
    let isVariable = if case .environment = value.place.start { true } else { false }
    return LintFinding(
        .emptyValue, isVariable ? .warning : .error, at: value.place.start,
        "\(value.name) is empty and counts as not set.",
        remedy: isVariable ? "Set it or unset it." : "Fill it in, or remove the line.")
}

private func placeholderFinding(_ value: WrittenValue, _ text: String) -> LintFinding {
    LintFinding(
        .placeholder, .error, at: value.place.start,
        isDocumentationExample(unquoted(text))
            ? "\(value.name) is the example of AWS's documentation, which is nobody's."
            : "\(value.name) is a placeholder that was never filled in.",
        remedy: "Put the real value there.")
}

/// A text without the quotes at both ends.
func unquoted(_ text: String) -> String {
    guard text.utf8.count > 2, let first = text.first, first == "\"" || first == "'",
        text.last == first
    else { return text }
    return String(text.dropFirst().dropLast())
}

private func halfKeyFindings(_ values: WrittenCredentials) -> [LintFinding] {
    let isHalf = (values.accessKeyID == nil) != (values.secretAccessKey == nil)
    guard isHalf, let there = values.accessKeyID ?? values.secretAccessKey,
        !there.text.isEmpty || !there.isKnown
    else { return [] }
    let missing =
        values.accessKeyID == nil
        ? CredentialField.accessKeyID : CredentialField.secretAccessKey
    return [
        LintFinding(
            .halfKey, .error, at: there.place.start,
            "\(there.name) is set, and the \(missing.title) is not.",
            remedy: "Add it beside this one, or remove this one.")
    ]
}

private func tokenFindings(_ values: WrittenCredentials) -> [LintFinding] {
    guard let id = values.accessKeyID, id.isKnown, values.sessionToken?.isKnown ?? true else {
        return []
    }
    let form = KeyIDForm(unquoted(id.text.reveal()))
    let token = values.sessionToken.flatMap { $0.text.isEmpty ? nil : $0 }
    if form.isTemporary, token == nil {
        return [
            LintFinding(
                .tokenMissing, .error, at: id.place.start,
                "\(id.name) is of a temporary key (ASIA…), and its session token is missing.",
                remedy: "Add the token of the same set of credentials.")
        ]
    }
    if form.isLongTerm, let token {
        return [
            LintFinding(
                .tokenLeftover, .error, at: token.place.start,
                "\(token.name) is left over from another key: that of \(id.name) is a long-term "
                    + "one (AKIA…), which AWS refuses with a token.",
                remedy: "Remove the token.")
        ]
    }
    return []
}
