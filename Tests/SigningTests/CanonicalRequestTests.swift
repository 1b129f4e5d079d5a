import Model
import Signing
import Testing

/// The forms of path, query and headers, read off the canonical request.
@Suite struct CanonicalRequestTests {
    @Test(arguments: [
        ("", "/"), ("/", "/"), ("//", "/"), ("/./", "/"), ("/a/..", "/"), ("/a/b/../..", "/"),
        ("/../..", "/"), ("/./a", "/a"), ("//a//", "/a/"), ("/a/.", "/a/"), ("/a/b/..", "/a/"),
        ("/a b/", "/a%20b/"), ("/a%20b", "/a%2520b"), ("/$x", "/%24x"), ("/é", "/%C3%A9"),
        ("a", "/a"), ("/.a/..b", "/.a/..b"), ("/-._~", "/-._~"),
    ])
    func normalizesAndEncodesThePath(path: String, canonical: String) {
        #expect(lines(path: path)[1] == canonical)
    }

    @Test(arguments: [
        ("", "/"), ("//a//./..", "//a//./.."), ("/a%20b", "/a%20b"), ("/a b", "/a%20b"),
    ])
    func leavesThePathForS3(path: String, canonical: String) {
        let options = SigningOptions(normalizesPath: false, encodesPath: false)
        #expect(lines(path: path, options: options)[1] == canonical)
    }

    @Test(arguments: [
        ("", ""), ("a", "a="), ("a=", "a="), ("b=1&a=2", "a=2&b=1"), ("a=2&a=1", "a=1&a=2"),
        ("a=b=c", "a=b%3Dc"), ("B=1&a=1", "B=1&a=1"), ("a-b=1&a=2", "a=2&a-b=1"),
        ("%41=%e1%88%b4", "A=%E1%88%B4"), ("ሴ=x y", "%E1%88%B4=x%20y"),
        ("a=%", "a=%25"), ("a=%4", "a=%254"), ("a=%zz", "a=%25zz"), ("&&a=1&", "a=1"),
        ("a=+", "a=%2B"), ("=1", "=1"),
    ])
    func sortsAndEncodesTheQuery(query: String, canonical: String) {
        #expect(lines(query: query)[2] == canonical)
    }

    @Test(arguments: [
        ([("My", " a   b ")], "my:a b"),
        ([("My", "a\n  b\t c")], "my:a b c"),
        ([("My", "\"a   b\"")], "my:\"a b\""),
        ([("My", "")], "my:"),
        ([("My", "b"), ("mY", "a"), ("MY", "b")], "my:b,a,b"),
    ])
    func tidiesHeaderValues(headers: [(String, String)], canonical: String) {
        let fields = headers.map { HeaderField($0.0, $0.1) }
        #expect(lines(headers: fields).contains(Substring(canonical)))
    }

    @Test func sortsHeadersByTheirSmallLetters() {
        let fields = ["Zoo", "a-b", "A", "x-amz-zzz"].map { HeaderField($0, "1") }
        #expect(
            lines(headers: fields).suffix(2).first == "a;a-b;host;x-amz-date;x-amz-zzz;zoo")
    }

    @Test(arguments: [
        "User-Agent", "Authorization", "Expect", "Transfer-Encoding", "X-Amzn-Trace-Id",
        "Connection", "TE", "Upgrade",
    ])
    func leavesOutWhatProxiesChange(name: String) {
        #expect(lines(headers: [HeaderField(name, "x")]) == lines())
    }

    private func lines(
        path: String = "/", query: String = "", headers: [HeaderField] = [],
        options: SigningOptions = SigningOptions()
    ) -> [Substring] {
        Signer().trace(
            SigningRequest(
                method: "GET", path: path, query: query, headers: [exampleHost] + headers),
            scope: exampleScope, credentials: exampleCredentials, options: options
        ).canonicalRequest.split(separator: "\n", omittingEmptySubsequences: false)
    }
}
