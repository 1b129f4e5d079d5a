import Model

/// A value's characters, those that belong to it told from those that do not.
struct CharacterInspection {
    /// What does not belong, with its position counted from 1, in its order.
    private(set) var foreign: [(position: Int, scalar: Unicode.Scalar)] = []
    /// The value without it; what looks like a plain character stands for that one.
    private(set) var plain: [(position: Int, scalar: Unicode.Scalar)] = []
    /// The quotes at both ends, or at one of them.
    private(set) var quotes: [(position: Int, scalar: Unicode.Scalar)] = []
    /// How many of the plain ones are only looked like.
    private(set) var lookalikes = 0
    let count: Int

    /// Values are looked at up to here: no credential is as long.
    static let longest = 65_536

    init(_ text: String, _ field: CredentialField) {
        let scalars = Array(text.unicodeScalars.prefix(Self.longest))
        count = scalars.count
        for (index, scalar) in scalars.enumerated() {
            let place = (position: index + 1, scalar: scalar)
            let isEnd = index == 0 || index == scalars.count - 1
            if isEnd, scalar == "\"" || scalar == "'" {
                quotes.append(place)
            } else if field.isForeign(scalar) {
                foreign.append(place)
                guard let plain = lookalike(scalar) else { continue }
                self.plain.append((index + 1, plain))
                lookalikes += 1
            } else {
                plain.append(place)
            }
        }
    }

    var plainText: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: plain.lazy.map(\.scalar))
        return String(view)
    }
}

/// How many characters of one value are told one by one.
private let mostCharacters = 8

extension CharacterInspection {
    /// Names each character that does not belong to the value.
    func findings(_ value: WrittenValue) -> [LintFinding] {
        var findings: [LintFinding] = []
        if let quote = quotes.first {
            let ends = quotes.count == 2 ? "at both ends" : "at one end"
            findings.append(
                LintFinding(
                    .quotesKept, .error, at: value.place.character(at: quote.position),
                    "\(value.name) has quotes \(ends), and they are taken for a part of the value.",
                    remedy: "Remove the quotes."))
        }
        for (position, scalar) in foreign.prefix(mostCharacters) {
            let (code, what, remedy) = kind(of: scalar)
            findings.append(
                LintFinding(
                    code, .error, at: value.place.character(at: position),
                    "\(value.name) has \(characterName(scalar)) at position \(position) of "
                        + "\(count), \(what).", remedy: remedy))
        }
        if foreign.count > mostCharacters {
            findings.append(
                LintFinding(
                    .foreignCharacter, .error,
                    at: value.place.character(at: foreign[mostCharacters].position),
                    "\(value.name) has \(foreign.count - mostCharacters) more characters that do "
                        + "not belong there.",
                    remedy: "Copy the value again."))
        }
        return findings
    }

    /// The code of a character that does not belong, what it is, and what to do.
    private func kind(of scalar: Unicode.Scalar) -> (LintCode, String, String) {
        switch scalar {
        case "\r":
            return (
                .carriageReturn, "left over from the line ends of Windows",
                "Convert the file with dos2unix."
            )
        case "\n": return (.brokenValue, "a line end", "Put the whole value on one line.")
        case " ", "\t": return (.blankInValue, "a blank", "Remove the blank.")
        case _ where isInvisible(scalar):
            return (
                .invisibleCharacter, "a character that nobody sees",
                "Delete it, or type the value's line anew; copying from a web page or a chat adds "
                    + "such characters."
            )
        case _ where isSmartQuote(scalar):
            return (
                .smartQuote, "a quote that a word processor made", "Remove the quotes."
            )
        default:
            let looks = lookalike(scalar).map { " and which only looks like \($0)" } ?? ""
            return (
                .foreignCharacter, "which no such value has\(looks)", "Copy the value again."
            )
        }
    }
}

/// Returns where a comment begins in a value: `#` behind a blank, counted in bytes from 0; nil without one.
package func commentStart(in value: some Collection<UInt8>) -> Int? {
    var follows = false
    for (offset, byte) in value.enumerated() {
        if follows, byte == 0x23 { return offset }
        follows = byte == 0x20 || byte == 0x09
    }
    return nil
}
