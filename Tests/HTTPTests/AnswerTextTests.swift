import Testing

@testable import HTTP

@Suite struct AnswerTextTests {
    private func read(_ text: String, largestBody: Int = 1_000) -> AnswerText.Reading {
        Array(text.utf8).withUnsafeBytes { AnswerText.read($0, largestBody: largestBody) }
    }

    private func part(_ range: Range<Int>?, of text: String) -> String? {
        range.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
    }

    static let good = """
        HTTP/1.1 403 Forbidden\r
        x-amzn-RequestId: 3f1c2d4e-5a6b\r
        DATE: Thu, 26 Nov 2026 14:03:10 GMT \r
        Content-Length:5\r
        X-Amz-Request-Id:\t0A49\r
        x-amzn-ErrorType: InvalidClientTokenId\r
        Age: 7\r
        Location: /x\r
        date: second\r
        \r
        <a/>!
        """

    @Test func `a plain answer is read whole`() throws {
        guard case .whole(let answer) = read(Self.good) else {
            Issue.record("not whole")
            return
        }
        #expect(answer.status == 403)
        #expect(!answer.isLast)
        #expect(part(answer.body, of: Self.good) == "<a/>!")
        #expect(part(answer.date, of: Self.good) == "Thu, 26 Nov 2026 14:03:10 GMT")
        #expect(part(answer.requestID, of: Self.good) == "3f1c2d4e-5a6b")
        #expect(part(answer.storageRequestID, of: Self.good) == "0A49")
        #expect(part(answer.errorType, of: Self.good) == "InvalidClientTokenId")
        #expect(part(answer.age, of: Self.good) == "7")
        #expect(part(answer.location, of: Self.good) == "/x")
    }

    @Test func `every beginning of it is unfinished`() {
        let bytes = Array(Self.good.utf8)
        for count in 0..<bytes.count {
            let reading = bytes[..<count].withUnsafeBytes {
                AnswerText.read($0, largestBody: 1_000)
            }
            #expect(reading == .unfinished, "\(count) bytes")
        }
    }

    @Test(arguments: [
        ("connection: close", true), ("Connection: Keep-Alive", false),
        ("X-Connection: close", false),
    ])
    func `the server says whether it goes on`(line: String, isLast: Bool) {
        let reading = read("HTTP/1.1 200 OK\r\n\(line)\r\nContent-Length: 0\r\n\r\n")
        guard case .whole(let answer) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(answer.isLast == isLast)
    }

    @Test func `more than the answer ends the connection`() {
        guard case .whole(let answer) = read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab")
        else {
            Issue.record("not whole")
            return
        }
        #expect(answer.isLast && answer.body.count == 1)
    }

    @Test(arguments: [
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/2 200\r\ncontent-length: 0\r\n\r\n     ",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 20x OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nDate: a\r\n folded\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\nContent-Length: 1\n\na",
        "<html>nothing of HTTP here</html>", "\0\u{1}\u{2}",
    ])
    func `what is not plain is left to libcurl`(text: String) {
        #expect(read(text) == .irregular)
    }

    @Test func `a head without an end is irregular at last`() {
        let head = "HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 3_000)
        #expect(read(head) == .irregular)
        #expect(read("HTTP/1.1 200 " + String(repeating: "O", count: 20_000)) == .irregular)
    }
}
