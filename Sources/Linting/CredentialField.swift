/// One of the three values that sign a request.
package enum CredentialField: Sendable, Hashable, CaseIterable {
    case accessKeyID, secretAccessKey, sessionToken

    /// The field in words: `access key id`.
    package var title: String {
        switch self {
        case .accessKeyID: "access key id"
        case .secretAccessKey: "secret access key"
        case .sessionToken: "session token"
        }
    }

    /// Says whether a character can stand in no value of this field.
    ///
    /// Printable ASCII may be an emulator's own alphabet; a few marks are what mangling leaves.
    package func isForeign(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value <= 0x20 || scalar.value >= 0x7F { return true }
        switch scalar {
        case "\"", "'", "`", "\\", ";", ",": return true
        case "A"..."Z", "a"..."z", "0"..."9", "_": return false
        default: return self == .accessKeyID
        }
    }

    /// Says whether AWS makes values of this field of a character.
    func isUsual(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "2"..."7": true
        case "a"..."z", "0", "1", "8", "9", "/", "+": self != .accessKeyID
        case "=": self == .sessionToken
        default: false
        }
    }
}
