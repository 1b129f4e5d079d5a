import Model
import Testing

@testable import HTTP

@Suite struct RequestTextTests {
    private func request(
        _ headers: [HeaderField], method: HTTPRequest.Method = .post
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: "https://sts.example.com/a", headers: headers,
            body: Array("Action=A".utf8), connectTimeout: .seconds(1), timeout: .seconds(1))
    }

    @Test func `the bytes are those of a form`() throws {
        let text = try #require(RequestText(url: "https://sts.example.com/a/../b"))
        for _ in 0..<2 {
            let bytes = text.lay(
                request([HeaderField("Host", "sts.example.com"), HeaderField("X-A", "1")]))
            let lines = [
                "POST /a/../b HTTP/1.1", "Host: sts.example.com", "X-A: 1", "Accept: */*",
                "Content-Type: application/x-www-form-urlencoded", "Content-Length: 8", "",
                "Action=A",
            ]
            #expect(String(decoding: bytes, as: UTF8.self) == lines.joined(separator: "\r\n"))
        }
    }

    @Test(arguments: [
        "Content-Type", "connection", "Transfer-Encoding", "Expect", "TE", "Accept", "X-A",
    ])
    func `headers beside those of a check are libcurl's to write`(name: String) {
        let host = HeaderField("Host", "h")
        #expect(RequestText.isPlain(request([host, HeaderField("X-Amz-Date", "1")])))
        #expect(!RequestText.isPlain(request([host, HeaderField(name, "1")])))
    }

    @Test func `only a post with its host, without a line break, is plain`() {
        let host = HeaderField("Host", "h")
        #expect(!RequestText.isPlain(request([host], method: .get)))
        #expect(!RequestText.isPlain(request([HeaderField("X-Amz-Date", "1"), host])))
        #expect(!RequestText.isPlain(request([host, HeaderField("X-Amz-Date", "1\r\nX-B: 2")])))
        #expect(!RequestText.isPlain(request([HeaderField("Host", "h\n")])))
    }

    @Test func `a long header finds room`() throws {
        let text = try #require(RequestText(url: "https://sts.example.com"))
        let token = String(repeating: "t", count: 9_000)
        let bytes = text.lay(request([HeaderField("Host", "h"), HeaderField("X-A", token)]))
        #expect(String(decoding: bytes, as: UTF8.self).contains("\r\nX-A: \(token)\r\n"))
    }

    @Test func `a URL that is none prepares nothing`() {
        #expect(RequestText(url: "ftp://example.com") == nil)
    }
}
