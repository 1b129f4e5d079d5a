package import Model

/// What STS answers when a role is assumed: the keys of a session, and whose it is.
package struct SessionDocument: Sendable, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: Secret
    package var sessionToken: Secret
    package var expiresAt: WallTime?
    /// The session's ARN: `arn:aws:sts::123456789012:assumed-role/app/session`.
    package var arn: String?

    /// The largest value that is kept, in bytes; session tokens may have some thousand.
    private static let longestValue = 65_536

    /// Reads a document by the names of its elements; nil without all three parts of the keys.
    package init?(_ body: [UInt8]) {
        let names: [StaticString] = [
            "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Arn",
        ]
        var values = [[UInt8]?](repeating: nil, count: names.count)
        var scanner = XMLScanner(body)
        var field: Int?
        var text: [UInt8] = []
        while let token = scanner.next() {
            switch token {
            case .start(let name, let isEmpty):
                field = isEmpty ? nil : names.firstIndex { scanner.range(name, is: $0) }
                text = []
            case .end:
                if let field, values[field] == nil { values[field] = text }
                field = nil
            case .text(let range):
                if field != nil { scanner.appendText(range, to: &text) }
            case .literal(let range):
                if field != nil { text.append(contentsOf: body[range]) }
            }
            guard text.count <= Self.longestValue else { return nil }
        }
        let parts = values.map { value in
            value.map { Array($0.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()) }
        }
        guard let id = parts[0], let secret = parts[1], let token = parts[2],
            !secret.isEmpty, !token.isEmpty, let accessKeyID = plainText(id)
        else { return nil }
        self.accessKeyID = accessKeyID
        secretAccessKey = Secret(bytes: secret)
        sessionToken = Secret(bytes: token)
        expiresAt = parts[3].flatMap { WallTime(parsing: String(decoding: $0, as: UTF8.self)) }
        arn = parts[4].flatMap { plainText($0, limit: 2_048) }
    }

    /// The account in the session's ARN, 12 digits.
    package var accountID: String? {
        guard let parts = arn?.split(separator: ":", omittingEmptySubsequences: false),
            parts.count >= 6, parts[0] == "arn", parts[4].utf8.count == 12,
            parts[4].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return String(parts[4])
    }
}

/// Makes a text of bytes that are all visible characters of ASCII, and not too many or none.
func plainText(_ bytes: some Collection<UInt8>, limit: Int = 128) -> String? {
    guard !bytes.isEmpty, bytes.count <= limit, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
}
