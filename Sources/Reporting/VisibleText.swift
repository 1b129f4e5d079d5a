/// Returns a text in which every character that a terminal would obey, or hide, can be seen.
///
/// Control characters become `\n`, `\t`, `\r`, `\x1b`; invisible and direction-changing ones, and the
/// separators of lines and paragraphs, become `\u{202e}`. A joiner inside an emoji stays. With
/// `keepingLines`, line feeds and tabs stay as well.
package func visible(_ text: String, keepingLines: Bool = false) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    if isPlain { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    for character in text {
        let isEmoji = character.unicodeScalars.first.map { $0.properties.isEmojiPresentation }
        for scalar in character.unicodeScalars {
            switch scalar {
            case "\n", "\t":
                if keepingLines {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += scalar == "\n" ? "\\n" : "\\t"
                }
            case "\r": result += "\\r"
            case "\u{200D}" where isEmoji == true: result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                result += "\\x" + hexadecimal(scalar.value, width: 2)
            case _ where isHidden(scalar):
                result += "\\u{" + hexadecimal(scalar.value, width: 2) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
    return result
}

/// Returns JSON in which every character that a terminal would obey, or hide, is written as `\u202e`.
///
/// It says the same: outside of its strings JSON has no such character but blanks, line feeds and tabs.
package func visibleJSON(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x7F }) { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 64)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        if scalar.value < 0x7F || !(scalar.value == 0x7F || isHidden(scalar)) {
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        } else {
            for unit in Character(scalar).utf16 {
                result += Array("\\u".utf8) + Array(hexadecimal(UInt32(unit), width: 4).utf8)
            }
        }
    }
    return result
}

private func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    // Fillers and the like, which are letters by their category; an emoji's selector of forms stays.
    default: scalar.properties.isDefaultIgnorableCodePoint && !(0xFE00...0xFE0F ~= scalar.value)
    }
}

private func hexadecimal(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Returns the columns that a text takes on a terminal, approximately.
///
/// East Asian wide characters and emoji take two, combining marks none.
package func displayWidth(_ text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + displayWidth($1) }
}

private func displayWidth(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control:
            // A variation selector asks for the emoji's wide form.
            if scalar.value == 0xFE0F { width = 2 }
        default: width = max(width, isWide(scalar) ? 2 : 1)
        }
    }
    return width
}

private func isWide(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isEmojiPresentation { return true }
    return switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
        true
    default: false
    }
}

/// Returns a text cut to a number of columns, with `…` in place of what is gone.
package func truncated(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    for character in text {
        let next = displayWidth(character)
        guard used + next <= width - 1 else { break }
        result.append(character)
        used += next
    }
    return result + "…"
}

/// Returns a text filled with spaces to a number of columns; a longer one as it is.
package func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}

/// Returns a text cut to a number of UTF-8 bytes at the edge of a character, with `…` at the end.
package func bounded(_ text: String, bytes limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: max(0, limit - 3))
    // A cluster may be longer than the limit itself, so the edge of a scalar has to do.
    while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
        end = text.utf8.index(before: end)
    }
    return String(text.unicodeScalars[..<end]) + "…"
}
