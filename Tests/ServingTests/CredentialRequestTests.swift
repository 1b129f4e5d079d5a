import Model
import Testing

@testable import Serving

@Suite struct CredentialRequestTests {
    private func head(
        _ path: String = "/groups/app", host: String? = "127.0.0.1:9911",
        method: RequestHead.Method = .get
    ) -> RequestHead {
        RequestHead(
            method: method, path: path, host: host, accept: nil, authorization: Secret("token"))
    }

    @Test(
        arguments: [
            ("/groups/app", "app"), ("/groups/app%2Fweb", "app/web"), ("/groups/a%20b", "a b"),
            ("/groups/%C3%A9t%c3%a9", "été"), ("/groups/a+b", "a+b"),
            // What would climb is a name like any other, and nobody's.
            ("/groups/..", ".."), ("/groups/..%2f..%2Fetc%2Fpasswd", "../../etc/passwd"),
            ("/groups/%2e%2e%2fapp", "../app"), ("/groups/a%00b", "a\u{0}b"),
            ("/groups/", nil), ("/groups", nil), ("/", nil), ("", nil), ("*", nil),
            ("/GROUPS/app", nil),
            ("/groups/app/", nil), ("/groups/app/x", nil), ("/groups//app", nil),
            ("//groups/app", nil), ("/x/../groups/app", nil), ("/metrics", nil),
            ("/groups/%", nil), ("/groups/%2", nil), ("/groups/%zz", nil), ("/groups/%C3", nil),
            ("/groups/%C0%AF", nil), ("/groups/%ED%A0%80", nil),
        ] as [(String, String?)])
    func `a path names a group or nothing`(_ path: String, _ name: String?) {
        #expect(group(inPath: path) == name)
        #expect(
            credentialRequest(head(path))
                == .success(CredentialRequest(group: name, token: Secret("token"))))
    }

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:9911", "127.255.0.9:1", "localhost", "LOCALHOST:80", "localhost.",
        "[::1]", "[::1]:9911",
    ])
    func `this machine may be asked by its loopback names`(_ host: String) {
        #expect(isLoopback(host))
    }

    @Test(arguments: [
        "", ":9911", "evil.example", "evil.example:9911", "127.0.0.1.evil.example",
        "localhost.evil.example", "app.localhost", "128.0.0.1", "10.0.0.1", "127.0.0",
        "127.0.0.1.1",
        "127.0.0.256", "127.0.0.+1", "127..0.1", "[::2]", "[::ffff:127.0.0.1]", "::1",
        "127.0.0.1:9911@evil.example", "0x7f.0.0.1", "2130706433", "localhost:x",
    ])
    func `and by no other`(_ host: String) {
        #expect(!isLoopback(host))
        #expect(credentialRequest(head(host: host)) == .failure(.foreignHost))
    }

    @Test func `an old client names no host`() {
        #expect(credentialRequest(head(host: nil)) != .failure(.foreignHost))
    }

    @Test(arguments: [RequestHead.Method.head, .other])
    func `only GET is served`(_ method: RequestHead.Method) {
        #expect(credentialRequest(head(method: method)) == .failure(.method))
    }

    @Test func `a request of two tokens is none`() {
        let text = "GET /groups/app HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: a\r\n"
        #expect(
            readRequest(Array("\(text)authorization: b\r\n\r\n".utf8)) == .refused(.malformed))
        guard case .complete(let head) = readRequest(Array("\(text)\r\n".utf8)) else {
            Issue.record("the request of one is incomplete")
            return
        }
        #expect(head.authorization == Secret("a"))
        #expect(!"\(head)".contains("\"a\""))
    }
}
