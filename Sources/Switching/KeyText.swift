import Model

/// A file's bytes as a place for keys.
enum KeyText {
    case profile(ProfileEdit)
    case variables(VariableEdit)

    /// Reads a file's bytes; refused when some reader would not take them as they are meant.
    init(_ bytes: [UInt8], of place: SwitchPlace) throws(EditRefusal) {
        try bytes.checkText()
        switch place {
        case .credentialsFile(_, let profile):
            self = .profile(try ProfileEdit(bytes, profile: profile, isConfig: false))
        case .configFile(_, let profile):
            self = .profile(try ProfileEdit(bytes, profile: profile, isConfig: true))
        case .environmentFile:
            self = .variables(try VariableEdit(bytes))
        }
    }

    /// The access key id that counts there.
    var keyID: String? {
        value(.accessKeyID).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The keys that count there, when they are whole.
    var keys: WrittenKeys? {
        guard let keyID, let secret = value(.secretAccessKey) else { return nil }
        let token = value(.securityToken) ?? value(.sessionToken)
        return WrittenKeys(
            accessKeyID: keyID, secretAccessKey: Secret(bytes: secret),
            sessionToken: token.map { Secret(bytes: $0) })
    }

    func holds(_ keys: WrittenKeys) -> Bool {
        switch self {
        case .profile(let edit): edit.holds(keys)
        case .variables(let edit): edit.holds(keys)
        }
    }

    /// Returns the bytes with other keys in them; read again, they hold these and nothing else is changed.
    func edited(_ keys: WrittenKeys, in place: SwitchPlace) throws(EditRefusal) -> [UInt8] {
        let (bytes, glue) =
            switch self {
            case .profile(let edit): edit.edited(keys)
            case .variables(let edit): edit.edited(keys)
            }
        guard let again = try? KeyText(bytes, of: place), again.holds(keys), !again.hasExpiry,
            again.rest == rest || again.rest == rest + glue
        else {
            throw EditRefusal("with other keys in it, it would not be read as it is meant")
        }
        return bytes
    }

    private func value(_ field: KeyField) -> [UInt8]? {
        switch self {
        case .profile(let edit): edit.value(field)
        case .variables(let edit): edit.value(field)
        }
    }

    private var hasExpiry: Bool { value(.expiry) != nil }

    private var rest: [UInt8] {
        switch self {
        case .profile(let edit): edit.rest
        case .variables(let edit): edit.rest
        }
    }
}
