/// Returns a text of AWS's fit for a log: control characters and long opaque runs removed, at most 400
/// characters.
///
/// Some messages repeat the signature, the session token or the secret that was sent as a key id. Any
/// run of 32 or more characters of the base64 alphabet is taken for one of these; ARNs are no such
/// runs, since colons and hyphens break them.
package func redacted(_ text: String) -> String {
    var output = ""
    var run = ""
    func isOpaque(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "+", "/", "=", "_", "%": true
        default: false
        }
    }
    func flush() {
        output += run.count >= 32 ? "<redacted>" : run
        run = ""
    }
    for scalar in text.unicodeScalars {
        if isOpaque(scalar) {
            run.unicodeScalars.append(scalar)
            continue
        }
        flush()
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        output.unicodeScalars.append(isControl ? " " : scalar)
        if output.count > 400 { return output + "…" }
    }
    flush()
    return output
}
