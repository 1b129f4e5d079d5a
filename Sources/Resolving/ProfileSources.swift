import Model

/// What a profile names as the source of its credentials, by the SDKs' order.
extension SharedProfile {
    /// The sources that the profile names, the one that counts first.
    var sources: [CredentialSource] {
        if has(.webIdentityTokenFile) { return [.webIdentity] + ownSources }
        return has(.roleARN) ? [.assumeRole] + ownSources : ownSources
    }

    /// The sources that yield credentials without assuming a role.
    var ownSources: [CredentialSource] {
        var sources: [CredentialSource] = []
        if has(.ssoAccountID) || has(.ssoRoleName) { sources.append(.sso) }
        if has(.loginSession) { sources.append(.loginSession) }
        if has(.accessKeyID) || has(.secretAccessKey) { sources.append(.profileKeys) }
        if has(.credentialProcess) { sources.append(.credentialProcess) }
        // A session without account and role gives no credentials, which is an error, but only where
        // nothing else does.
        if sources.isEmpty, has(.ssoSession) || has(.ssoStartURL) { sources.append(.sso) }
        return sources
    }

    /// Whether both halves of a key are there.
    var hasWholeKey: Bool { has(.accessKeyID) && has(.secretAccessKey) }

    /// The property that stands for a source of the profile.
    func property(of source: CredentialSource) -> KnownProperty {
        let candidates: [KnownProperty] =
            switch source {
            case .assumeRole: [.roleARN]
            case .webIdentity: [.webIdentityTokenFile]
            case .sso: [.ssoSession, .ssoStartURL, .ssoAccountID, .ssoRoleName]
            case .loginSession: [.loginSession]
            case .credentialProcess: [.credentialProcess]
            default: [.accessKeyID, .secretAccessKey]
            }
        return candidates.first(where: has) ?? candidates[0]
    }

    /// The static keys; throws when half of the key is missing.
    func keys() throws(ResolveProblem) -> Credentials {
        switch (text(.accessKeyID), secret(.secretAccessKey)) {
        case (let id?, let secret?):
            return credentials(id, secret)
        case (let id, let secret):
            let missing: KnownProperty = id == nil ? .accessKeyID : .secretAccessKey
            throw .incomplete(
                missing: missing.name,
                present: id?.provenance ?? secret?.provenance ?? .builtIn(name))
        }
    }

    private func credentials(_ id: Sourced<String>, _ secret: Sourced<Secret>) -> Credentials {
        let account = text(.accountID)?.value
        guard let token = self.secret(.sessionToken) ?? self.secret(.securityToken) else {
            return Credentials(accessKeyID: id, secretAccessKey: secret, accountID: account)
        }
        return Credentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiresAt: expiryHint,
            accountID: account)
    }

    private var expiryHint: Sourced<WallTime>? {
        for property in [KnownProperty.sessionExpiration, .securityTokenExpires, .expiration] {
            if let hint = text(property).flatMap(parseExpiry) { return hint }
        }
        return nil
    }

    /// The place of a property that is there, or of the whole profile.
    func place(_ property: KnownProperty) -> Provenance {
        location(property).map { .file($0) } ?? .builtIn("profile \(name)")
    }

    /// A property that another one needs beside it.
    func need(
        _ property: KnownProperty, beside other: KnownProperty
    ) throws(ResolveProblem) -> Sourced<String> {
        if let value = text(property) { return value }
        throw .badChain(
            what: "\(other.name) needs \(property.name) beside it, which [\(name)] does not have",
            place(other))
    }

    /// The section that sets a property, for a sentence: `[app] in /home/app/.aws/credentials:4`.
    func title(of property: KnownProperty) -> String {
        guard let header = header(of: property) else { return "[\(name)]" }
        return "\(header.text) in \(header.file.path):\(header.line)"
    }
}
