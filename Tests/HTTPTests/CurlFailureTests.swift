import CCurl
import Model
import Testing

@testable import HTTP

@Suite struct CurlFailureTests {
    /// What libcurl knows, by how far a request for https://sts.example.com came.
    private func failure(
        _ code: CURLcode, _ message: String = "", lookup: Int64 = 0, connect: Int64 = 0,
        handshake: Int64 = 0, sending: Int64 = 0, firstByte: Int64 = 0, systemError: Int32 = 0,
        proxyStatus: Int = 0, peerPort: Int = 0, mayUseProxy: Bool = false
    ) throws -> TransportFailure {
        CurlFailure(
            code: code, message: message,
            address: try EndpointAddress("https://sts.example.com"), lookup: lookup,
            connect: connect, handshake: handshake, sending: sending, firstByte: firstByte,
            total: 2_000_000, systemError: systemError, proxyStatus: proxyStatus,
            peerPort: peerPort, mayUseProxy: mayUseProxy, trust: .file("/nonexistent/ca.pem"),
            largestAnswer: 1_000
        ).asTransportFailure
    }

    @Test func judgesATimeoutByTheProgress() throws {
        let code = CURLE_OPERATION_TIMEDOUT
        let cases: [(TransportFailure, TransportPhase, String)] = [
            (try failure(code), .lookup, "the lookup of host sts.example.com gave nothing"),
            (try failure(code, lookup: 1), .connect, "no connection to sts.example.com port 443"),
            (
                try failure(code, lookup: 1, peerPort: 443), .tls,
                "the TLS handshake with sts.example.com did not end"
            ),
            (
                try failure(code, lookup: 1, connect: 2, peerPort: 443), .tls,
                "the TLS handshake with sts.example.com did not end"
            ),
            (
                try failure(code, lookup: 1, peerPort: 3_128, mayUseProxy: true), .proxy,
                "the proxy opened no tunnel to sts.example.com"
            ),
            (
                try failure(
                    code, lookup: 1, proxyStatus: 200, peerPort: 3_128, mayUseProxy: true), .tls,
                "the TLS handshake with sts.example.com did not end"
            ),
            (
                try failure(code, lookup: 1, connect: 2, handshake: 3), .send,
                "the request to sts.example.com was not sent"
            ),
            (
                try failure(code, lookup: 1, connect: 2, handshake: 3, sending: 4), .wait,
                "sts.example.com did not answer"
            ),
            (
                // A connection that is used again has no times of its own.
                try failure(code, sending: 4), .wait, "sts.example.com did not answer"
            ),
            (
                try failure(code, sending: 4, firstByte: 5), .body,
                "the answer of sts.example.com did not end"
            ),
        ]
        for (failure, phase, reason) in cases {
            #expect(failure.phase == phase)
            #expect(failure.reason == reason + " within 2s")
            #expect(failure.timedOut)
            #expect(failure.latency == .seconds(2))
        }
    }

    @Test func knowsThePhaseOfACode() throws {
        let cases: [(TransportFailure, TransportPhase, String)] = [
            (
                try failure(CURLE_COULDNT_RESOLVE_HOST), .lookup,
                "could not resolve host sts.example.com"
            ),
            (
                try failure(
                    CURLE_COULDNT_RESOLVE_PROXY, "Could not resolve proxy: proxy.example.com"),
                .proxy, "could not resolve proxy: proxy.example.com (sts.example.com)"
            ),
            (
                try failure(
                    CURLE_COULDNT_CONNECT,
                    "Failed to connect to sts.example.com port 443 after 0 ms: x",
                    systemError: 111, mayUseProxy: true), .connect,
                "could not connect to sts.example.com port 443: Connection refused"
            ),
            (
                try failure(
                    CURLE_COULDNT_CONNECT,
                    "Failed to connect to proxy.example.com port 3128 after 0 ms: x",
                    systemError: 113, mayUseProxy: true), .proxy,
                "could not connect to the proxy: No route to host"
            ),
            (
                try failure(
                    CURLE_RECV_ERROR, "CONNECT tunnel failed, response 407", proxyStatus: 407,
                    peerPort: 3_128, mayUseProxy: true), .proxy,
                "the proxy wants a user name and password (HTTP 407)"
            ),
            (
                try failure(CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: Connection reset"),
                .tls, "no TLS with sts.example.com: OpenSSL SSL_connect: Connection reset"
            ),
            (
                try failure(CURLE_SSL_CACERT_BADFILE), .setup,
                "cannot read the CA bundle /nonexistent/ca.pem: No such file or directory"
            ),
            (
                try failure(CURLE_WRITE_ERROR, firstByte: 1), .body,
                "sts.example.com sent an answer of more than 1000 bytes"
            ),
            (
                try failure(CURLE_SEND_ERROR, "Send failure: Broken pipe", sending: 1), .send,
                "the connection to sts.example.com broke: send failure: Broken pipe"
            ),
            (
                try failure(CURLE_WEIRD_SERVER_REPLY, "Invalid status line", sending: 1), .wait,
                "invalid status line (sts.example.com)"
            ),
            (try failure(CURLE_URL_MALFORMAT), .setup, ""),
        ]
        for (failure, phase, reason) in cases {
            #expect(failure.phase == phase)
            #expect(reason.isEmpty || failure.reason == reason, "\(failure.reason)")
            #expect(!failure.timedOut)
        }
    }

    @Test(arguments: [
        ("Could not resolve host: a.example", "could not resolve host: a.example"),
        ("Bad proxy http://me:hunter2@proxy:3128/ given", "bad proxy http://proxy:3128/ given"),
        ("Bad proxy http://a@b:c@proxy", "bad proxy http://proxy"),
        ("Bad proxy in 'http://me:hun/ter2@proxy'", "bad proxy in 'http://proxy'"),
        ("Bad proxy in 'me:hun ter2@'", "bad proxy in '@'"),
        ("Bad proxy me:hunter2@proxy given", "bad proxy @proxy given"),
        (
            "Bad proxy http://me:\(String(repeating: "hunter2", count: 40))@proxy",
            "bad proxy http://proxy"
        ),
        ("SSL: no alternative name", "SSL: no alternative name"),
        ("two\nlines\u{1B}[2J\u{7F}é", "two?lines?[2J???"),
        ("It ended. ", "it ended"), ("", ""), ("A", "a"), ("@", "@"), ("://@", "://"),
    ])
    func makesClausesOfForeignWords(words: String, clause: String) {
        #expect(CurlFailure.clause(words) == clause)
        #expect(CurlFailure.clause(String(repeating: words, count: 300)).utf8.count <= 200)
    }
}
