import Glibc
import Model
import Serving
import Support
import Synchronization
import Testing

@testable import Daemon

/// The endpoint on a port of its own, with clients as they come.
@Suite(.timeLimit(.minutes(1)))
struct CredentialsServerTests {
    private static let token = "correct-horse-battery"
    private static let other = "another-token-of-web"
    private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    private let folder: TestFolder
    private let told = Told()

    /// What is the matter, each time that it changed.
    private final class Told: Sendable {
        private let list = Mutex<[[ServingTrouble]]>([])
        func add(_ troubles: [ServingTrouble]) { list.withLock { $0.append(troubles) } }
        var all: [[ServingTrouble]] { list.withLock(\.self) }
    }

    init() throws {
        folder = try TestFolder()
        try folder.write("app.token", Self.token)
        try folder.write("web.token", Self.other)
    }

    private func start(
        patience: HTTPServer.Patience = .init(), _ engine: AskForCredential? = nil
    ) async throws -> (CredentialsServer, UInt16) {
        let place = Provenance.builtIn("a test")
        let made = CredentialsServer(
            patience: patience,
            asking: engine
                ?? { group, reply in
                    guard group == "app" else {
                        return reply(.none(.refused(group: group, profile: "p")))
                    }
                    let credentials = Credentials(
                        accessKeyID: Sourced("AKIAIOSFODNN7EXAMPLE", from: place),
                        secretAccessKey: Sourced(Secret(Self.secret), from: place))
                    reply(.credentials(credentials, end: WallTime(seconds: 1_795_356_190)))
                },
            onChange: { [told] in told.add($0) })
        let server = try #require(made)
        server.serve(
            ["app": folder.file("app.token"), "web": folder.file("web.token")],
            on: .loopback(port: 0))
        return (server, try #require(await server.port))
    }

    private func ask(
        _ port: UInt16, _ path: String = "/groups/app", token: String? = token,
        method: String = "GET", host: String = "127.0.0.1"
    ) async throws -> (status: Int, body: String) {
        let authorization = token.map { "Authorization: \($0)\r\n" } ?? ""
        return try await say(
            port, "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n\(authorization)\r\n")
    }

    private func say(_ port: UInt16, _ text: String) async throws -> (status: Int, body: String) {
        let client = try TCPClient(port: port)
        client.send(text)
        let answer = try #require(await client.readToEnd())
        let end = try #require(answer.firstRange(of: "\r\n\r\n"), "\(answer)")
        let status = answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (status ?? 0, String(answer[end.upperBound...]))
    }

    @Test func `the token of a group opens that group`() async throws {
        let (server, port) = try await start()
        let answer = try await ask(port)
        #expect(answer.status == 200)
        let json = try #require(JSONValue(parsing: Array(answer.body.utf8)))
        #expect(json["AccessKeyId"]?.text == "AKIAIOSFODNN7EXAMPLE")
        #expect(json["SecretAccessKey"]?.text == Self.secret)
        #expect(json["Token"]?.text == "")
        #expect(json["Expiration"]?.text == "2026-11-22T14:03:10Z")
        #expect(try await ask(port, "/groups/a%70p?x=1").status == 200)
        #expect(try await ask(port, "http://localhost:\(port)/groups/app").status == 200)
        await server.stop()
    }

    @Test func `a group without a credential is answered so that a client comes back`() async throws
    {
        let (server, port) = try await start()
        let answer = try await ask(port, "/groups/web", token: Self.other)
        #expect(answer.status == 503)
        #expect(answer.body.contains("\"code\":\"CredentialsRefused\""))
        await server.stop()
    }

    @Test func `an unknown group and a wrong token are the same`() async throws {
        let (server, port) = try await start()
        let answers = [
            try await ask(port, token: "wrong"), try await ask(port, token: Self.other),
            try await ask(port, "/groups/none"), try await ask(port, "/groups/..%2fapp"),
            try await ask(port, "/groups/../groups/app"), try await ask(port, "/"),
            try await ask(port, token: Self.token + "x"),
            try await ask(port, token: "Bearer \(Self.token)"),
        ]
        #expect(Set(answers.map(\.status)) == [403])
        #expect(Set(answers.map(\.body)).count == 1)
        let without = [
            try await ask(port, token: nil), try await ask(port, "/groups/none", token: nil),
        ]
        #expect(without.map(\.status) == [401, 401])
        #expect(without[0].body == without[1].body)
        await server.stop()
    }

    @Test func `too many wrong tokens are told to wait, and good ones never`() async throws {
        let (server, port) = try await start()
        for _ in 0..<TokenLimit.most {
            #expect(try await ask(port, token: "wrong-token-of-16").status == 403)
        }
        let limited = try await ask(port, "/groups/none", token: "wrong-token-of-16")
        #expect(limited.status == 429)
        #expect(limited.body.contains("TooManyRequests"))
        #expect(try await ask(port).status == 200)
        #expect(told.all == [[.wrongTokens]])
        await server.stop()
    }

    @Test(arguments: ["evil.example", "evil.example:80", "169.254.170.2"])
    func `a name of the web is not answered, with a token or without`(_ host: String) async throws {
        let (server, port) = try await start()
        #expect(try await ask(port, host: host).status == 421)
        #expect(try await ask(port, "http://\(host)/groups/app").status == 421)
        await server.stop()
    }

    @Test func `only GET is served`() async throws {
        let (server, port) = try await start()
        for method in ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get"] {
            let answer = try await ask(port, method: method)
            #expect(answer.status == 405, "\(method)")
            #expect(!answer.body.contains(Self.secret))
        }
        await server.stop()
    }

