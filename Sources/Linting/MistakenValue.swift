/// What stands in place of a credential's value, as far as its form gives it away.
///
/// Most of them have characters that no key has; to name the first of these would help nobody.
package enum MistakenValue: Sendable, Hashable, CaseIterable {
    case secretKey, accountNumber, arn, url, emailAddress, lineOfKeyFile, assignment, prompt, json
    case base64, percentEncoding, mailPassword, emulatorsKey

    /// Nil when a text is none of them, which is not to say that it is a key.
    package init?(_ text: String, _ field: CredentialField) {
        let text = trimmed(text.utf8.prefix(4_096))
        guard text.count >= 3 else { return nil }
        let small = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        func begins(_ words: String...) -> Bool {
            words.contains { small.starts(with: $0.utf8) }
        }
        if begins("arn:") {
            self = .arn
        } else if begins("https://", "http://") {
            self = .url
        } else if text.first == UInt8(ascii: "{") {
            self = .json
        } else if begins("aws_", "export ", "set ", "accesskeyid=", "secretaccesskey="),
            text.contains(UInt8(ascii: "="))
        {
            self = .assignment
        } else if begins(
            "aws access key", "aws secret access key", "access key", "secret access key")
        {
            self = .prompt
        } else if isBase64OfCredential(text, field) {
            self = .base64
        } else if field == .accessKeyID, let found = Self(inPlaceOfID: text, small) {
            self = found
        } else if field == .secretAccessKey, isPercentEncoded(small) {
            self = .percentEncoding
        } else if field == .secretAccessKey, text.count == 44, text.first == UInt8(ascii: "B"),
            text.allSatisfy({ CredentialField.secretAccessKey.isUsual(Unicode.Scalar($0)) })
        {
            self = .mailPassword
        } else {
            return nil
        }
    }

    private init?(inPlaceOfID text: [UInt8], _ small: [UInt8]) {
        let digits = text.filter { (0x30...0x39).contains($0) }
        if digits.count == 12, text.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }) {
            self = .accountNumber
        } else if let at = text.firstIndex(of: UInt8(ascii: "@")), at > 0,
            text[at...].contains(UInt8(ascii: ".")), !text.contains(0x20)
        {
            self = .emailAddress
        } else if hasFormOfSecret(String(decoding: text, as: UTF8.self)) {
            self = .secretKey
        } else if text.split(separator: UInt8(ascii: ",")).count > 1,
            text.split(separator: UInt8(ascii: ",")).contains(where: isKeyID)
        {
            self = .lineOfKeyFile
        } else if emulatorsKeys.contains(String(decoding: small, as: UTF8.self)) {
            self = .emulatorsKey
        } else {
            return nil
        }
    }

    /// What it is, the rest of a sentence that begins with the value's name.
    package var what: String {
        switch self {
        case .secretKey: "is a secret access key"
        case .accountNumber: "is the number of an account, not a key"
        case .arn: "is an ARN, the name of a resource, not a key"
        case .url: "is a URL, not a key"
        case .emailAddress: "is an e-mail address, as for signing in to the console, not a key"
        case .lineOfKeyFile: "is a whole line of the file of keys that the console offers"
        case .assignment: "is a whole assignment, its name included"
        case .prompt: "begins with the prompt that asked for it"
        case .json: "is JSON, not a single value"
        case .base64: "is still encoded in base64"
        case .percentEncoding: "has %2F, %2B or %3D in place of / + =, as in a URL"
        case .mailPassword:
            "has the form of a password for the mail interface of SES, which signs nothing else"
        case .emulatorsKey: "is a made-up key as emulators take it, which AWS does not know"
        }
    }

    /// What to do, a sentence.
    package var remedy: String {
        switch self {
        case .accountNumber, .arn, .url, .emailAddress:
            "Put the id of an access key there: IAM makes one under the user's security credentials."
        case .secretKey:
            "Put the key id there; if it stands in the secret key's place, exchange the two."
        case .lineOfKeyFile: "Put each part in its own place: key id and secret key."
        case .assignment: "Leave the name and the = away; only the value belongs there."
        case .prompt: "Leave the prompt away; only the value belongs there."
        case .json: "Put the single values in their own places."
        case .base64:
            "Decode it; a Kubernetes secret is encoded once, and under stringData not at all."
        case .percentEncoding: "Put the decoded value there."
        case .mailPassword: "Put the secret access key there that the password was made from."
        case .emulatorsKey:
            "Put a real key there; for an emulator, set its endpoint, as AWS_ENDPOINT_URL does."
        }
    }
}

private let emulatorsKeys: Set = [
    "test", "testing", "test-key", "testkey", "foo", "foobar", "bar", "local", "localstack",
    "minio",
    "minioadmin", "mock", "mock_access_key", "fake", "fakekey", "fakeaccesskey", "fakemykeyid",
    "fake_access_key", "admin", "dynamodb", "dynamodblocal", "localhost", "rustfsadmin",
]

private func trimmed(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let all = Array(bytes)
    let isKept = { (byte: UInt8) in byte > 0x20 && byte != 0x22 && byte != 0x27 }
    guard let first = all.firstIndex(where: isKept), let last = all.lastIndex(where: isKept) else {
        return []
    }
    return Array(all[first...last])
}

private func isKeyID(_ text: some Collection<UInt8>) -> Bool {
    KeyIDForm(String(decoding: trimmed(text), as: UTF8.self)).isOrdinary
}

private func isPercentEncoded(_ small: [UInt8]) -> Bool {
    small.indices.dropLast(2).contains { index in
        small[index] == 0x25
            && ["%2f", "%2b", "%3d"].contains { code in
                small[index...].starts(with: code.utf8)
            }
    }
}

/// Whether a text is base64 of what should stand there itself.
private func isBase64OfCredential(_ text: [UInt8], _ field: CredentialField) -> Bool {
    guard (24...128).contains(text.count), text.count.isMultiple(of: 4) else { return false }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    for (index, byte) in text.enumerated() {
        let value: UInt32
        switch byte {
        case 0x41...0x5A: value = UInt32(byte) - 0x41
        case 0x61...0x7A: value = UInt32(byte) - 0x61 + 26
        case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
        case 0x2B: value = 62
        case 0x2F: value = 63
        case 0x3D where index >= text.count - 2: value = 0
        default: return false
        }
        bits = bits << 6 | value
        guard index % 4 == 3 else { continue }
        bytes += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
    }
    bytes.removeLast(text.suffix(2).count { $0 == 0x3D })
    let plain = trimmed(bytes)
    return switch field {
    case .accessKeyID: isKeyID(plain)
    case .secretAccessKey: hasFormOfSecret(String(decoding: plain, as: UTF8.self))
    case .sessionToken: false
    }
}
