import Model

/// A fault in a credential's text that makes a request pointless.
enum ValueFault: Sendable, Hashable {
    /// A character that no credential has; the position counts characters from 1.
    case character(field: String, name: String, position: Int, Provenance)
    case placeholder(field: String, Provenance)
    case empty(field: String, Provenance)
    case tokenMissing
}

/// Returns the first fault in the credentials' own text, or nil when they may be sent.
///
/// Only what is certain counts: an unknown prefix, an odd length or letters outside base32 are hints
/// for a message and never a reason to refuse.
func firstFault(in credentials: Credentials) -> ValueFault? {
    let id = credentials.accessKeyID
    let secret = credentials.secretAccessKey
    if looksOrdinary(credentials) {
        return id.value.utf8.starts(with: "ASIA".utf8) && credentials.sessionToken == nil
            ? .tokenMissing : nil
    }
    let fields: [(name: String, text: String, provenance: Provenance)] =
        [
            ("access key id", id.value, id.provenance),
            ("secret access key", secret.value.reveal(), secret.provenance),
        ]
        + (credentials.sessionToken.map {
            [("session token", $0.value.reveal(), $0.provenance)]
        } ?? [])
    for field in fields {
        if field.text.isEmpty { return .empty(field: field.name, field.provenance) }
        if isPlaceholder(field.text) {
            return .placeholder(field: field.name, field.provenance)
        }
        if let (position, name) = firstForeignCharacter(
            field.text, isKeyID: field.name == "access key id")
        {
            return .character(
                field: field.name, name: name, position: position, field.provenance)
        }
    }
    if id.value.hasPrefix("ASIA"), credentials.sessionToken == nil { return .tokenMissing }
    return nil
}

/// Whether every value has the form that AWS gives it, so that the slow inspection can find nothing.
///
/// Ten thousand profiles pass here at every check; the inspection itself costs as much as signing.
private func looksOrdinary(_ credentials: Credentials) -> Bool {
    var id = credentials.accessKeyID.value
    let isOrdinaryID = id.withUTF8 { id in
        id.count == 20 && id[0] == UInt8(ascii: "A") && id[2] == UInt8(ascii: "I")
            && id[3] == UInt8(ascii: "A")
            && (id[1] == UInt8(ascii: "K") || id[1] == UInt8(ascii: "S"))
            && id.reduce(0 as UInt8) { $0 | ($1 &- 0x41 < 26 || $1 &- 0x30 < 10 ? 0 : 1) } == 0
            && !id.suffix(7).elementsEqual("EXAMPLE".utf8)
    }
    guard isOrdinaryID else { return false }
    let isOrdinary = { (bytes: UnsafeBufferPointer<UInt8>) in
        // Without a way out in the middle, so that many bytes are looked at in one step.
        var foreign: UInt8 = 0
        var digits: UInt8 = 0
        for byte in bytes {
            let isDigit: UInt8 = byte &- 0x30 < 10 ? 1 : 0
            let isLetter: UInt8 = (byte | 0x20) &- 0x61 < 26 ? 1 : 0
            let isMark: UInt8 = byte == 0x2B || byte == 0x2F || byte == 0x3D ? 1 : 0
            digits |= isDigit
            foreign |= 1 ^ (isDigit | isLetter | isMark)
        }
        return foreign == 0 && digits == 1 && !bytes.suffix(3).elementsEqual("KEY".utf8)
    }
    let secret = credentials.secretAccessKey.value
    guard secret.count == 40, secret.withBytes(isOrdinary) else { return false }
    guard let token = credentials.sessionToken?.value else { return true }
    return token.count > 40 && token.withBytes(isOrdinary)
}

/// Whether a text is a stand-in that was never replaced.
func isPlaceholder(_ text: String) -> Bool {
    if documentationExamples.contains(text) { return true }
    // An untouched template variable: $VAR, ${VAR}, $(cmd), {{ var }}, %VAR%, <your key>.
    if text.hasPrefix("$") { return true }
    for (open, close) in [("{{", "}}"), ("%", "%"), ("<", ">")]
    where text.count > 2 && text.hasPrefix(open) && text.hasSuffix(close) {
        return true
    }
    let plain = text.lowercased().filter { $0.isLetter || $0.isNumber }
    if plain.isEmpty { return text.allSatisfy { "*.-_".contains($0) } }
    if plain.count >= 4, plain.allSatisfy({ $0 == "x" }) { return true }
    let words = [
        "your", "replaceme", "changeme", "accesskey", "secretkey", "awsaccesskey", "awssecret",
        "insert", "placeholder", "example", "dummy", "todo", "fixme",
    ]
    // A real key may spell a word by chance somewhere; at its very start, and without a digit, it is none.
    return !plain.contains(where: \.isNumber) && words.contains { plain.hasPrefix($0) }
}

/// The example credentials of AWS's documentation, which are nobody's.
private let documentationExamples: Set<String> = [
    "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "ASIAIOSFODNN7EXAMPLE",
    "ASIAI44QH8DHBEXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
]

/// The first character that can stand in no credential, counted from 1, with its name.
private func firstForeignCharacter(_ text: String, isKeyID: Bool) -> (Int, String)? {
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if isForeign(scalar, inKeyID: isKeyID) { return (index + 1, characterName(scalar)) }
    }
    return nil
}

/// Whether a character can stand in no credential.
func isForeign(_ scalar: Unicode.Scalar, inKeyID: Bool) -> Bool {
    // Printable ASCII may be an emulator's own alphabet; these few marks are what mangling leaves.
    scalar.value <= 0x20 || scalar.value >= 0x7F || scalar == "\"" || scalar == "'"
        || scalar == "`" || scalar == "\\" || scalar == ";" || scalar == ","
        || (inKeyID && !isWordCharacter(scalar))
}

private func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", "_": true
    default: false
    }
}

/// The code point of a character and its name where it has one: `U+200B ZERO WIDTH SPACE`.
func characterName(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    let controls: [UInt32: String] = [
        0x00: "NULL", 0x09: "TAB", 0x0A: "LINE FEED", 0x0D: "CARRIAGE RETURN", 0x1B: "ESCAPE",
        0x7F: "DELETE",
    ]
    if let name = scalar.properties.name ?? controls[scalar.value] { return "\(code) \(name)" }
    return code
}
