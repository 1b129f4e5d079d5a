import Model

/// Returns a text as one line of a plugin's output, of at most so many bytes.
///
/// A `|` would begin performance data, and a line feed another line, so neither comes out of a text of others;
/// what looks like a secret, or what a terminal would obey, does not either.
func pluginText(_ text: String, bytes limit: Int) -> String {
    var line = ""
    for scalar in redacted(text).unicodeScalars {
        switch scalar {
        case "|": line += "¦"
        case "\n", "\r", "\t": line += " "
        default: line.unicodeScalars.append(scalar)
        }
    }
    return bounded(visible(line), bytes: limit)
}

/// Performance data in the form of the Monitoring Plugins: `'label'=value[unit];[warn];[crit];[min];[max]`.
struct PluginDatum: Sendable, Hashable {
    var label: String
    var value: Int
    /// `s` for seconds, empty for a count.
    var unit = ""
    /// Ranges, empty where there is no threshold that the answer follows.
    var warning = ""
    var critical = ""
    var minimum: Int? = 0
    var maximum: Int?

    var text: String {
        var fields = [
            "'\(cleanLabel)'=\(value)\(unit)", warning, critical,
            minimum.map { String($0) } ?? "", maximum.map { String($0) } ?? "",
        ]
        while fields.last == "" { fields.removeLast() }
        return fields.joined(separator: ";")
    }

    /// The label without what ends one: a quote, an equals sign, a semicolon.
    private var cleanLabel: String {
        let marks = pluginText(label, bytes: 80).unicodeScalars.map { scalar in
            switch scalar {
            case "'", "\"", "=", ";", "¦", "\\": Unicode.Scalar("_")
            default: scalar
            }
        }
        var label = ""
        label.unicodeScalars.append(contentsOf: marks)
        return label
    }
}
