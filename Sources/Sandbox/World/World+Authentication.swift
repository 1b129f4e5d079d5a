package import Model

/// A credential that was found for a request, before its signature is checked.
struct FoundCredential: Sendable {
    var secret: Secret
    var principal: Principal
    /// True while the right secret is refused, because a wrong one was sent before.
    var isHeld: Bool
}

extension World {
    /// Looks a credential up as STS does, which cannot tell unknown, inactive and deleted keys apart.
    mutating func findCredential(
        for presented: PresentedSignature, faults: FaultSwitches, now: WallTime
    ) throws(ServiceFault) -> FoundCredential {
        let token = presented.sessionToken
        guard !faults.refusedRegions.contains(presented.region) else {
            throw .invalidToken(tokenSent: token != nil)
        }
        if let session = sessions[presented.accessKeyID] {
            return try found(session, token: token, now: now)
        }
        if let token {
            // The token decides, even beside a long-term key that would be good without it.
            let owner = sessions.values.first { $0.token == token }
            if let owner, owner.expiresAt <= now { throw .expiredToken }
            throw .invalidToken(tokenSent: true)
        }
        guard let key = keys[presented.accessKeyID], key.isActive,
            !Self.isWithin(faults.propagationDelay, after: key.createdAt, now)
        else { throw .invalidToken(tokenSent: false) }
        if Self.isWithin(
            faults.propagationDelay + faults.propagationFlap, after: key.createdAt, now)
        {
            keys[key.id]?.earlyCalls += 1
            guard !key.earlyCalls.isMultiple(of: 2) else { throw .invalidToken(tokenSent: false) }
        }
        let isHeld = key.wrongSecretAt.map { Self.isWithin(faults.secretHold, after: $0, now) }
        return FoundCredential(
            secret: key.secret, principal: .user(account: key.account, name: key.userName),
            isHeld: isHeld ?? false)
    }

    private func found(
        _ session: Session, token: Secret?, now: WallTime
    ) throws(ServiceFault) -> FoundCredential {
        guard let token, token == session.token, identity(of: session.principal) != nil else {
            throw .invalidToken(tokenSent: token != nil)
        }
        guard session.expiresAt > now else { throw .expiredToken }
        return FoundCredential(
            secret: session.secret, principal: session.principal, isHeld: false)
    }

    /// Remembers that a key was used.
    package mutating func noteUse(of keyID: String, region: String, service: Service, now: WallTime)
    {
        keys[keyID]?.lastUse = LastUse(at: now, region: region, service: service.rawValue)
    }

    /// Remembers that a wrong secret was sent for a key.
    mutating func noteWrongSecret(for keyID: String, now: WallTime) {
        keys[keyID]?.wrongSecretAt = now
    }

    /// A time that lies ahead counts as long ago: the clock was set back since.
    private static func isWithin(_ span: Duration, after start: WallTime, _ now: WallTime) -> Bool {
        now >= start && now < start + span
    }
}
