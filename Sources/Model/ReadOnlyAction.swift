/// Why an action may not be called by a canary.
package enum ActionFault: Error, Sendable, Hashable {
    /// Its name is none, or does not say that it only reads.
    case notReadOnly
    /// It reads, but what it returns is a secret or opens a door; the reason as a clause.
    case returnsSecret(String)
}

/// Looks whether an action only reads, and nothing that is a secret, by its name alone.
///
/// AWS has no such property of an action in a form that can be asked, so what is not known to be harmless
/// is refused: canaries are called unattended, every few minutes, for years.
package func actionFault(service: String, name: String) -> ActionFault? {
    guard isActionName(name),
        readOnlyPrefixes.contains(where: { prefix in
            // `Getaway` would be no Get: what follows begins a word.
            name.hasPrefix(prefix)
                && name.utf8.dropFirst(prefix.utf8.count).first.map { (0x41...0x5A).contains($0) }
                    ?? false
        })
    else { return .notReadOnly }
    for (prefix, reason) in secretActions[service] ?? [] where name.hasPrefix(prefix) {
        return .returnsSecret(reason)
    }
    return nil
}

/// How the names of actions begin that read.
package let readOnlyPrefixes = ["Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Search"]

/// Whether a text can be an action's name: letters and digits, a capital first.
package func isActionName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (0x41...0x5A).contains(first), name.utf8.count <= 128
    else { return false }
    return name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

/// The actions that read what nobody should have lying around, by how their names begin.
private let secretActions: [String: [(prefix: String, reason: String)]] = [
    "secretsmanager": [
        ("GetSecretValue", "it returns a secret"), ("BatchGetSecretValue", "it returns secrets"),
        ("GetRandomPassword", "it returns a password"),
    ],
    "ssm": [
        ("GetParameter", "parameters may be secrets"),
        ("GetAccessToken", "it returns credentials"),
    ],
    "sts": [
        ("GetSessionToken", "it returns credentials"),
        ("GetFederationToken", "it returns credentials"),
        ("GetWebIdentityToken", "it returns a token"),
        ("GetDelegatedAccessToken", "it returns credentials"),
    ],
    "ecr": [("GetAuthorizationToken", "it returns a password of the registry")],
    "ecr-public": [("GetAuthorizationToken", "it returns a password of the registry")],
    "codeartifact": [("GetAuthorizationToken", "it returns a token")],
    "kms": [("GetParametersForImport", "it returns a token that imports key material")],
    "redshift": [("GetClusterCredentials", "it returns a password of the database")],
    "redshift-serverless": [("GetCredentials", "it returns a password of the database")],
    "ec2": [
        ("GetPasswordData", "it returns the password of a machine"),
        ("GetConsoleOutput", "consoles show secrets"),
        ("GetConsoleScreenshot", "consoles show secrets"),
        ("GetLaunchTemplateData", "user data often holds secrets"),
    ],
    "lightsail": [
        ("GetInstanceAccessDetails", "it returns a key of the machine"),
        ("GetRelationalDatabaseMasterUserPassword", "it returns a password"),
    ],
    "gamelift": [
        ("GetInstanceAccess", "it returns a key of the machine"),
        ("GetComputeAccess", "it returns credentials"),
        ("GetComputeAuthToken", "it returns a token"),
    ],
    "elasticmapreduce": [("GetClusterSessionCredentials", "it returns credentials")],
    "cognito-identity": [
        ("GetCredentialsForIdentity", "it returns credentials"),
        ("GetOpenIdToken", "it returns a token"),
    ],
    "cognito-idp": [("DescribeUserPoolClient", "it returns the client's secret")],
    "sso": [("GetRoleCredentials", "it returns credentials")],
]
