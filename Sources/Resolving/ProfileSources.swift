import Model

/// What a profile names as the source of its credentials, by the SDKs' order.
extension SharedProfile {
    /// The properties that name a source which comes before static keys.
    private static let strong: [(KnownProperty, CredentialSource)] = [
        (.roleARN, .assumeRole), (.webIdentityTokenFile, .webIdentity),
        (.ssoAccountID, .sso), (.ssoRoleName, .sso), (.loginSession, .loginSession),
    ]

    /// The properties that name a source, or part of one, when there are no static keys.
    private static let weak: [(KnownProperty, CredentialSource)] = [
        (.credentialProcess, .credentialProcess), (.ssoSession, .sso), (.ssoStartURL, .sso),
        (.credentialSource, .assumeRole), (.sourceProfile, .assumeRole),
    ]

    /// The static keys, as long as nothing in the profile comes before them.
    ///
    /// Nil when the profile has no source at all. Throws when it has half a key, or a source that
    /// this version does not resolve.
    func keys() throws(ResolveProblem) -> Credentials? {
        if let (property, _) = first(of: Self.strong) { throw unsupported(property) }
        switch (text(.accessKeyID), secret(.secretAccessKey)) {
        case (let id?, let secret?):
            return credentials(id, secret)
        case (let id?, nil):
            throw .incomplete(missing: KnownProperty.secretAccessKey.name, present: id.provenance)
        case (nil, let secret?):
            throw .incomplete(missing: KnownProperty.accessKeyID.name, present: secret.provenance)
        case (nil, nil):
            if let (property, _) = first(of: Self.weak) { throw unsupported(property) }
            return nil
        }
    }

    /// The sources behind static keys, which these hide.
    func shadowedByKeys() -> [Plan.Row] {
        guard let location = location(.credentialProcess) else { return [] }
        return [
            Plan.Row(
                source: .credentialProcess, provenance: .file(location), accessKeyID: nil,
                standing: .shadowed(by: .profileKeys))
        ]
    }

    private func credentials(
        _ id: Sourced<String>, _ secret: Sourced<Secret>
    ) -> Credentials {
        guard let token = self.secret(.sessionToken) ?? self.secret(.securityToken) else {
            return Credentials(accessKeyID: id, secretAccessKey: secret)
        }
        return Credentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiresAt: expiryHint)
    }

    private var expiryHint: Sourced<WallTime>? {
        for property in [KnownProperty.sessionExpiration, .securityTokenExpires, .expiration] {
            if let hint = text(property).flatMap(parseExpiry) { return hint }
        }
        return nil
    }

    private func first(
        of properties: [(KnownProperty, CredentialSource)]
    ) -> (KnownProperty, CredentialSource)? {
        properties.first { has($0.0) }
    }

    private func unsupported(_ property: KnownProperty) -> ResolveProblem {
        let place = location(property) ?? SourceLocation(file: name, line: 0)
        return .unsupportedSource(property: property.name, place)
    }
}
