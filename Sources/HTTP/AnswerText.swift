import Glibc

/// A plain answer of HTTP/1.1 in a buffer: a status line, header lines, and a body of a length that is told.
///
/// All that is not so plain is left to libcurl, which has seen every server there is. Pure.
package struct AnswerText {
    /// How far the bytes go.
    package enum Reading: Equatable {
        /// The end is not there yet.
        case unfinished
        /// Nothing for us: no HTTP/1.1, a body in chunks or without a length, too large, malformed.
        case irregular
        case whole(Answer)
    }

    /// Where the parts lie.
    package struct Answer: Equatable {
        package var status: Int
        package var body: Range<Int>
        /// The server closes the connection, or has sent more than its answer.
        package var isLast: Bool
        package var date: Range<Int>?
        package var age: Range<Int>?
        package var location: Range<Int>?
        package var requestID: Range<Int>?
        package var storageRequestID: Range<Int>?
        package var errorType: Range<Int>?
    }

    /// More than this is no head that AWS sends.
    package static let largestHead = 16_384
    private static let longestStatusLine = 512

    /// Reads what has come so far; a body of more than `largestBody` bytes is irregular.
    package static func read(_ bytes: UnsafeRawBufferPointer, largestBody: Int) -> Reading {
        guard isBeginning(bytes) else { return .irregular }
        guard let lineEnd = lineEnd(bytes, from: 0) else {
            return bytes.count < longestStatusLine ? .unfinished : .irregular
        }
        guard (13..<longestStatusLine).contains(lineEnd), let status = status(bytes) else {
            return .irregular
        }
        var answer = Answer(status: status, body: 0..<0, isLast: false)
        var length: Int?
        var at = lineEnd + 1
        while true {
            guard let end = Self.lineEnd(bytes, from: at) else {
                return bytes.count > largestHead ? .irregular : .unfinished
            }
            guard end < largestHead, end > at, bytes[end - 1] == 0x0D else { return .irregular }
            let line = at..<(end - 1)
            at = end + 1
            if line.isEmpty { break }
            guard take(line, of: bytes, into: &answer, &length) else { return .irregular }
        }
        guard let length, length <= largestBody else { return .irregular }
        guard bytes.count - at >= length else { return .unfinished }
        answer.body = at..<(at + length)
        if bytes.count > answer.body.upperBound { answer.isLast = true }
        return .whole(answer)
    }

    /// Whether the bytes are `HTTP/1.1 `, or begin it.
    private static func isBeginning(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let expected: StaticString = "HTTP/1.1 "
        return expected.withUTF8Buffer { expected in
            for index in 0..<min(bytes.count, expected.count)
            where bytes[index] != expected[index] { return false }
            return true
        }
    }

    private static func status(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var value = 0
        for index in 9..<12 {
            guard (0x30...0x39).contains(bytes[index]) else { return nil }
            value = value * 10 + Int(bytes[index] - 0x30)
        }
        guard bytes[12] == 0x20 || bytes[12] == 0x0D else { return nil }
        // Interim answers, and those that never have a body, have rules of their own.
        return (200..<600).contains(value) && value != 204 && value != 304 ? value : nil
    }

    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, 0x0A, bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// Takes a header line in; false when it makes the answer irregular.
    private static func take(
        _ line: Range<Int>, of bytes: UnsafeRawBufferPointer, into answer: inout Answer,
        _ length: inout Int?
    ) -> Bool {
        let text = UnsafeRawBufferPointer(rebasing: bytes[line])
        // A folded line begins with a space, which no name has.
        guard let base = text.baseAddress, let found = memchr(base, 0x3A, text.count) else {
            return false
        }
        let colon = UnsafeRawPointer(found) - base
        guard colon > 0, text[0] > 0x20, text[colon - 1] > 0x20 else { return false }
        let name = UnsafeRawBufferPointer(rebasing: text[..<colon])
        var from = line.lowerBound + colon + 1
        var to = line.upperBound
        while from < to, bytes[from] == 0x20 || bytes[from] == 0x09 { from += 1 }
        while to > from, bytes[to - 1] == 0x20 || bytes[to - 1] == 0x09 { to -= 1 }
        let value = from..<to
        switch colon {
        case 3 where name.isEqual("age"): answer.age = answer.age ?? value
        case 4 where name.isEqual("date"): answer.date = answer.date ?? value
        case 8 where name.isEqual("location"): answer.location = answer.location ?? value
        case 10 where name.isEqual("connection"):
            let isKept = UnsafeRawBufferPointer(rebasing: bytes[value]).isEqual("keep-alive")
            answer.isLast = answer.isLast || !isKept
        case 14 where name.isEqual("content-length"):
            guard length == nil, let number = number(bytes, value) else { return false }
            length = number
        case 16 where name.isEqual("x-amzn-requestid"):
            answer.requestID = answer.requestID ?? value
        case 16 where name.isEqual("x-amz-request-id"):
            answer.storageRequestID = answer.storageRequestID ?? value
        case 16 where name.isEqual("x-amzn-errortype"):
            answer.errorType = answer.errorType ?? value
        case 17 where name.isEqual("transfer-encoding"): return false
        default: break
        }
        return true
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard (1...9).contains(range.count) else { return nil }
        var value = 0
        for index in range {
            guard (0x30...0x39).contains(bytes[index]) else { return nil }
            value = value * 10 + Int(bytes[index] - 0x30)
        }
        return value
    }
}

extension UnsafeRawBufferPointer {
    /// Whether this is the given word of small letters, whatever case it is written in.
    fileprivate func isEqual(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            var difference: UInt8 = 0
            for index in 0..<count {
                let byte = self[index]
                let isCapital: UInt8 = byte >= 0x41 && byte <= 0x5A ? 0x20 : 0
                difference |= (byte | isCapital) ^ word[index]
            }
            return difference == 0
        }
    }
}
