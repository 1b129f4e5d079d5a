import Glibc
import Model

extension CallerIdentity {
    /// Reads the answer in the one form that STS gives it; nil for any other, which the scanner reads.
    ///
    /// Nearly all answers are of this form, and the scanner costs as much as a signature.
    init?(plainly body: [UInt8]) {
        let found = body.withUnsafeBytes { bytes -> CallerIdentity? in
            // Comments, CDATA and references are the scanner's business.
            guard let start = bytes.baseAddress,
                memchr(start, 0x21, bytes.count) == nil, memchr(start, 0x26, bytes.count) == nil
            else { return nil }
            var reader = PlainReader(bytes: bytes)
            guard
                reader.skip(
                    "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                ),
                reader.skip("<GetCallerIdentityResult>")
            else { return nil }
            var arn, userID, account: String?
            while !reader.skip("</GetCallerIdentityResult>") {
                if arn == nil, reader.skip("<Arn>") {
                    arn = reader.text(before: "</Arn>")
                    if arn == nil { return nil }
                } else if userID == nil, reader.skip("<UserId>") {
                    userID = reader.text(before: "</UserId>")
                    if userID == nil { return nil }
                } else if account == nil, reader.skip("<Account>") {
                    account = reader.text(before: "</Account>")
                    if account == nil { return nil }
                } else {
                    return nil
                }
            }
            guard let arn, let userID, let account else { return nil }
            return CallerIdentity(account: account, arn: arn, userID: userID)
        }
        guard let found, found.hasItsForm else { return nil }
        self = found
    }
}

extension CallerIdentity {
    /// Whether it looks like an identity: what does not is somebody else's, and may repeat what was sent.
    var hasItsForm: Bool {
        account.utf8.count <= 12 && account.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && arn.utf8.starts(with: "arn:".utf8)
    }
}

/// A reader that goes on while the bytes are what is expected.
private struct PlainReader {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    /// Moves past white space and a mark; stays where it is when the mark does not follow.
    mutating func skip(_ mark: StaticString) -> Bool {
        var place = position
        while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
        let count = mark.utf8CodeUnitCount
        guard bytes.count - place >= count, let start = bytes.baseAddress,
            memcmp(start + place, mark.utf8Start, count) == 0
        else { return false }
        position = place + count
        return true
    }

    /// The text up to a mark: not empty, one line of visible characters of ASCII without blanks.
    mutating func text(before mark: StaticString) -> String? {
        let start = position
        while position < bytes.count, bytes[position] > 0x20, bytes[position] < 0x7F,
            bytes[position] != UInt8(ascii: "<")
        {
            position += 1
        }
        let end = position
        guard end > start, end - start <= 4_096, skip(mark) else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
