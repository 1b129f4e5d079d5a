package import Model

extension CreatedKey {
    /// Reads the answer to CreateAccessKey; nil when it lacks the id or the secret.
    package init?(reading body: [UInt8]) {
        let records = XMLRecords(body, names: ["AccessKeyId", "SecretAccessKey", "UserName"])
        guard let id = records.top.plain(0), let secret = records.top.plain(1) else { return nil }
        self.init(id: id, secret: Secret(secret), user: records.top.plain(2))
    }
}
