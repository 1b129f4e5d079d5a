/// Returns a text as one word of a command for a POSIX shell, quoted unless it is harmless as it is.
///
/// Texts of files and of servers become parts of commands that a person pastes into a terminal. So what a
/// shell would interpret is between quotes, and what a terminal would obey, or a person would not see
/// (controls, line breaks, marks that turn the direction or have no width), is written as an escape, in
/// the `$'…'` of bash, ksh, zsh and POSIX of 2024.
package func shellQuoted(_ text: String) -> String {
    if text.unicodeScalars.contains(where: isUnseen) {
        return "$'" + text.unicodeScalars.map(escaped).joined() + "'"
    }
    let isPlain = !text.isEmpty && text.first != "=" && text.utf8.allSatisfy(isPlain)
    if isPlain { return text }
    return "'"
        + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
        + "'"
}

/// Returns a path as one word of a command, in a form that no program takes for an option.
package func shellQuoted(path: String) -> String {
    shellQuoted(path.hasPrefix("-") ? "./" + path : path)
}

/// Returns a long option with its value, `--profile app`, as words of a command; a value that looks
/// like an option itself stands behind `=`.
package func shellOption(_ name: String, _ value: String) -> String {
    value.hasPrefix("-") ? "\(name)=\(shellQuoted(value))" : "\(name) \(shellQuoted(value))"
}

/// Whether no shell gives the byte a meaning of its own inside a word.
private func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "@"), UInt8(ascii: "+"),
        UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}

/// Whether a terminal obeys the character, or shows nothing where it stands.
private func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        true
    case .spaceSeparator: scalar != " "
    default: false
    }
}

/// The character inside `$'…'`; no argument can hold NUL, so a question mark stands for it.
private func escaped(_ scalar: Unicode.Scalar) -> String {
    if scalar == "\0" { return "?" }
    guard isUnseen(scalar) || scalar == "'" || scalar == "\\" else { return String(scalar) }
    return String(scalar).utf8.map { byte in
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }.joined()
}
