import Testing

@testable import Sandbox

@Suite struct HTTPServerTests {
    /// Starts a server that answers with the request's body, or its path when that is empty.
    static func echo(
        connectionLimit: Int = 1_024, delay: Duration = .zero
    ) throws -> HTTPServer {
        try HTTPServer(port: 0, connectionLimit: connectionLimit) { request, _ in
            let body = request.body.isEmpty ? request.path : request.body
            return HTTPReply(response: HTTPResponse(status: 200, body: body), delay: delay)
        }
    }

    static func get(_ path: String, _ headers: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n"
    }

    @Test func keepsAConnectionForManyRequests() throws {
        let server = try Self.echo()
        let client = try #require(TestClient(port: server.port))
        for number in 0..<100 {
            client.send(Self.get("/\(number)"))
            let answer = try #require(client.answer())
            #expect(answer.status == 200)
            #expect(answer.body == "/\(number)")
        }
        client.send(Self.get("/last", "Connection: close\r\n"))
        #expect(client.answer()?.head.contains("Connection: close") == true)
        #expect(client.isAtEnd())
    }

    @Test(arguments: [Duration.zero, .milliseconds(20)])
    func answersPipelinedRequestsInOrder(delay: Duration) throws {
        let server = try Self.echo(delay: delay)
        let client = try #require(TestClient(port: server.port))
        client.send(Self.get("/1") + Self.get("/2") + Self.get("/3"))
        client.finish()
        for path in ["/1", "/2", "/3"] { #expect(client.answer()?.body == path) }
        #expect(client.isAtEnd())
    }

    @Test func invitesABodyThatWaits() throws {
        let server = try Self.echo()
        let client = try #require(TestClient(port: server.port))
        client.send(
            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        #expect(client.answer()?.status == 100)
        client.send("2\r\nok\r\n0\r\n\r\n")
        let answer = client.answer()
        #expect(answer?.status == 200)
        #expect(answer?.body == "ok")
    }

    @Test func movesLargeBodiesBothWays() throws {
        let server = try Self.echo()
        let client = try #require(TestClient(port: server.port))
        let body = String(repeating: "x", count: 262_144)
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
        client.send(body)
        #expect(client.answer()?.body == body)
    }

    @Test func omitsTheBodyForHEAD() throws {
        let server = try Self.echo()
        let client = try #require(TestClient(port: server.port))
        client.send("HEAD /abc HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        // The length is told, but the connection ends after the head.
        #expect(client.answer() == nil)
    }

    @Test(arguments: [
        ("\u{0}\u{1}\u{2}\r\n\r\n", 400), ("GET / HTTP/9.9\r\n\r\n", 505),
        (String(repeating: "x", count: 40_000), 431),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\n", 501),
    ])
    func answersGarbageAndEndsTheConnection(text: String, status: Int) throws {
        let server = try Self.echo()
        let client = try #require(TestClient(port: server.port))
        // More than the server reads before it answers: it must not reset the connection.
        client.send(text + String(repeating: "y", count: 100_000))
        #expect(client.answer()?.status == status)
        client.finish()
        #expect(client.isAtEnd())
        let next = try #require(TestClient(port: server.port))
        next.send(Self.get("/alive"))
        #expect(next.answer()?.body == "/alive")
    }

    @Test func survivesRandomBytesOnManyConnections() throws {
        let server = try Self.echo()
        var entropy = Entropy(seed: 21)
        for _ in 0..<200 {
            let client = try #require(TestClient(port: server.port))
            client.send(entropy.bytes(Int.random(in: 0...2_000, using: &entropy)))
        }
        let client = try #require(TestClient(port: server.port))
        client.send(Self.get("/alive"))
        #expect(client.answer()?.body == "/alive")
    }

    @Test func serves200ClientsAtOnce() throws {
        let server = try Self.echo(delay: .milliseconds(50))
        let clients = try (0..<200).map { _ in try #require(TestClient(port: server.port)) }
        for round in 0..<3 {
            for (number, client) in clients.enumerated() {
                client.send(Self.get("/\(round)/\(number)"))
            }
            for (number, client) in clients.enumerated() {
                #expect(client.answer()?.body == "/\(round)/\(number)")
            }
        }
    }

    @Test func letsClientsWaitAboveItsLimit() throws {
        let server = try Self.echo(connectionLimit: 4)
        var clients = try (0..<4).map { _ in try #require(TestClient(port: server.port)) }
        for client in clients {
            client.send(Self.get("/in"))
            #expect(client.answer()?.body == "/in")
        }
        let late = try #require(TestClient(port: server.port))
        late.send(Self.get("/late"))
        clients.removeLast()
        #expect(late.answer()?.body == "/late")
    }

    @Test func stopsAtOnceWithRequestsUnderWay() throws {
        let server = try Self.echo(delay: .seconds(3_600))
        let port = server.port
        let client = try #require(TestClient(port: port))
        client.send(Self.get("/held"))
        let idle = try #require(TestClient(port: port))
        server.stop()
        server.stop()
        #expect(client.isAtEnd())
        #expect(idle.isAtEnd())
        #expect(TestClient(port: port) == nil)
        // The port is free again at once.
        let again = try HTTPServer(port: port) { _, _ in
            HTTPReply(response: HTTPResponse(status: 200))
        }
        #expect(again.port == port)
        #expect(throws: SandboxError.portInUse(port)) {
            try HTTPServer(port: port) { _, _ in HTTPReply(response: HTTPResponse(status: 200)) }
        }
    }
}
