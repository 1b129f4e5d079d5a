import Model
import Testing

@testable import Serving

@Suite struct RequestHeadTests {
    private func read(_ text: String) -> RequestReading { readRequest(Array(text.utf8)) }

    private func head(_ text: String) throws -> RequestHead {
        guard case .complete(let head) = read(text) else {
            throw Unread(what: "\(read(text))")
        }
        return head
    }

    private struct Unread: Error { var what: String }

    @Test func `a request is read as it stands`() throws {
        let head = try head(
            "GET /metrics?name=x HTTP/1.1\r\nHost: 127.0.0.1:9812\r\nAccept: text/plain\r\nX: \t y \r\naccept:*/*\r\n\r\nrest"
        )
        #expect(
            head
                == RequestHead(
                    method: .get, path: "/metrics", host: "127.0.0.1:9812",
                    accept: "text/plain,*/*"))
    }

    @Test func `lines may end with a line feed alone, and begin with empty ones`() throws {
        #expect(try head("\r\n\nHEAD / HTTP/1.0\n\n").method == .head)
    }

    @Test func `a whole address names the host, as for a proxy`() throws {
        let head = try head("GET HTTP://other:1/a?b HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(head.path == "/a" && head.host == "other:1")
        let root = try self.head("GET http://other HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(root.path == "/" && root.host == "other")
    }

    @Test func `every beginning of a request is incomplete`() {
        let text = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for length in 0..<text.utf8.count {
            #expect(readRequest(Array(text.utf8.prefix(length))) == .incomplete)
        }
    }

    @Test(arguments: [
        "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\u{0}b\r\n\r\n", "GET / HTTP/11\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n", "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /ü HTTP/1.1\r\nHost: a\r\n\r\n", "\u{16}\u{3}\u{1}", "GET /\u{0}",
    ])
    func `what is no request is refused`(_ text: String) {
        #expect(read(text) == .refused(.malformed))
    }

    @Test(arguments: ["HTTP/2.0", "HTTP/0.9", "HTTP/3.1"])
    func `another version is refused by its name`(_ version: String) {
        #expect(read("GET / \(version)\r\nHost: a\r\n\r\n") == .refused(.version))
    }

    @Test(arguments: ["POST", "PUT", "get", "OPTIONS", "PRI"])
    func `another method is told from GET and HEAD`(_ method: String) throws {
        #expect(try head("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n").method == .other)
    }

    @Test func `a head without an end is refused at its limit`() {
        let start = "GET / HTTP/1.1\r\nX: "
        let rest = RequestHead.largest - start.utf8.count
        let long = start + String(repeating: "x", count: rest - 1)
        #expect(read(long) == .incomplete)
        #expect(read(long + "x") == .refused(.tooLarge))
    }
}
