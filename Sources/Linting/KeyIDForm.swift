/// What the form of an access key id says: undocumented, so hints only.
struct KeyIDForm {
    let text: String
    let prefix: String

    init(_ text: String) {
        self.text = text
        prefix = String(text.unicodeScalars.prefix(4).map(Character.init))
    }

    /// Whether it begins as AWS's own keys do, mistyped or not.
    var isOfAWS: Bool { Self.keys.contains(mendedPrefix) }

    private static let keys: Set<String> = ["AKIA", "ASIA"]

    var isTemporary: Bool { prefix == "ASIA" }
    var isLongTerm: Bool { prefix == "AKIA" }

    /// Whether a text has exactly the form of a key id.
    var isOrdinary: Bool {
        Self.keys.contains(prefix) && text.utf8.count == 20
            && text.unicodeScalars.allSatisfy {
                ("A"..."Z").contains($0) || ("0"..."9").contains($0)
            }
    }

    /// The prefix with what was typed in place of its letters put right.
    private var mendedPrefix: String {
        String(
            prefix.uppercased().map { character -> Character in
                switch character {
                case "1", "L", "!", "|": "I"
                case "4": "A"
                case "5": "S"
                default: character
                }
            })
    }

    /// What kind of resource an id belongs to that was pasted in place of a key's; nil when it is none.
    var resource: String? {
        guard (16...128).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ CredentialField.accessKeyID.isUsual($0) })
        else { return nil }
        return Self.resources[prefix]
    }

    private static let resources = [
        "AIDA": "a user", "AROA": "a role", "AGPA": "a group", "AIPA": "an instance profile",
        "ANPA": "a managed policy", "ANVA": "a version of a managed policy",
        "APKA": "a public key", "ASCA": "a certificate", "ABIA": "a service's bearer token",
        "ACCA": "a context-specific credential",
    ]
}

/// What may have been meant by a character that key ids do not have: `O` for `0`.
func meantInKeyID(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "0": "O"
    case "1": "I or L"
    case "8": "B"
    case "9": "G"
    case "a"..."z": String(scalar).uppercased()
    default: nil
    }
}

/// Whether a text has exactly the form of a secret access key.
func hasFormOfSecret(_ text: String) -> Bool {
    text.utf8.count == 40
        && text.unicodeScalars.allSatisfy { CredentialField.secretAccessKey.isUsual($0) }
        && text.contains(where: \.isLowercase) && text.contains(where: \.isUppercase)
}
