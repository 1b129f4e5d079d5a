import Answers
package import Model

extension World {
    /// Starts a session for a principal.
    @discardableResult
    package mutating func startSession(
        for principal: Principal, lasting duration: Duration, now: WallTime
    ) -> Session {
        if sessions.count >= Self.sessionLimit {
            sessions = sessions.filter { $0.value.expiresAt > now }
        }
        let number = UInt64(principal.account) ?? 0
        let session = Session(
            id: Identifiers.accessKeyID(prefix: "ASIA", account: number, using: &entropy),
            secret: Identifiers.secret(using: &entropy),
            token: Identifiers.sessionToken(using: &entropy),
            principal: principal, createdAt: now, expiresAt: now + duration)
        sessions[session.id] = session
        return session
    }

    /// Ends a session at once: its credentials have expired from `now` on.
    package mutating func expireSession(_ id: String, now: WallTime) throws(ServiceFault) {
        guard sessions[id] != nil else { throw .noSuchKey(id) }
        sessions[id]?.expiresAt = now
    }

    /// Starts a session of a role for a caller whom the role trusts.
    ///
    /// A role that does not exist is refused like one that does not trust the caller.
    package mutating func assumeRole(
        arn: String, sessionName: String, lasting duration: Duration, by caller: Principal,
        now: WallTime
    ) throws(ServiceFault) -> Session {
        let callerARN = identity(of: caller)?.arn ?? ""
        let (account, role) = try role(arn: arn)
        guard let role,
            role.trusted.contains(caller.account) || role.trusted.contains(trustARN(of: caller))
        else {
            throw .accessDenied(
                "User: \(callerARN) is not authorized to perform: sts:AssumeRole "
                    + "on resource: \(arn)")
        }
        return startSession(
            for: .roleSession(account: account, role: role.name, session: sessionName),
            lasting: duration, now: now)
    }

    /// Starts a session of a role for whoever brings a token of a provider that the role trusts.
    ///
    /// The token's signature is not verified: nobody signs for a sandbox.
    package mutating func assumeRole(
        arn: String, sessionName: String, token: Secret, lasting duration: Duration, now: WallTime
    ) throws(ServiceFault) -> Session {
        guard let claims = TokenClaims(token), let issuer = claims.issuer else {
            throw .invalidIdentityToken("The ID Token provided is not a valid JWT.")
        }
        guard claims.expiresAt.map({ $0 > now }) ?? false else {
            throw ServiceFault(
                "ExpiredTokenException",
                "Token expired: current date/time must be before the "
                    + "expiration date/time", status: 400)
        }
        let (account, role) = try role(arn: arn)
        let providers = accounts[account]?.roles.values.compactMap(\.webProvider) ?? []
        guard providers.contains(where: { $0.issuer == issuer }) else {
            throw .invalidIdentityToken(
                "No OpenIDConnect provider found in your account for \(issuer)")
        }
        guard providers.contains(where: { claims.audiences.contains($0.audience) }) else {
            throw .invalidIdentityToken("Incorrect token audience")
        }
        guard let role, role.webProvider?.issuer == issuer else {
            throw .accessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
        }
        return startSession(
            for: .roleSession(account: account, role: role.name, session: sessionName),
            lasting: duration, now: now)
    }

    /// Finds a role by its ARN; nil beside the account when there is none.
    private func role(arn: String) throws(ServiceFault) -> (account: String, role: Role?) {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "iam", parts[5].hasPrefix("role/") else {
            throw .validation("\(arn) is invalid")
        }
        let account = String(parts[4])
        let name = parts[5].split(separator: "/").last.map(String.init) ?? ""
        let found = accounts[account]?.roles[name]
        return (account, found?.arn == arn ? found : nil)
    }

    /// Returns what GetCallerIdentity says of a principal; nil when it is gone.
    package func identity(of principal: Principal) -> CallerIdentity? {
        switch principal {
        case .user(let account, let name), .userSession(let account, let name):
            guard let user = accounts[account]?.users[name] else { return nil }
            return CallerIdentity(account: account, arn: user.arn, userID: user.id)
        case .roleSession(let account, let name, let session):
            guard let role = accounts[account]?.roles[name] else { return nil }
            return CallerIdentity(
                account: account, arn: "arn:aws:sts::\(account):assumed-role/\(name)/\(session)",
                userID: "\(role.id):\(session)")
        }
    }

    /// The ARN by which a trust policy names a caller.
    private func trustARN(of principal: Principal) -> String {
        if case .roleSession(let account, let role, _) = principal {
            return "arn:aws:iam::\(account):role/\(role)"
        }
        return identity(of: principal)?.arn ?? ""
    }
}
