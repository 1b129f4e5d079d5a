import HTTP
import Model
import Probing
import Support
import Testing

/// Every fault of the server, through the real transport.
@Suite struct ProberTests {
    @Test func returnsTheIdentityWithItsDetails() async throws {
        let server = try FaultServer(.identity)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
        guard case .identity(let identity, let details) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(identity == .example)
        #expect(details.httpStatus == 200)
        #expect(details.requestID == "01234567-89ab-cdef-0123-000000000001")
        #expect(details.latency > .zero && details.latency < .seconds(5))
        let skew = try #require(details.skew)
        #expect(skew > .seconds(-3) && skew < .seconds(2))
    }

    @Test func sendsWhatAnSDKSends() async throws {
        let server = try FaultServer(.identity)
        let before = systemTime()
        _ = try await makeProber().probe(
            exampleCredentials(token: "a/token=="), at: server.endpoint, timeout: .seconds(5))
        let after = systemTime()
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/")
        #expect(request.body == "Action=GetCallerIdentity&Version=2011-06-15")
        #expect(request.header("Host") == "127.0.0.1:\(server.port)")
        #expect(
            request.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(request.header("User-Agent") == "credwatch/\(credwatchVersion)")
        #expect(request.header("X-Amz-Security-Token") == "a/token==")
        #expect(request.header("Content-Length") == "43")
        #expect(request.header("Expect") == nil && request.header("Accept-Encoding") == nil)
        #expect(request.accessKeyID == "AKIAQNCLJGYSAZAAN74C")
        let authorization = try #require(request.header("Authorization"))
        #expect(
            authorization.contains(
                "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="))
        let date = try #require(request.header("X-Amz-Date").flatMap { WallTime(parsing: $0) })
        // Whole seconds are what the date has.
        #expect(date + .seconds(1) > before && date <= after)
    }

    @Test func keepsThePathOfTheEndpoint() async throws {
        let server = try FaultServer(.identity)
        let endpoint = Endpoint(
            url: server.url + "/a/../b//c%20d", signingRegion: "us-east-1", partition: "aws")
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: endpoint, timeout: .seconds(5))
        #expect(outcome.details?.httpStatus == 200)
        #expect(server.requests.first?.target == "/a/../b//c%20d")
    }

    @Test(arguments: [
        (Fault.invalidClientTokenID, 403, "InvalidClientTokenId", "is invalid."),
        (.invalidToken, 403, "InvalidClientTokenId", "request is invalid"),
        (.signatureExpired, 403, "SignatureDoesNotMatch", "is now earlier than"),
        (.signatureNotYetCurrent, 403, "SignatureDoesNotMatch", "is still later than"),
        (.signatureDoesNotMatch, 403, "SignatureDoesNotMatch", "we calculated does not match"),
        (.throttling, 400, "Throttling", "Rate exceeded"),
        (.expiredToken, 403, "ExpiredToken", "is expired"),
        (.accessDenied, 403, "AccessDenied", "explicit deny"),
        (.incompleteSignature, 400, "IncompleteSignature", "'AKIAQNCLJGYSAZAAN74C/2026"),
        (.identityProviderUnreachable, 400, "InvalidIdentityToken", "Couldn't retrieve"),
        (.requestExpired, 400, "RequestExpired", "has expired"),
        (.regionDisabled, 403, "RegionDisabledException", "not activated in this region"),
        (.optInRequired, 403, "OptInRequired", "subscription"),
        (.internalFailure, 500, "InternalFailure", "unknown error"),
        (.serviceUnavailable, 503, "ServiceUnavailable", "temporary failure"),
        (.jsonError, 400, "ExpiredTokenException", "token is expired"),
    ])
    func readsErrorsWhateverTheStatus(
        fault: Fault, status: Int, code: String, words: String
    ) async throws {
        let server = try FaultServer(fault)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
        guard case .refused(let error, let details) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error.code == code)
        #expect(error.message.contains(words))
        #expect(details.httpStatus == status)
        #expect(details.requestID != nil)
    }

    @Test(arguments: [
        (Fault.captivePortal, "an HTML page"),
        (.redirect, "a redirect to portal.example.net"),
        (.emptyBody, "an empty answer"),
        (.plainInternalError, "text with HTTP status 500"),
        (.plainServiceUnavailable, "an HTML page with HTTP status 503"),
        (.foreignXML, "an XML document that is not AWS's"),
        (.foreignJSON, "JSON that is not AWS's"),
        (.garbage, "binary data"),
    ])
    func saysWhatSomebodyElsesAnswerLooksLike(fault: Fault, what: String) async throws {
        let server = try FaultServer(fault)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
        guard case .notAWS(let seen, let details) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(seen == what)
        #expect(details.requestID == nil)
        // What is no answer of HTTP/1.1 is asked for again by libcurl, which can make something of it.
        #expect(server.requestCount == (fault == .garbage ? 2 : 1))
    }

    @Test(arguments: [
        (Fault.signatureExpired, 1_200), (.signatureNotYetCurrent, -1_200), (.wrongDate, 3_600),
        (.identity, 0),
    ])
    func measuresTheSkew(fault: Fault, seconds: Int) async throws {
        let server = try FaultServer(fault)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
        let skew = try #require(outcome.details?.skew)
        #expect(skew > .seconds(seconds - 3) && skew < .seconds(seconds + 2))
    }

    @Test(arguments: [Fault.cachedDate, .absurdDate])
    func ignoresADateThatSaysNothing(fault: Fault) async throws {
        let server = try FaultServer(fault)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
        let details = try #require(outcome.details)
        #expect(details.skew == nil && details.httpStatus == 200)
    }

    @Test func notesThatTheRequestIDIsMissing() async throws {
        let server = try FaultServer(.noRequestID)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
        guard case .identity(_, let details) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(details.requestID == nil)
    }

    @Test(arguments: [
        (Fault.reset, TransportPhase.wait, "broke: recv failure: Connection reset by peer"),
        (.closeBeforeAnswer, .wait, "127.0.0.1 closed the connection without an answer"),
        (.truncatedBody, .body, "127.0.0.1 closed the connection in the middle of its answer"),
        (.hugeBody, .body, "127.0.0.1 sent an answer of more than 1048576 bytes"),
        (.endlessBody, .body, "127.0.0.1 sent an answer of more than 1048576 bytes"),
        (.proxyAuthentication, .proxy, "the proxy wants a user name and password (HTTP 407)"),
    ])
    func keepsThePhaseThatFailed(
        fault: Fault, phase: TransportPhase, reason: String
    ) async throws {
        let server = try FaultServer(fault)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == phase)
        #expect(failure.reason.hasSuffix(reason), "\(failure.reason)")
        #expect(!failure.timedOut)
    }

    @Test(arguments: [
        (Fault.blackHole, TransportPhase.wait, "127.0.0.1 did not answer within 0."),
        (.slowBytes, .body, "the answer of 127.0.0.1 did not end within 0."),
    ])
    func givesUpAfterItsTime(
        fault: Fault, phase: TransportPhase, reason: String
    ) async throws {
        let server = try FaultServer(fault)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .milliseconds(300))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == phase)
        #expect(failure.timedOut)
        #expect(failure.reason.hasPrefix(reason), "\(failure.reason)")
        #expect(failure.latency >= .milliseconds(290) && failure.latency < .seconds(3))
    }

    @Test(arguments: Fault.allCases)
    func takesNoFaultForAnIdentity(fault: Fault) async throws {
        let server = try FaultServer(fault)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .milliseconds(400))
        let good: Set<Fault> = [.identity, .noRequestID, .wrongDate, .cachedDate, .absurdDate]
        if case .identity(let identity, _) = outcome {
            #expect(good.contains(fault) && identity == .example)
        } else {
            #expect(!good.contains(fault), "\(outcome)")
        }
    }

    @Test(arguments: [
        ("ftp://sts.amazonaws.com", "https://"), ("sts.amazonaws.com", "https://"),
        ("https://", "host name"), ("https://a b", "character"),
        ("https://user:secret@sts.amazonaws.com", "user name"),
        ("https://sts.amazonaws.com:99999", "port"), ("http://h/?a=b", "query"),
        ("https://h:", "port"), ("http://h:+80", "port"), ("", "https://"),
    ])
    func refusesURLsThatAreNoEndpoint(url: String, words: String) async throws {
        let outcome = try await makeProber().probe(
            exampleCredentials(),
            at: Endpoint(url: url, signingRegion: "us-east-1", partition: "aws"),
            timeout: .seconds(5))
        let failure = try #require(outcome.failure)
        #expect(failure.phase == .setup)
        #expect(failure.reason.contains(words), "\(failure.reason)")
        #expect(!failure.reason.contains("secret"))
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\0b", "\u{7F}"])
    func refusesCredentialsThatWouldSplitTheRequest(token: String) async throws {
        let server = try FaultServer(.identity)
        let outcome = try await makeProber().probe(
            exampleCredentials(token: token), at: server.endpoint, timeout: .seconds(5))
        let failure = try #require(outcome.failure)
        #expect(failure.phase == .setup)
        #expect(
            failure.reason
                == "the header X-Amz-Security-Token holds a character that HTTP does not allow")
        #expect(server.connectionCount == 0)
    }
}
