import HTTP
import Model
import Support
import Testing

/// What one request wants otherwise than the others, on handles that are used again.
@Suite(.timeLimit(.minutes(1))) struct RequestFormsTests {
    private func request(
        _ url: String, _ method: HTTPRequest.Method = .get, body: String = "",
        usesProxy: Bool = true, pinned: String? = nil
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: url, headers: [], body: Array(body.utf8),
            connectTimeout: .seconds(5), timeout: .seconds(5), usesProxy: usesProxy,
            pinnedAddress: pinned)
    }

    @Test func putsWithoutABody() async throws {
        let server = try FaultServer(.identity)
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        for method in [HTTPRequest.Method.post, .put, .get, .put, .post, .get] {
            _ = try await transport.send(request(server.url, method, body: "Action=X"))
        }
        #expect(server.requests.map(\.method) == ["POST", "PUT", "GET", "PUT", "POST", "GET"])
        #expect(server.requests.map(\.body) == ["Action=X", "", "", "", "Action=X", ""])
        #expect(server.requests[3].header("content-type") == nil)
        #expect(server.connectionCount == 1)
    }

    @Test func goesPastTheProxyOnlyWhenAsked() async throws {
        let server = try FaultServer(.identity)
        let proxy = try FaultProxy(.refuse(status: 502))
        let transport = try CurlTransport(CurlOptions(proxy: .url(proxy.url)))
        for _ in 0..<2 {
            let direct = try await transport.send(request(server.url, usesProxy: false))
            #expect(direct.status == 200)
            #expect(try await transport.send(request(server.url)).status == 502)
        }
        #expect(server.requestCount == 2)
        #expect(proxy.requests.count == 2)
    }

    @Test func saysNothingOfAProxyThatWasNotUsed() async throws {
        let port = try UnansweredPort()
        let transport = try CurlTransport(CurlOptions(proxy: .url("http://127.0.0.1:9")))
        var late = request(port.url, usesProxy: false)
        late.timeout = .milliseconds(300)
        do throws(TransportFailure) {
            _ = try await transport.send(late)
            Issue.record("an answer of nobody")
        } catch {
            #expect(error.phase == .connect)
        }
    }

    @Test func connectsToThePinnedAddressOnlyWhenAsked() async throws {
        let server = try FaultServer(.identity)
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        let url = "http://agent.invalid:\(server.port)/credentials"
        for _ in 0..<2 {
            let pinned = try await transport.send(request(url, pinned: "127.0.0.1"))
            #expect(pinned.status == 200)
            await #expect(throws: TransportFailure.self) { try await transport.send(request(url)) }
        }
        #expect(
            server.requests.map { $0.header("host") ?? "" }.allSatisfy { $0.hasPrefix("agent.") })
        // An address of version 6 goes between brackets; nobody listens there.
        do throws(TransportFailure) {
            _ = try await transport.send(request(url, pinned: "::1"))
            Issue.record("an answer of nobody")
        } catch {
            #expect(error.phase == .connect)
        }
    }

    @Test func printsNeitherHeadersNorBodies() {
        var secret = request("http://127.0.0.1/", .post, body: "token=s3cr3t-of-somebody")
        secret.headers = [HeaderField("Authorization", "s3cr3t-of-somebody")]
        let response = HTTPResponse(status: 200, body: Array("s3cr3t-of-somebody".utf8))
        var text = ""
        dump(secret, to: &text)
        dump(response, to: &text)
        text += "\(secret) \(response) \(String(reflecting: secret))"
        #expect(!text.contains("s3cr3t"))
        #expect(!text.contains("115"))
    }
}
