import HTTP

/// Whatever a server sends, what is found lies within the bytes, and more bytes change no answer that is whole.
func readAnswer(_ bytes: [UInt8]) {
    for input in [bytes, Array("HTTP/1.1 200 OK\r\n".utf8) + bytes] {
        guard case .whole(let answer) = read(input) else { continue }
        expect((200..<600).contains(answer.status), "a status that is none")
        let parts = [
            answer.body, answer.date, answer.age, answer.location, answer.requestID,
            answer.storageRequestID, answer.errorType,
        ]
        for case let part? in parts {
            expect(part.lowerBound >= 0 && part.upperBound <= input.count, "a part outside")
        }
        guard case .whole(let longer) = read(input + [0x0A]) else {
            return expect(false, "one byte more undoes an answer")
        }
        expect(longer.body == answer.body && longer.isLast, "one byte more is another answer")
        if answer.body.upperBound == input.count {
            expect(read(Array(input.dropLast())) == .unfinished, "an answer before its end")
        }
    }
}

private func read(_ bytes: [UInt8]) -> AnswerText.Reading {
    bytes.withUnsafeBytes { AnswerText.read($0, largestBody: 1 << 20) }
}
