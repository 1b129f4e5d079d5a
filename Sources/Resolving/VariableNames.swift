import Linting

/// The variables that credentials come from, and what their names are mistaken for.
enum VariableNames {
    /// The field of a key that a variable holds, older names included.
    static func field(_ name: String) -> (field: CredentialField, isOlder: Bool)? {
        switch name {
        case "AWS_ACCESS_KEY_ID": (.accessKeyID, false)
        case "AWS_SECRET_ACCESS_KEY": (.secretAccessKey, false)
        case "AWS_SESSION_TOKEN": (.sessionToken, false)
        case "AWS_ACCESS_KEY": (.accessKeyID, true)
        case "AWS_SECRET_KEY", "SECRET_ACCESS_KEY": (.secretAccessKey, true)
        case "AWS_SECURITY_TOKEN": (.sessionToken, true)
        default: nil
        }
    }

    /// The name that the SDKs agree on.
    static func name(of field: CredentialField) -> String {
        switch field {
        case .accessKeyID: "AWS_ACCESS_KEY_ID"
        case .secretAccessKey: "AWS_SECRET_ACCESS_KEY"
        case .sessionToken: "AWS_SESSION_TOKEN"
        }
    }

    /// The variable that a name was probably meant to be; nil for one that is right, or somebody else's.
    static func meant(by name: String) -> String? {
        guard !known.contains(name) else { return nil }
        let upper = name.uppercased()
        if known.contains(upper) { return upper }
        if let meant = usualSlips[upper] ?? meantByWords(of: upper) { return meant }
        // What Terraform takes for an input of its own.
        if upper.hasPrefix("TF_VAR_AWS_") {
            let rest = String(upper.dropFirst(7))
            return field(rest) == nil ? nil : rest
        }
        // Whoever makes up names of their own begins them otherwise.
        guard upper.utf8.count > 5, upper.utf8.count <= 64, upper.hasPrefix("AWS") else {
            return nil
        }
        return nearestNames(to: upper, in: comparable, limit: 1).first
    }

    /// The field whose whole name stands behind something else: `BUILD_AWS_SECRET_ACCESS_KEY`.
    static func fieldBehindPrefix(of name: String) -> CredentialField? {
        CredentialField.allCases.first { name.hasSuffix("_" + Self.name(of: $0)) }
    }

    /// Finds a name by its words, in whatever order they stand: `AWS_ACCESS_SECRET_KEY`.
    private static func meantByWords(of upper: String) -> String? {
        guard upper.utf8.count <= 64 else { return nil }
        let words = Set(upper.split(separator: "_"))
        guard words.contains("AWS") else { return nil }
        if words.contains("SECRET"), words.contains("KEY"),
            words.isSubset(of: ["AWS", "SECRET", "ACCESS", "KEY", "ID"])
        {
            return "AWS_SECRET_ACCESS_KEY"
        }
        if words.contains("SESSION"), words.count > 2,
            words.isSubset(of: ["AWS", "SESSION", "TOKEN", "KEY", "ID", "ACCESS", "SECRET"])
        {
            return "AWS_SESSION_TOKEN"
        }
        let ofID: Set<Substring> = [
            "AWS", "ACCESS", "KEY", "ID", "KEYID", "ACCESSKEY", "ACCESSKEYID",
        ]
        return words.count > 2 && words.isSubset(of: ofID) ? "AWS_ACCESS_KEY_ID" : nil
    }

    /// Of these a slip costs the credentials.
    private static let comparable: [String] = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_PROFILE",
    ]

    private static let known: Set<String> = Set(comparable).union([
        "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "SECRET_ACCESS_KEY", "AWS_SECURITY_TOKEN",
        "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCOUNT_ID",
        "AWS_CREDENTIAL_FILE",
    ])

    private static let usualSlips = [
        "ACCESS_KEY_ID": "AWS_ACCESS_KEY_ID", "AWS_KEY_ID": "AWS_ACCESS_KEY_ID",
        "AWS_KEY": "AWS_ACCESS_KEY_ID", "AWS_SECRET": "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_KEY_ID": "AWS_SECRET_ACCESS_KEY", "AWS_TOKEN": "AWS_SESSION_TOKEN",
        "AWS_CREDENTIALS_FILE": "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_SHARED_CREDENTIAL_FILE": "AWS_SHARED_CREDENTIALS_FILE",
    ]
}