    @Test func `huge and broken requests are refused, and more than one is not read`() async throws
    {
        let (server, port) = try await start()
        let million = String(repeating: "x", count: 1_000_000)
        let client = try TCPClient(port: port)
        client.send("GET /groups/app HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(million)")
        let answer = try #require(await client.readToEnd())
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 431 "))
        #expect(try await say(port, "nonsense\r\n\r\n").status == 400)
        #expect(try await say(port, "GET /groups/app HTTP/2.0\r\n\r\n").status == 505)
        let one =
            "GET /groups/app HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: \(Self.token)\r\n\r\n"
        let piped = try await say(port, one + one)
        #expect(piped.status == 200)
        #expect(piped.body.split(separator: "HTTP/1.1").count == 1)
        await server.stop()
    }

    @Test func `slow clients, however many, hold nobody up`() async throws {
        var patience = HTTPServer.Patience()
        patience.place = .milliseconds(10)
        let (server, port) = try await start(patience: patience)
        var idle: [TCPClient] = []
        for _ in 0..<(2 * CredentialsServer.maxConnections) {
            let client = try TCPClient(port: port)
            client.send("GET /gro")
            idle.append(client)
        }
        #expect(try await ask(port).status == 200)
        withExtendedLifetime(idle) {}
        await server.stop()
    }

    @Test func `a silent engine is told as an error that passes`() async throws {
        var patience = HTTPServer.Patience()
        patience.engine = .milliseconds(50)
        let (server, port) = try await start(patience: patience) { _, _ in }
        let answer = try await ask(port)
        #expect(answer.status == 503)
        #expect(answer.body.contains("\"code\":\"ServiceUnavailable\""))
        await server.stop()
    }

    @Test func `a token is replaced without a reload, and one that is unusable is said`()
        async throws
    {
        let (server, port) = try await start()
        let new = "a-token-that-is-new"
        try folder.write("app.token.new", new)
        #expect(rename(folder.file("app.token.new"), folder.file("app.token")) == 0)
        #expect(try await ask(port).status == 403)
        #expect(try await ask(port, token: new).status == 200)
        // Nobody learns by it which group it is: the answer is the same for every one.
        #expect(chmod(folder.file("app.token"), 0o644) == 0)
        let answers = [
            try await ask(port, token: new), try await ask(port, "/groups/none", token: new),
        ]
        #expect(answers.map(\.status) == [503, 503])
        #expect(answers[0].body == answers[1].body)
        #expect(answers[0].body.contains("TokenFileUnusable"))
        #expect(!answers[0].body.contains(folder.path))
        // The other group goes on.
        #expect(try await ask(port, "/groups/web", token: Self.other).body.contains("Refused"))
        #expect(chmod(folder.file("app.token"), 0o600) == 0)
        #expect(try await ask(port, token: new).status == 200)
        let troubles = told.all
        #expect(troubles.count == 2 && troubles.last == [])
        #expect(troubles.first?.first?.text.contains("everybody") == true)
        await server.stop()
    }

    @Test func `a port that is taken is told, and tried again`() async throws {
        var patience = HTTPServer.Patience()
        patience.retry = .milliseconds(20)
        let (first, port) = try await start()
        let made = CredentialsServer(
            patience: patience, asking: { _, _ in }, onChange: { [told] in told.add($0) })
        let second = try #require(made)
        second.serve(["app": folder.file("app.token")], on: .loopback(port: port))
        #expect(await second.port == nil)
        guard case .port(let problem)? = told.all.last?.first else {
            Issue.record("\(told.all)")
            return
        }
        #expect(problem.code == EADDRINUSE)
        await first.stop()
        while told.all.last?.isEmpty != true { try await Task.sleep(for: .milliseconds(5)) }
        #expect(await second.port == port)
        await second.stop()
    }
}
