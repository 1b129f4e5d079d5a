package import Model

extension World {
    /// Adds an access key to a user; the answer is the one place that shows the secret.
    @discardableResult
    package mutating func createKey(
        for userName: String, in account: String, now: WallTime
    ) throws(ServiceFault) -> AccessKey {
        // Kept in no variable: the list of keys would be copied for each further one.
        guard try user(userName, in: account).keyIDs.count < keysPerUser else {
            throw .limitExceeded("AccessKeysPerUser", keysPerUser)
        }
        let number = UInt64(account) ?? 0
        var id: String
        repeat {
            id = Identifiers.accessKeyID(prefix: "AKIA", account: number, using: &entropy)
        } while keys[id] != nil || deletedKeys[id] != nil
        let key = AccessKey(
            id: id, secret: Identifiers.secret(using: &entropy), account: account,
            userName: userName, createdAt: now)
        keys[id] = key
        accounts[account]?.users[userName]?.keyIDs.append(id)
        return key
    }

    /// Returns the keys of a user, oldest first.
    package func keys(of userName: String, in account: String) throws(ServiceFault) -> [AccessKey] {
        try user(userName, in: account).keyIDs.compactMap { keys[$0] }
    }

    /// Makes a key active or inactive.
    package mutating func setKey(_ id: String, active: Bool) throws(ServiceFault) {
        guard keys[id] != nil else { throw .noSuchKey(id) }
        keys[id]?.isActive = active
    }

    /// Removes a key for good; its id is never given again.
    package mutating func deleteKey(_ id: String) throws(ServiceFault) {
        guard let key = keys.removeValue(forKey: id) else { throw .noSuchKey(id) }
        deletedKeys[id] = key.account
        accounts[key.account]?.users[key.userName]?.keyIDs.removeAll { $0 == id }
    }

    /// Makes a key as old as if it had been made so much earlier.
    package mutating func backdateKey(_ id: String, by age: Duration) throws(ServiceFault) {
        guard let key = keys[id] else { throw .noSuchKey(id) }
        keys[id]?.createdAt = key.createdAt + (.zero - age)
    }

    /// Returns the account of a key id, from what is known or else from the id itself.
    package func account(ofKey id: String) -> String? {
        keys[id]?.account ?? deletedKeys[id] ?? sessions[id]?.principal.account
            ?? Identifiers.account(inAccessKeyID: id)
    }
}
