import Linting
import Model

/// A variable that is set, and where.
struct SetVariable {
    var name: String
    var value: Secret
    /// Where the name stands.
    var place: Provenance
    var valuePlace: ValuePlace
    /// Whether the value is known; not, when a shell would make it of others.
    var isKnown = true
}

/// Judges variables: their names, and the values of the key that they hold; of two with one name the last counts.
func lintVariables(
    _ variables: [SetVariable], now: WallTime, into collector: inout LintCollector
) {
    var values = WrittenCredentials()
    var older = WrittenCredentials()
    var prefixed: [CredentialField: SetVariable] = [:]
    // So many names are compared with the right ones, so that a file full of slips costs no more.
    var budget = 2_000
    for variable in variables {
        let name = variable.name
        let written = WrittenValue(
            name, variable.value, at: variable.valuePlace, isKnown: variable.isKnown)
        if let (field, isOlder) = VariableNames.field(name) {
            if isOlder { older[field] = written } else { values[field] = written }
        } else if name == "AWS_CREDENTIAL_EXPIRATION" {
            guard variable.isKnown else { continue }
            if let finding = expiryFinding(of: written, now: now) { collector.add(finding) }
        } else if DestinationVariable.regions.contains(name) {
            guard variable.isKnown else { continue }
            let text = variable.value.reveal()
            if let finding = regionFinding(name, text, at: written.place.start) {
                collector.add(finding)
            }
        } else if DestinationVariable.endpoints.contains(name) {
            guard variable.isKnown else { continue }
            let text = variable.value.reveal()
            if let finding = endpointFinding(name, text, at: written.place.start) {
                collector.add(finding)
            }
        } else if budget > 0 {
            budget -= 1
            if let field = VariableNames.fieldBehindPrefix(of: name) {
                prefixed[field] = variable
            }
            guard let meant = VariableNames.meant(by: name) else { continue }
            collector.add(slip(of: variable, meant))
        }
    }
    for field in CredentialField.allCases where values[field] == nil {
        guard let written = older[field] else { continue }
        values[field] = written
        collector.add(
            LintFinding(
                .misspeltName, .warning, at: written.place.start,
                "\(written.name) is an older name, which only some SDKs read.",
                remedy: "Name it \(VariableNames.name(of: field))."))
    }
    for field in CredentialField.allCases {
        guard values[field] == nil, values.hasAny, let variable = prefixed[field] else { continue }
        collector.add(
            LintFinding(
                .misspeltName, .error, at: variable.place,
                "The SDKs do not read this variable: something stands before "
                    + "\(VariableNames.name(of: field)), which is not set.",
                remedy: "Set \(VariableNames.name(of: field))."))
    }
    for finding in findings(in: values) { collector.add(finding) }
}

extension WrittenCredentials {
    fileprivate var hasAny: Bool { CredentialField.allCases.contains { self[$0] != nil } }
}

private func slip(of variable: SetVariable, _ meant: String) -> LintFinding {
    if meant == variable.name.uppercased() {
        return LintFinding(
            .letterCase, .error, at: variable.place,
            "The SDKs do not see this variable: the names of variables are in capitals.",
            remedy: "Name it \(meant).")
    }
    return LintFinding(
        .misspeltName, .error, at: variable.place,
        "The SDKs do not know this variable; perhaps \(meant) is meant.")
}
