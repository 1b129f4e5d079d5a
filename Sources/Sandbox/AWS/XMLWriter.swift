/// A writer of the XML that the query protocol answers with.
struct XMLWriter: Sendable {
    private(set) var text = ""
    private var depth = 0

    /// Writes an element that holds others.
    mutating func element(
        _ name: String, namespace: String? = nil, _ body: (inout XMLWriter) -> Void
    ) {
        indent()
        text += namespace.map { "<\(name) xmlns=\"\($0)\">\n" } ?? "<\(name)>\n"
        depth += 1
        body(&self)
        depth -= 1
        indent()
        text += "</\(name)>\n"
    }

    /// Writes an element that holds text; nothing for nil.
    mutating func element(_ name: String, _ value: String?) {
        guard let value else { return }
        indent()
        text += "<\(name)>\(Self.escaped(value))</\(name)>\n"
    }

    private mutating func indent() {
        text += String(repeating: "  ", count: depth)
    }

    /// Escapes markup, and replaces what XML 1.0 cannot hold.
    static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\r": result += "&#xD;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case ..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
