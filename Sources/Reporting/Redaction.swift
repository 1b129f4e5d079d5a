package import Model

/// Returns a text without what looks like a secret access key, a session token or a signature.
///
/// A last line of defence behind ``Secret``: whoever builds a message keeps secrets out of it, this
/// catches the case that was forgotten. It removes, in favour of `<redacted>`:
/// - what begins as session tokens and JSON web tokens do;
/// - a hundred and more characters of base64 that mix letters and digits;
/// - sixteen and more characters of mixed case right behind a name like `aws_secret_access_key`,
///   `SessionToken` or `X-Amz-Security-Token`, and 32 and more behind `Signature`;
/// - forty characters of base64 that mix case and digits, the form of a secret access key; with other
///   marks among them only within a line's reach of a word like `secret`, `token` or `key`.
///
/// Key ids, ARNs, request ids, hashes and paths stay.
package func redacted(_ text: String) -> String {
    guard text.utf8.count >= 16 else { return text }
    var text = text
    let spans = text.withUTF8 { secretSpans(in: $0) }
    guard !spans.isEmpty else { return text }
    var result: [UInt8] = []
    var position = 0
    text.withUTF8 { bytes in
        for span in spans {
            result.append(contentsOf: bytes[position..<span.lowerBound])
            result.append(contentsOf: "<redacted>".utf8)
            position = span.upperBound
        }
        result.append(contentsOf: bytes[position...])
    }
    return String(decoding: result, as: UTF8.self)
}

/// Returns an entry whose message and fields went through ``redacted(_:)``.
package func redacted(_ entry: JournalEntry) -> JournalEntry {
    var entry = entry
    entry.message = redacted(entry.message)
    for index in entry.fields.indices {
        entry.fields[index].value = redacted(entry.fields[index].value)
    }
    return entry
}

private typealias Bytes = UnsafeBufferPointer<UInt8>

private func secretSpans(in bytes: Bytes) -> [Range<Int>] {
    var spans: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
        guard isTokenByte(bytes[start]) else {
            start += 1
            continue
        }
        var end = start
        while end < bytes.count, isTokenByte(bytes[end]) { end += 1 }
        let run = start..<end
        let continues = spans.last.map { $0.upperBound + 1 == start && bytes[start - 1] == 0x2E }
        if run.count >= 16, continues == true || isSecret(run, in: bytes) {
            while end < bytes.count, bytes[end] == 0x3D { end += 1 }
            spans.append(start..<end)
        }
        start = end
    }
    return spans
}

/// Tells the characters of base64, base64url and percent-encoding.
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x25, 0x2B, 0x2D, 0x2F, 0x5F: true
    default: false
    }
}

/// How the session tokens of STS, and JSON web tokens, begin.
private let tokenPrefixes = [
    "IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz", "FQoDYXdz", "AQoDYXdz", "AQoEXAMPLE", "eyJ",
].map { Array($0.utf8) }

/// Words that a secret follows directly.
private let names = [
    "secret_access_key", "secretaccesskey", "secret access key", "secretkey", "secret_key",
    "secret",
    "session_token", "sessiontoken", "session token", "security-token", "security_token",
    "securitytoken", "security token", "password", "authorization_token", "bearer",
].map { Array($0.utf8) }

/// Words that a secret may follow at a distance.
private let hints = ["secret", "token", "key", "credential"].map { Array($0.utf8) }

private let signature = Array("signature".utf8)

private func isSecret(_ run: Range<Int>, in bytes: Bytes) -> Bool {
    let shape = Shape(bytes[run])
    if tokenPrefixes.contains(where: { bytes[run].starts(with: $0) }) { return true }
    let context = bytes[max(0, run.lowerBound - 64)..<run.lowerBound].map(lowercased)
    let before = context[..<(context.lastIndex { !isSeparator($0) }.map { $0 + 1 } ?? 0)]
    let isAdjacent = context.count - before.count <= 4
    if isAdjacent, run.count >= 32, before.ends(with: signature) { return true }
    guard !shape.isPath, !isPartOfARN(run, in: bytes) else { return false }
    if isAdjacent, shape.mixesCase || run.count == 40, names.contains(where: before.ends(with:)) {
        return true
    }
    guard shape.mixesCase, shape.hasDigit else { return false }
    if run.count >= 100 { return true }
    return run.count == 40 && (shape.isBase64 || hints.contains(where: context.contains(sequence:)))
}

/// What a run of characters consists of.
private struct Shape {
    var mixesCase: Bool
    var hasDigit: Bool
    /// Nothing but what secret access keys consist of.
    var isBase64: Bool
    /// More slashes than chance puts into base64.
    var isPath: Bool

    init(_ run: Slice<Bytes>) {
        mixesCase =
            run.contains { $0 >= 0x41 && $0 <= 0x5A } && run.contains { $0 >= 0x61 && $0 <= 0x7A }
        hasDigit = run.contains { $0 >= 0x30 && $0 <= 0x39 }
        isBase64 = !run.contains { $0 == 0x25 || $0 == 0x2D || $0 == 0x5F }
        let slashes = run.count { $0 == 0x2F }
        isPath = slashes * 8 > run.count || (run.first == 0x2F && slashes >= 3)
    }
}

/// Tells whether a run stands in the middle of an ARN.
private func isPartOfARN(_ run: Range<Int>, in bytes: Bytes) -> Bool {
    var start = run.lowerBound
    let limit = max(0, start - 512)
    while start > limit, isARNByte(bytes[start - 1]) { start -= 1 }
    return bytes[start..<run.lowerBound].starts(with: "arn:".utf8)
}

private func isARNByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2C, 0x2E, 0x3A, 0x3D, 0x40: true
    default: isTokenByte(byte)
    }
}

private func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x22, 0x27, 0x3A, 0x3D, 0x3E, 0x5C, 0x60: true
    default: false
    }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}

extension Collection where Element == UInt8 {
    fileprivate func ends(with other: [UInt8]) -> Bool {
        suffix(other.count).elementsEqual(other)
    }

    fileprivate func contains(sequence other: [UInt8]) -> Bool {
        var rest = self[...]
        while rest.count >= other.count {
            if rest.starts(with: other) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
