package import Model

/// Returns a text of AWS's fit for a log: secrets, long opaque runs and control characters removed, at
/// most 400 characters.
///
/// Some messages repeat the signature, the session token or the secret that was sent as a key id. Any
/// run of 32 or more characters of the base64 alphabet is taken for one of these, but for the path of
/// a user or role, which makes a message about permissions worth reading. `secrets` are removed
/// wherever they stand, whatever their form.
package func redacted(_ text: String, hiding secrets: [Secret] = []) -> String {
    var text = text
    for secret in secrets where secret.count >= 8 { text = hide(secret, in: text) }
    var output = String.UnicodeScalarView()
    var length = 0
    var run = String.UnicodeScalarView()
    var runLength = 0
    func flush() {
        guard runLength > 0 else { return }
        if runLength >= opaqueLength, !isResourcePath(run) {
            output.append(contentsOf: redactionMark.unicodeScalars)
            length += redactionMark.utf8.count
        } else {
            output.append(contentsOf: run)
            length += runLength
        }
        run.removeAll()
        runLength = 0
    }
    for scalar in text.unicodeScalars {
        if isOpaque(scalar) {
            run.append(scalar)
            runLength += 1
            continue
        }
        flush()
        guard length < longestText else {
            length += 1
            break
        }
        output.append(isHarmful(scalar) ? " " : scalar)
        length += 1
    }
    flush()
    guard length > longestText else { return String(output) }
    return String(String.UnicodeScalarView(output.prefix(longestText))) + "…"
}

private let redactionMark = "<redacted>"
private let longestText = 400
/// From how many characters on a run of the base64 alphabet is taken for a secret.
let opaqueLength = 32

private func isOpaque(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", "+", "/", "=", "_", "%": true
    default: false
    }
}

/// Controls, and what turns the direction of a line or hides in it.
private func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
    default: false
    }
}

/// Whether a run is the last part of an ARN, `role/admin/deployment-of-the-web-front-end`, or names a
/// cached login by a hash of what is no secret.
private func isResourcePath(_ run: String.UnicodeScalarView) -> Bool {
    [
        "role/", "user/", "group/", "policy/", "aws/sso/cache/", "aws/login/cache/",
    ].contains { run.starts(with: $0.unicodeScalars) }
}

/// Returns a text with every occurrence of a secret replaced.
private func hide(_ secret: Secret, in text: String) -> String {
    let bytes = Array(text.utf8)
    return secret.withBytes { needle in
        guard let first = needle.first, bytes.count >= needle.count else { return text }
        var output: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == first, bytes[position...].starts(with: needle) {
                output.append(contentsOf: redactionMark.utf8)
                position += needle.count
            } else {
                output.append(bytes[position])
                position += 1
            }
        }
        return output.count == bytes.count ? text : String(decoding: output, as: UTF8.self)
    }
}
