import Model

/// A place in the text, line and column counted from 1.
struct Mark: Hashable, Comparable {
    var line: Int
    var column: Int

    static func < (left: Mark, right: Mark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A node of a YAML document with the place where it stands.
struct YAMLNode {
    enum Content {
        /// A text as it stands, with the quotes taken off; `isPlain` when it had none.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    var mark: Mark
    var content: Content
    /// How many nodes it consists of, with those that aliases repeat.
    var count = 1
    /// How many levels it is deep: 1 for a scalar or an empty collection.
    var depth = 1

    /// Whether it is the absence of a value: nothing, `~` or `null` without quotes.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What it is, for a message: `a list`, `no value`, `the text "3"`.
    var kind: String {
        switch content {
        case _ where isNull: "no value"
        case .scalar(let text, isPlain: true): shown(text)
        case .scalar(let text, isPlain: false): "the quoted text \(shown(text))"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A member of a mapping.
struct YAMLEntry {
    var key: String
    var keyMark: Mark
    var value: YAMLNode
}

/// Returns a value in quotes for a message: control characters visible, at most 60 characters.
func shown(_ text: String) -> String {
    var output = "\""
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == 60 {
            output += "…"
            break
        }
        output += isPrintable(scalar) ? String(scalar) : scalar.escaped(asASCII: true)
    }
    return output + "\""
}

/// Returns a key for a message; a URL, whose own key was forgotten, is not shown: a heartbeat's has a token.
func shownKey(_ key: String) -> String {
    key.holds("://") ? "that is a URL" : shown(key)
}

/// Whether a character shows what it is: neither a control nor an invisible one.
func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
        .paragraphSeparator:
        return false
    case .spaceSeparator: return false
    default: return true
    }
}
