import HTTP
import Model
import Probing
import Support
import Testing

/// Calls of actions, through the real transport.
@Suite struct ServiceCallerTests {
    private func call(
        _ action: String = "GetCallerIdentity", _ parameters: [(name: String, value: String)] = [],
        of service: AWSQueryService = .sts, at server: FaultServer, token: String? = nil,
        timeout: Duration = .seconds(5)
    ) async throws -> ServiceCallOutcome {
        let caller = ServiceCaller(
            transport: try CurlTransport(CurlOptions(proxy: .none)), clock: systemTime)
        return await caller.call(
            action, parameters, of: service, at: server.endpoint,
            with: exampleCredentials(token: token), timeout: timeout)
    }

    @Test func returnsTheBodyOfAnAnswerToTheAction() async throws {
        let server = try FaultServer(.identity)
        let outcome = try await call(at: server)
        guard case .answered(let body, let details) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(String(decoding: body, as: UTF8.self).contains(CallerIdentity.example.arn))
        #expect(details.httpStatus == 200 && details.requestID != nil && details.skew != nil)
    }

    @Test func signsAFormForTheService() async throws {
        let server = try FaultServer(.identity)
        _ = try await call(
            "GetUser", [("UserName", "a+b@c d"), ("Marker", "x&y=z")], of: .iam, at: server,
            token: "a/token==")
        let request = try #require(server.requests.first)
        #expect(
            request.body
                == "Action=GetUser&Version=2010-05-08&UserName=a%2Bb%40c%20d&Marker=x%26y%3Dz")
        #expect(request.method == "POST" && request.target == "/")
        #expect(request.header("X-Amz-Security-Token") == "a/token==")
        let authorization = try #require(request.header("Authorization"))
        #expect(authorization.contains("/us-east-1/iam/aws4_request"))
        #expect(
            authorization.contains(
                "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,"))
    }

    @Test func takesTheAnswerToAnotherActionForNone() async throws {
        let outcome = try await call("GetUser", of: .iam, at: try FaultServer(.identity))
        guard case .notAWS("an XML document that is not AWS's", _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test(arguments: [
        (Fault.invalidClientTokenID, "InvalidClientTokenId"), (.throttling, "Throttling"),
        (.accessDenied, "AccessDenied"), (.internalFailure, "InternalFailure"),
        (.jsonError, "ExpiredTokenException"),
    ])
    func readsErrorsWhateverTheStatus(fault: Fault, code: String) async throws {
        let outcome = try await call(at: try FaultServer(fault))
        guard case .refused(let error, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error.code == code)
    }

    @Test(arguments: [
        (Fault.captivePortal, "an HTML page"), (.emptyBody, "an empty answer"),
        (.foreignXML, "an XML document that is not AWS's"),
        (.plainServiceUnavailable, "an HTML page with HTTP status 503"),
    ])
    func namesWhatIsNotAWS(fault: Fault, what: String) async throws {
        let outcome = try await call(at: try FaultServer(fault))
        guard case .notAWS(let seen, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(seen == what)
    }

    @Test(arguments: [
        Fault.blackHole, .closeBeforeAnswer, .reset, .hugeBody, .endlessBody, .truncatedBody,
        .proxyAuthentication,
    ])
    func endsWhateverTheServerDoes(fault: Fault) async throws {
        let outcome = try await call(at: try FaultServer(fault), timeout: .seconds(1))
        guard case .failed(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.latency < .seconds(10))
        #expect(failure.timedOut == (fault == .blackHole) || failure.phase == .body)
    }

    @Test func refusesAnEndpointThatIsNone() async throws {
        let caller = ServiceCaller(
            transport: try CurlTransport(CurlOptions(proxy: .none)), clock: systemTime)
        let outcome = await caller.call(
            "GetUser", of: .iam,
            at: Endpoint(url: "ftp://x", signingRegion: "us-east-1", partition: "aws"),
            with: exampleCredentials(), timeout: .seconds(1))
        guard case .failed(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.phase == .setup)
    }
}
