import Model

/// A filter that makes lines of a program's output fit for a log: visible, bounded, without secrets.
///
/// A program that runs `set -x` or prints a config would otherwise put keys into the journal. What looks
/// like a secret is found by its form, so it may remove a harmless text and, rarely, miss one.
package struct Redactor {
    package static let mark = "<redacted>"

    private let longest: Int
    private var isInsidePrivateKey = false

    /// Makes a filter that cuts lines after `longest` characters.
    package init(longest: Int = 1_000) {
        self.longest = longest
    }

    /// Returns a line as it may be logged.
    ///
    /// `isCut` says that the line went on: a secret may have been cut in two at its end, so an opaque
    /// word there is removed whatever its length.
    package mutating func presentable(_ line: String, isCut: Bool = false) -> String {
        if isInsidePrivateKey {
            isInsidePrivateKey = !line.holds("-----END ")
            return Self.mark
        }
        if line.holds("-----BEGIN "), line.holds("PRIVATE KEY") {
            isInsidePrivateKey = !line.holds("-----END ")
            return Self.mark
        }
        var scan = LineScan(line)
        var output = scan.redacted()
        if isCut { output = withoutLastWord(output) + "…" }
        output = visible(output)
        if output.unicodeScalars.count > longest {
            output = String(String.UnicodeScalarView(output.unicodeScalars.prefix(longest))) + "…"
        }
        return output
    }

    private func withoutLastWord(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let rest = bytes.reversed().drop(while: isOpaque)
        return String(decoding: rest.reversed(), as: UTF8.self)
    }
}

/// Returns a text with its control and invisible characters written as escapes; a tab becomes a space.
package func visible(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    if isPlain { return text }
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control where scalar == "\t":
            output.append(" ")
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            output.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars)
        default:
            output.append(scalar)
        }
    }
    return String(output)
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}

/// Whether a byte belongs to the alphabets of base64, with `=` only ever at the end.
private func isOpaque(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
}

/// A pass over one line that copies it without its secrets.
private struct LineScan {
    private static let tellingNames = [
        "secret", "password", "passwd", "token", "authorization", "private_key", "privatekey",
        "api_key", "apikey", "api-key",
    ]

    private let bytes: [UInt8]
    private var index = 0
    private var output: [UInt8] = []

    init(_ line: String) {
        bytes = Array(line.utf8)
    }

    mutating func redacted() -> String {
        while index < bytes.count {
            if isOpaque(bytes[index]) {
                takeWord()
            } else if !takeUserInfo() {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func takeWord() {
        let start = index
        while index < bytes.count, isOpaque(bytes[index]) { index += 1 }
        let word = bytes[start..<index]
        guard !looksSecret(word) else {
            while index < bytes.count, bytes[index] == UInt8(ascii: "=") { index += 1 }
            return redact()
        }
        output += word
        let name = String(decoding: word, as: UTF8.self).lowercased()
        if Self.tellingNames.contains(where: name.holds) {
            takeValue(after: name)
        }
    }

    /// Removes the value that follows a telling name: `name = value`, `"name": "value"`, `--name value`.
    private mutating func takeValue(after name: String) {
        var end = index
        var hasSign = false
        while end < bytes.count, isBetween(bytes[end]), !(hasSign && isSign(bytes[end])) {
            hasSign = hasSign || isSign(bytes[end])
            end += 1
        }
        let isOption = name.hasPrefix("--") && end > index
        guard hasSign || isOption, end < bytes.count else { return }
        output += bytes[index..<end]
        index = end
        if name.holds("authorization") {
            index = bytes.count
        } else {
            let quote = bytes[end - 1]
            let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
            while index < bytes.count, isQuoted ? bytes[index] != quote : !isEnd(bytes[index]) {
                index += 1
            }
        }
        redact()
    }

    /// Removes what stands between `://` and `@`.
    private mutating func takeUserInfo() -> Bool {
        guard bytes[index...].starts(with: "://".utf8) else { return false }
        let start = index + 3
        let authority = bytes[start...].prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return false }
        output += bytes[index..<start]
        redact()
        index = at
        return true
    }

    private mutating func redact() {
        output += Redactor.mark.utf8
    }

    /// Whether a word has the form of an AWS secret key (40 characters) or of a longer token.
    private func looksSecret(_ word: ArraySlice<UInt8>) -> Bool {
        if word.count == 40, isMixed(word) { return true }
        return word.split(separator: UInt8(ascii: "/")).contains { $0.count >= 32 && isMixed($0) }
    }

    /// Whether it has capitals, small letters and digits; a hash or a UUID does not.
    private func isMixed(_ word: ArraySlice<UInt8>) -> Bool {
        word.contains { (0x30...0x39).contains($0) } && word.contains { (0x41...0x5A).contains($0) }
            && word.contains { (0x61...0x7A).contains($0) }
    }

    private func isSign(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":")
    }

    private func isBetween(_ byte: UInt8) -> Bool {
        isSign(byte) || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"")
            || byte == UInt8(ascii: "'") || byte == 0x09
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte <= 0x20 || Array(",;\"'`)}]&".utf8).contains(byte)
    }
}
