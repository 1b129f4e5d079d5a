import Testing

@testable import Sandbox

@Suite struct HTTPParserTests {
    static let post =
        "POST /a%2Fb?x=1&y HTTP/1.1\r\nHost: h:1\r\nX-Note:  a  b \r\nContent-Length: 5\r\n\r\nhello"
    static let chunked =
        "POST / HTTP/1.1\r\nhost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3\r\nhel\r\n2;note=1\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n"

    static func parse(_ text: some Collection<UInt8>) throws -> (HTTPRequest?, HTTPParser) {
        var parser = HTTPParser()
        parser.append(text)
        guard case .request(let request) = try parser.next() else { return (nil, parser) }
        return (request, parser)
    }

    @Test func keepsTheRequestAsItCame() throws {
        let request = try #require(try Self.parse(Array(Self.post.utf8)).0)
        #expect(request.method == "POST")
        #expect(request.path == Array("/a%2Fb".utf8))
        #expect(request.query == Array("x=1&y".utf8))
        #expect(request.values("x-note") == [Array("a  b".utf8)])
        #expect(request.body == Array("hello".utf8))
        #expect(request.keepsAlive)
    }

    @Test(arguments: [post, chunked])
    func givesTheSameRequestForEverySlicing(text: String) throws {
        let bytes = Array(text.utf8)
        let whole = try #require(try Self.parse(bytes).0)
        #expect(whole.body == Array("hello".utf8))
        for cut in bytes.indices.dropFirst() {
            var parser = HTTPParser()
            parser.append(bytes[..<cut])
            #expect(try parser.next() == .needsMore)
            parser.append(bytes[cut...])
            #expect(try parser.next() == .request(whole))
            #expect(parser.isBetweenRequests)
        }
        var parser = HTTPParser()
        for byte in bytes.dropLast() {
            parser.append([byte])
            #expect(try parser.next() == .needsMore)
        }
        parser.append(bytes.suffix(1))
        #expect(try parser.next() == .request(whole))
    }

    @Test func takesPipelinedRequestsInTurn() throws {
        var parser = HTTPParser()
        parser.append(Array((Self.post + Self.chunked + Self.post).utf8))
        for _ in 0..<3 {
            guard case .request(let request) = try parser.next() else {
                Issue.record("a request is missing")
                return
            }
            #expect(request.body == Array("hello".utf8))
        }
        #expect(try parser.next() == .needsMore)
    }

    @Test func asksForTheBodyOnce() throws {
        var parser = HTTPParser()
        parser.append(
            Array(
                "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
                    .utf8))
        #expect(try parser.next() == .continueExpected)
        #expect(try parser.next() == .needsMore)
        parser.append(Array("ok".utf8))
        guard case .request(let request) = try parser.next() else {
            Issue.record("the request is missing")
            return
        }
        #expect(request.body == Array("ok".utf8))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", true),
        ("GET / HTTP/1.0\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", true),
    ])
    func knowsWhetherTheConnectionStays(text: String, keepsAlive: Bool) throws {
        let request = try #require(try Self.parse(Array(text.utf8)).0)
        #expect(request.keepsAlive == keepsAlive)
    }

    static func headers(_ lines: String) -> String { "POST / HTTP/1.1\r\nHost: h\r\n\(lines)\r\n" }

    static let chunks = headers("Transfer-Encoding: chunked\r\n")
    static let refused: [(String, Int)] = [
        ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
        ("GET\r\n\r\n", 400),
        ("GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
        ("GET / FTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: h\r\n\r\n", 400),
        (headers("No colon\r\n"), 400),
        (headers(": no name\r\n"), 400),
        (headers(" folded: 1\r\n"), 400),
        (headers("X: a\u{0}b\r\n"), 400),
        (headers("Content-Length: -1\r\n"), 400),
        (headers("Content-Length: 1\r\nContent-Length: 2\r\n"), 400),
        (headers("Content-Length: 99999999999999999999\r\n"), 413),
        (headers("Content-Length: 262145\r\n"), 413),
        (headers("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400),
        (headers("Transfer-Encoding: gzip\r\n"), 501),
        (headers("Expect: cake\r\n"), 417),
        (chunks + "x\r\n", 400),
        (chunks + "\r\n", 400),
        (chunks + "fffffffffffffffffffff\r\n", 413),
        (chunks + "1\r\nab\r\n", 400),
        (chunks + String(repeating: "0", count: 2_000), 431),
        (String(repeating: "a", count: 20_000), 431),
        (headers(String(repeating: "A: b\r\n", count: 101)), 431),
    ]

    @Test(arguments: refused)
    func refusesWhatIsNoRequest(text: String, status: Int) {
        #expect { try Self.parse(Array(text.utf8)) } throws: {
            ($0 as? HTTPFailure)?.response.status == status
        }
    }

    @Test func survivesRandomBytes() {
        var entropy = Entropy(seed: 7)
        for _ in 0..<2_000 {
            var bytes = Array((Bool.random(using: &entropy) ? Self.post : Self.chunked).utf8)
            for _ in 0..<Int.random(in: 1...6, using: &entropy) {
                let place = Int.random(in: bytes.indices, using: &entropy)
                bytes[place] = UInt8.random(in: 0...255, using: &entropy)
            }
            var parser = HTTPParser()
            parser.append(bytes)
            // Whatever comes of it, it comes to an end and does not trap.
            for _ in 0..<4 {
                guard case .request = try? parser.next() else { break }
            }
        }
    }
}
