package import Model

/// A fault in a credential's text that makes a request pointless.
package enum ValueFault: Sendable, Hashable {
    /// A character that no credential has.
    case character(field: String, CharacterFault, Provenance)
    case placeholder(field: String, Provenance)
    case empty(field: String, Provenance)
    case tokenMissing
}

/// A character that no credential has, and what is known of the value around it.
package struct CharacterFault: Sendable, Hashable {
    package var scalar: Unicode.Scalar
    /// Counted in characters from 1.
    package var position: Int
    /// Whether nothing stands behind it that is worth keeping.
    package var isLast: Bool
    /// What the value is in place of a credential's.
    package var mistaken: MistakenValue?

    /// Its code point and name: `U+200B ZERO WIDTH SPACE`.
    package var name: String { characterName(scalar) }
}

/// Returns the first fault in the credentials' own text, or nil when they may be sent.
///
/// Only what is certain counts: an unknown prefix, an odd length or letters outside base32 are hints
/// for a message and never a reason to refuse.
package func firstFault(in credentials: Credentials) -> ValueFault? {
    let id = credentials.accessKeyID
    let secret = credentials.secretAccessKey
    if looksOrdinary(credentials) {
        return id.value.utf8.starts(with: "ASIA".utf8) && credentials.sessionToken == nil
            ? .tokenMissing : nil
    }
    let fields: [(field: CredentialField, text: String, provenance: Provenance)] =
        [
            (.accessKeyID, id.value, id.provenance),
            (.secretAccessKey, secret.value.reveal(), secret.provenance),
        ]
        + (credentials.sessionToken.map {
            [(.sessionToken, $0.value.reveal(), $0.provenance)]
        } ?? [])
    for (field, text, provenance) in fields {
        if text.isEmpty { return .empty(field: field.title, provenance) }
        if isPlaceholder(text) { return .placeholder(field: field.title, provenance) }
        if let (index, scalar) = text.unicodeScalars.enumerated().first(where: {
            field.isForeign($1)
        }) {
            let rest = text.unicodeScalars.dropFirst(index)
            return .character(
                field: field.title,
                CharacterFault(
                    scalar: scalar, position: index + 1,
                    isLast: rest.allSatisfy { field.isForeign($0) },
                    mistaken: MistakenValue(text, field)), provenance)
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
