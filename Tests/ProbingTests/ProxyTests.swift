import Glibc
import HTTP
import Model
import Probing
import Support
import Testing

/// Proxies, as the transport uses them.
@Suite struct ProxyTests {
    private let regional = Endpoint(
        url: "https://sts.eu-west-1.amazonaws.com", signingRegion: "eu-west-1", partition: "aws")

    @Test func reachesTheEndpointThroughATunnel() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let proxy = try FaultProxy(.forward(toPort: server.port))
        let prober = try makeProber(
            CurlOptions(caBundle: server.caBundle, proxy: .url(proxy.url)))
        let outcome = await prober.probe(
            exampleCredentials(token: "a-token"), at: regional, timeout: .seconds(10))
        #expect(outcome.details?.httpStatus == 200, "\(outcome)")
        #expect(server.requests.first?.header("host") == "sts.eu-west-1.amazonaws.com")
        let request = try #require(proxy.requests.first)
        #expect(request.method == "CONNECT")
        #expect(request.target == "sts.eu-west-1.amazonaws.com:443")
        // What is meant for AWS stays in the tunnel.
        for name in ["authorization", "x-amz-security-token", "x-amz-date"] {
            #expect(request.header(name) == nil)
        }
    }

    @Test(arguments: [
        (407, "the proxy wants a user name and password (HTTP 407)"),
        (403, "the proxy refused the tunnel with HTTP 403"),
        (502, "the proxy refused the tunnel with HTTP 502"),
    ])
    func tellsARefusalOfTheProxy(status: Int, reason: String) async throws {
        let proxy = try FaultProxy(.refuse(status: status))
        let outcome = try await makeProber(CurlOptions(proxy: .url(proxy.url))).probe(
            exampleCredentials(), at: regional, timeout: .seconds(10))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .proxy)
        #expect(failure.reason == reason)
    }

    @Test func tellsThatTheProxyHangs() async throws {
        let proxy = try FaultProxy(.hang)
        let outcome = try await makeProber(CurlOptions(proxy: .url(proxy.url))).probe(
            exampleCredentials(), at: regional, timeout: .milliseconds(400))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .proxy)
        #expect(failure.timedOut)
    }

    @Test(arguments: [
        "me:hunter2@", "http://me:hunter2", "http://me:hunter2@[::1", "http://me:hun/hunter2@proxy",
        "xx://me:hunter2@proxy",
    ])
    func tellsThatTheProxyIsNoneWithoutItsPassword(url: String) async throws {
        let outcome = try await makeProber(CurlOptions(proxy: .url(url))).probe(
            exampleCredentials(), at: regional, timeout: .seconds(5))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .proxy)
        #expect(!failure.reason.contains("hunter2"), "\(failure.reason)")
    }

    @Test func tellsThatTheProxyIsDownWithoutItsPassword() async throws {
        let server = try FaultServer(.identity)
        server.close()
        let outcome = try await makeProber(
            CurlOptions(proxy: .url("http://me:hunter2@127.0.0.1:\(server.port)"))
        ).probe(exampleCredentials(), at: regional, timeout: .seconds(5))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .proxy)
        #expect(failure.reason == "could not connect to the proxy: Connection refused")
    }

    @Test func tellsThatTheProxyHasNoAddress() async throws {
        let outcome = try await makeProber(
            CurlOptions(proxy: .url("http://me:hunter2@proxy.invalid:3128"))
        ).probe(exampleCredentials(), at: regional, timeout: .seconds(5))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .proxy)
        #expect(failure.reason.contains("proxy.invalid"))
        #expect(!failure.reason.contains("hunter2"))
    }

    @Test func takesTheProxyFromTheEnvironment() async {
        // In a process of its own: the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            let server = try FaultServer(.identity, tls: .valid)
            let proxy = try FaultProxy(.forward(toPort: server.port))
            for name in ["https_proxy", "http_proxy", "all_proxy", "ALL_PROXY", "no_proxy"] {
                unsetenv(name)
            }
            setenv("HTTPS_PROXY", proxy.url, 1)
            setenv("NO_PROXY", "127.0.0.1", 1)
            let prober = try makeProber(CurlOptions(caBundle: server.caBundle))
            let regional = Endpoint(
                url: "https://sts.eu-west-1.amazonaws.com", signingRegion: "eu-west-1",
                partition: "aws")
            let proxied = await prober.probe(
                exampleCredentials(), at: regional, timeout: .seconds(10))
            #expect(proxied.details?.httpStatus == 200, "\(proxied)")
            #expect(proxy.requests.count == 1)
            let direct = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
            #expect(direct.details?.httpStatus == 200, "\(direct)")
            #expect(proxy.requests.count == 1)
        }
    }
}
