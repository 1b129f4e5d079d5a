import Model

/// What a line that belongs to a credential holds.
enum KeyField: Sendable, Hashable, CaseIterable {
    case accessKeyID, secretAccessKey, sessionToken
    /// The token by its old name, which botocore reads first.
    case securityToken
    /// Names of the key's two halves that only old SDKs read.
    case oldAccessKeyID, oldSecretAccessKey
    /// When a session ends.
    case expiry

    /// The property of a shared file, in any letter case.
    init?(property name: some Collection<UInt8>) {
        guard let found = Self.lookUp(name.map(lowercase), in: Self.properties) else { return nil }
        self = found
    }

    /// The variable of an environment, whose letter case counts.
    init?(variable name: some Collection<UInt8>) {
        guard let found = Self.lookUp(Array(name), in: Self.variables) else { return nil }
        self = found
    }

    private static func lookUp(
        _ name: [UInt8], in table: [(name: [UInt8], field: KeyField)]
    ) -> KeyField? {
        table.first { $0.name == name }?.field
    }

    private static let properties: [(name: [UInt8], field: KeyField)] = [
        (Array("aws_access_key_id".utf8), .accessKeyID),
        (Array("aws_secret_access_key".utf8), .secretAccessKey),
        (Array("aws_session_token".utf8), .sessionToken),
        (Array("aws_security_token".utf8), .securityToken),
        (Array("aws_session_expiration".utf8), .expiry),
        (Array("x_security_token_expires".utf8), .expiry),
        (Array("aws_expiration".utf8), .expiry),
        (Array("expiration".utf8), .expiry),
    ]

    private static let variables: [(name: [UInt8], field: KeyField)] = [
        (Array("AWS_ACCESS_KEY_ID".utf8), .accessKeyID),
        (Array("AWS_SECRET_ACCESS_KEY".utf8), .secretAccessKey),
        (Array("AWS_SESSION_TOKEN".utf8), .sessionToken),
        (Array("AWS_SECURITY_TOKEN".utf8), .securityToken),
        (Array("AWS_ACCESS_KEY".utf8), .oldAccessKeyID),
        (Array("AWS_SECRET_KEY".utf8), .oldSecretAccessKey),
        (Array("SECRET_ACCESS_KEY".utf8), .oldSecretAccessKey),
        (Array("AWS_CREDENTIAL_EXPIRATION".utf8), .expiry),
    ]

    /// What it is to hold; nil when the line has to go.
    func value(in keys: WrittenKeys) -> [UInt8]? {
        switch self {
        case .accessKeyID, .oldAccessKeyID: Array(keys.accessKeyID.utf8)
        case .secretAccessKey, .oldSecretAccessKey: keys.secretAccessKey.withBytes(Array.init)
        case .sessionToken, .securityToken: keys.sessionToken?.withBytes(Array.init)
        case .expiry: nil
        }
    }
}

/// Why a text is left as it is: a clause without anything of its values.
struct EditRefusal: Error, Hashable {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// Refuses keys that some reader would not take as they are written.
///
/// Nothing of them needs quotes then, in any of the files.
func checkKeys(_ keys: WrittenKeys) throws(EditRefusal) {
    for field in [KeyField.accessKeyID, .secretAccessKey, .sessionToken] {
        guard let value = field.value(in: keys) else { continue }
        guard !value.isEmpty, value.count <= 65_536, value.allSatisfy(isPlain) else {
            let what =
                switch field {
                case .accessKeyID: "access key id"
                case .secretAccessKey: "secret access key"
                default: "session token"
                }
            throw EditRefusal("the new \(what) has characters that cannot stand in a file")
        }
    }
}

private func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "`"),
        UInt8(ascii: "$"), UInt8(ascii: "#"), UInt8(ascii: ";"):
        false
    default: (0x21...0x7E).contains(byte)
    }
}
