import Testing

@testable import Sandbox

@Suite struct CanonicalRequestTests {
    @Test(arguments: [
        ("/", "/"), ("//", "/"), ("/.", "/"), ("/..", "/"), ("/a/./b", "/a/b"),
        ("/a/../b", "/b"), ("/a//b/", "/a/b/"), ("/a%20b", "/a%2520b"), ("/~a-b_c.d", "/~a-b_c.d"),
        ("/a+b", "/a%2Bb"), ("/a:b", "/a%3Ab"), ("/../../a", "/a"),
    ])
    func normalizesPaths(raw: String, canonical: String) {
        #expect(CanonicalRequest.path(Array(raw.utf8)) == Array(canonical.utf8))
    }

    @Test(arguments: [
        ("", ""), ("a", "a="), ("a=", "a="), ("b=1&a=2", "a=2&b=1"), ("a=2&a=1", "a=1&a=2"),
        ("A=1&a=1&B=1", "A=1&B=1&a=1"), ("a=%7e%2f", "a=~%2F"), ("a=b=c", "a=b%3Dc"),
        ("a=1&&b=2", "a=1&b=2"), ("a=b+c%2B", "a=b%20c%2B"), ("a=%zz%2", "a=%25zz%252"),
        ("=x", "=x"),
        ("a=%C3%A9", "a=%C3%A9"), ("a-b=1&a=1", "a=1&a-b=1"),
        ("X-Amz-Signature=s&a=1", "X-Amz-Signature=s&a=1"),
    ])
    func sortsAndEncodesQueries(raw: String, canonical: String) {
        #expect(
            CanonicalRequest.query(Array(raw.utf8), leavingOutSignature: false)
                == Array(canonical.utf8))
    }

    @Test func leavesAPresignedSignatureOut() {
        let query = CanonicalRequest.query(
            Array("X-Amz-Signature=s&a=1".utf8), leavingOutSignature: true)
        #expect(query == Array("a=1".utf8))
    }

    @Test func collapsesBlanksAndJoinsHeaders() {
        var request = HTTPRequest(method: "GET", path: [0x2F])
        request.headers = [
            .init(name: "x", value: Array("a \t  b".utf8)), .init(name: "host", value: [0x68]),
            .init(name: "x", value: Array("c".utf8)),
        ]
        let bytes = CanonicalRequest.bytes(
            of: request, signedHeaders: ["host", "x"], signatureInQuery: false)
        let emptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "GET\n/\n\nhost:h\nx:a b,c\n\nhost;x\n\(emptyBody)")
    }
}
