package import Model

/// Returns what the form of credentials says about why AWS may refuse them, without their certain faults.
///
/// For a refused key: an odd length, letters that AWS does not make such values of and what they may have
/// been, the id of a resource in place of the key's, id and secret swapped. Undocumented, so each is a
/// hint and never the reason for a verdict. Empty for credentials of AWS's own form.
package func hints(about credentials: Credentials) -> [LintFinding] {
    let (id, secret) = (credentials.accessKeyID, credentials.secretAccessKey)
    return formHints(
        WrittenCredentials(
            accessKeyID: WrittenValue(
                "The access key id", Secret(id.value), at: .whole(id.provenance)),
            secretAccessKey: WrittenValue(
                "The secret access key", secret.value, at: .whole(secret.provenance)),
            sessionToken: credentials.sessionToken.map {
                WrittenValue("The session token", $0.value, at: .whole($0.provenance))
            }))
}

/// A value with its characters told apart.
struct InspectedValue {
    var field: CredentialField
    var value: WrittenValue
    var characters: CharacterInspection
}

/// The hints about all values that a source has.
private func formHints(_ values: WrittenCredentials) -> [LintFinding] {
    if let swap = Swap(values) { return [swap.finding] }
    return formHints(
        CredentialField.allCases.compactMap { field in
            values[field].map {
                InspectedValue(
                    field: field, value: $0,
                    characters: CharacterInspection($0.text.reveal(), field))
            }
        })
}

/// The hints about the values that were inspected, each by what belongs to it.
func formHints(_ values: [InspectedValue]) -> [LintFinding] {
    let id = values.first { $0.field == .accessKeyID }
    let isOfAWS = id.map { KeyIDForm($0.characters.plainText).isOfAWS } ?? true
    return values.flatMap { inspected -> [LintFinding] in
        let (value, characters) = (inspected.value, inspected.characters)
        if let mistaken = MistakenValue(value.text.reveal(), inspected.field) {
            return [mistaken.finding(value)]
        }
        return switch inspected.field {
        case .accessKeyID: idHints(value, characters)
        case .secretAccessKey: secretHints(value, characters, isOfAWS)
        case .sessionToken: alphabetHints(value, characters, .sessionToken, isNaming: isOfAWS)
        }
    }
}

extension MistakenValue {
    fileprivate func finding(_ value: WrittenValue) -> LintFinding {
        // An emulator may be what the value is for.
        LintFinding(
            .mistakenValue, self == .emulatorsKey ? .warning : .error, at: value.place.start,
            "\(value.name) \(what).", remedy: remedy)
    }
}

/// A value that stands where the other belongs.
struct Swap {
    private let value: WrittenValue
    private let isSecret: Bool
    private let isBoth: Bool

    /// Nil when both stand where they belong, as far as their form tells.
    init?(_ values: WrittenCredentials) {
        func text(_ value: WrittenValue?) -> String? {
            guard let value, value.isKnown else { return nil }
            return unquoted(value.text.reveal())
        }
        let (id, secret) = (values.accessKeyID, values.secretAccessKey)
        let idIsSecret = text(id).map { hasFormOfSecret($0) && !KeyIDForm($0).isOfAWS } ?? false
        let secretIsID = text(secret).map { KeyIDForm($0).isOrdinary } ?? false
        guard let value = idIsSecret ? id : secretIsID ? secret : nil else { return nil }
        self.value = value
        isSecret = idIsSecret
        isBoth = idIsSecret && secretIsID
    }

    var finding: LintFinding {
        let form = isSecret ? "a secret access key" : "an access key id"
        let both = isBoth ? ", and the other way round" : ""
        return LintFinding(
            .swapped, .error, at: value.place.start,
            "\(value.name) has the form of \(form)\(both).",
            remedy: isBoth ? "Exchange the two." : "Copy both values again.")
    }
}

private func idHints(_ value: WrittenValue, _ characters: CharacterInspection) -> [LintFinding] {
    let form = KeyIDForm(characters.plainText)
    guard !form.text.isEmpty else { return [] }
    if let resource = form.resource {
        return [
            LintFinding(
                .resourceID, .error, at: value.place.start,
                "\(value.name) is the id of \(resource) (\(form.prefix)…), which cannot sign.",
                remedy: "Put the id of an access key there, which begins with AKIA or ASIA.")
        ]
    }
    guard form.isOfAWS else {
        // A character that does not belong there hides the prefix, and is told already.
        if characters.foreign.contains(where: { $0.position <= 5 }) { return [] }
        return [
            LintFinding(
                .unknownPrefix, .warning, at: value.place.start,
                "\(value.name) begins with neither AKIA nor ASIA, as all key ids of AWS do.")
        ]
    }
    return lengthHints(value, characters, 20, severity: .error)
        + alphabetHints(value, characters, .accessKeyID, isNaming: true)
}

private func secretHints(
    _ value: WrittenValue, _ characters: CharacterInspection, _ isOfAWS: Bool
) -> [LintFinding] {
    guard !characters.plain.isEmpty else { return [] }
    return lengthHints(value, characters, 40, severity: isOfAWS ? .error : .warning)
        + alphabetHints(value, characters, .secretAccessKey, isNaming: isOfAWS)
}

private func lengthHints(
    _ value: WrittenValue, _ characters: CharacterInspection, _ usual: Int, severity: LintSeverity
) -> [LintFinding] {
    let count = characters.plain.count
    // A foreign character may stand in place of one that belongs there.
    let least = count - characters.lookalikes
    guard !(least...max(least, characters.count)).contains(usual) else { return [] }
    let remedy =
        count < usual
        ? "A part of it is missing; copy it again." : "Something was added to it; copy it again."
    return [
        LintFinding(
            .wrongLength, severity, at: value.place.start,
            "\(value.name) has \(count) characters, and those of AWS have \(usual).",
            remedy: remedy)
    ]
}

/// How many characters of one value are told one by one.
private let mostCharacters = 4

/// What AWS does not make such values of; named unless the value may be an emulator's own.
private func alphabetHints(
    _ value: WrittenValue, _ characters: CharacterInspection, _ field: CredentialField,
    isNaming: Bool
) -> [LintFinding] {
    let odd = characters.plain.filter { !field.isUsual($0.scalar) }
    guard let first = odd.first else { return [] }
    let place = value.place.character(at: first.position)
    if field == .accessKeyID, odd.allSatisfy({ ("a"..."z").contains($0.scalar) }), odd.count > 1 {
        return [
            LintFinding(
                .outsideAlphabet, .warning, at: place,
                "\(value.name) has small letters from position \(first.position) on, and key ids "
                    + "have capitals only.")
        ]
    }
    guard isNaming, odd.count <= mostCharacters else {
        return [
            LintFinding(
                .outsideAlphabet, .warning, at: place,
                "\(value.name) has \(odd.count) characters that AWS does not make a \(field.title) "
                    + "of, the first at position \(first.position).")
        ]
    }
    return odd.map { position, scalar in
        let meant = field == .accessKeyID ? meantInKeyID(scalar) : nil
        let guess = meant.map { "; perhaps \($0) is meant" } ?? ""
        return LintFinding(
            .outsideAlphabet, .warning, at: value.place.character(at: position),
            "\(value.name) has \(characterName(scalar)) at position \(position), which AWS puts "
                + "into no \(field.title)\(guess).")
    }
}
