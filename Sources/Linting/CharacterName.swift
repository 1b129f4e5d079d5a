/// Returns the code point of a character and its name where it has one: `U+200B ZERO WIDTH SPACE`.
package func characterName(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    let controls: [UInt32: String] = [
        0x00: "NULL", 0x09: "TAB", 0x0A: "LINE FEED", 0x0D: "CARRIAGE RETURN", 0x1B: "ESCAPE",
        0x7F: "DELETE",
    ]
    if let name = scalar.properties.name ?? controls[scalar.value] { return "\(code) \(name)" }
    return code
}

/// Says whether a character leaves nothing to see: controls, spaces other than the usual one, joiners,
/// direction marks, fillers.
package func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == " " || scalar.properties.isDefaultIgnorableCodePoint { return scalar != " " }
    return switch scalar.properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: true
    // The blank of braille is a symbol without a dot.
    default: scalar == "\u{2800}"
    }
}

/// Says whether a character is a quote that word processors put in place of a straight one.
package func isSmartQuote(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2018...0x201F, 0x2032...0x2037, 0x2039, 0x203A, 0xAB, 0xBB, 0xB4: true
    case 0x300C...0x300F, 0x301D...0x301F, 0xFF02, 0xFF07: true
    default: false
    }
}

/// The plain character that one from another script looks like; nil when it looks like none.
func lookalike(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    // The full-width forms of ASCII.
    case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0)
    default: lookalikes[scalar]
    }
}

/// Cyrillic, Greek, and marks that are drawn as ASCII is.
private let lookalikes: [Unicode.Scalar: Unicode.Scalar] = [
    "А": "A", "В": "B", "С": "C", "Е": "E", "Н": "H", "І": "I", "Ј": "J", "К": "K", "М": "M",
    "О": "O", "Р": "P", "Ѕ": "S", "Т": "T", "Х": "X", "У": "Y", "а": "a", "с": "c", "е": "e",
    "і": "i", "ј": "j", "о": "o", "р": "p", "ѕ": "s", "х": "x", "у": "y",
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N",
    "Ο": "O", "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X", "ο": "o",
    "\u{2044}": "/", "\u{2215}": "/", "\u{FE62}": "+",
]
