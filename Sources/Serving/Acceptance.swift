package import Model

/// Chooses the form of the metrics by a request's `Accept`, as RFC 9110 has it.
///
/// A form is worth the `q` of the range that fits it most closely. OpenMetrics is for those who name it:
/// without that, or where nothing fits, it is Prometheus' text.
package func form(accepting accept: String?) -> MetricsForm {
    guard let accept else { return .text }
    var text: (closeness: Int, quality: Int)?
    var open: (closeness: Int, quality: Int)?
    for element in elements(of: accept, between: ",") {
        guard let range = MediaRange(element) else { continue }
        if let closeness = range.closeness(to: "text/plain", ["0.0.4"]),
            closeness > text?.closeness ?? 0
        {
            text = (closeness, range.quality)
        }
        // Version 0.0.1 is what 1.0.0 was called while it was written.
        if let closeness = range.closeness(to: "application/openmetrics-text", ["1.0.0", "0.0.1"]),
            closeness > open?.closeness ?? 0
        {
            open = (closeness, range.quality)
        }
    }
    guard let open, open.closeness >= MediaRange.named, open.quality > 0 else { return .text }
    guard let text else { return .openMetrics }
    if open.quality != text.quality { return open.quality > text.quality ? .openMetrics : .text }
    return text.closeness < MediaRange.named ? .openMetrics : .text
}

/// A range of `Accept`: a type, its version and how much it is wanted.
private struct MediaRange {
    static let named = 3

    var type: String
    var version: String?
    /// In thousandths, up to 1,000.
    var quality = 1_000

    /// Takes an element apart; nil when it is none.
    init?(_ element: String) {
        let parts = elements(of: element, between: ";")
        guard let first = parts.first, first.utf8.contains(UInt8(ascii: "/")) else { return nil }
        type = first.lowercased()
        for parameter in parts.dropFirst() {
            let halves = parameter.split(separator: "=", maxSplits: 1).map(trimmed)
            guard halves.count == 2 else { continue }
            switch halves[0].lowercased() {
            case "q":
                guard let value = thousandths(halves[1]) else { return nil }
                quality = value
            case "version":
                var text = halves[1]
                if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count > 1 {
                    text = String(text.dropFirst().dropLast())
                }
                version = text
            default: break
            }
        }
    }

    /// How closely the range fits a type in one of its versions, from 1; nil when it does not.
    func closeness(to wanted: String, _ versions: [String]) -> Int? {
        if type == "*/*" { return 1 }
        if type.hasSuffix("/*") { return wanted.hasPrefix(type.dropLast()) ? 2 : nil }
        guard type == wanted else { return nil }
        guard let version else { return Self.named }
        return versions.contains(version) ? Self.named + 1 : nil
    }
}

/// Reads a weight like `0.75`; nil when it is none.
private func thousandths(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, first == 0x30 || first == 0x31, bytes.count <= 5 else {
        return nil
    }
    guard bytes.count > 1 else { return first == 0x31 ? 1_000 : 0 }
    guard bytes[1] == UInt8(ascii: ".") else { return nil }
    var value = first == 0x31 ? 1_000 : 0
    for (byte, weight) in zip(bytes.dropFirst(2), [100, 10, 1]) {
        guard (0x30...0x39).contains(byte) else { return nil }
        value += Int(byte - 0x30) * weight
    }
    return value <= 1_000 ? value : nil
}

/// Splits a list at a separator that stands outside of quotes; the elements have no blanks around them.
private func elements(of text: String, between separator: Character) -> [String] {
    var list: [String] = []
    var element = ""
    var isQuoted = false
    for character in text {
        if character == "\"" { isQuoted.toggle() }
        if character == separator, !isQuoted {
            list.append(trimmed(element))
            element = ""
        } else {
            element.append(character)
        }
    }
    return list + [trimmed(element)]
}

private func trimmed(_ text: some StringProtocol) -> String {
    var rest = text[...].drop { $0 == " " || $0 == "\t" }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return String(rest)
}
