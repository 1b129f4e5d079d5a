import HTTP
import Model
import Support
import Testing

@testable import Probing

/// The calls of canaries: what is sent, how it is signed, and how answers are read.
@Suite(.timeLimit(.minutes(1)))
struct CanaryProberTests {
    private static let now = WallTime(parsing: "20261122T140310Z") ?? WallTime(seconds: 0)

    /// A call with its target and the form that it is sent in.
    struct Case: Sendable, CustomTestStringConvertible {
        var call: CanaryCall
        var target: CanaryTarget
        var token: String?
        var testDescription: String { "\(call.title) \(target.url)" }
    }

    private static func request(
        _ service: String, _ method: String, _ url: String, status: Int = 200,
        region: String = "eu-west-1", token: String? = nil
    ) -> Case {
        Case(
            call: CanaryCall(
                .request(service: service, method: method, url: url, expectedStatus: status)),
            target: CanaryTarget(url: url, service: service, region: region), token: token)
    }

    private static func action(
        _ service: String, _ name: String, _ url: String, signing: String? = nil,
        region: String = "eu-west-1", token: String? = nil
    ) -> Case {
        Case(
            call: CanaryCall(.action(service: service, name: name)),
            target: CanaryTarget(url: url, service: signing ?? service, region: region),
            token: token)
    }

    static let cases = [
        request("s3", "GET", "https://bucket.s3.eu-west-1.amazonaws.com/"),
        request("s3", "GET", "https://bucket.s3.eu-west-1.amazonaws.com"),
        request("s3", "HEAD", "https://bucket.s3.eu-west-1.amazonaws.com/a//b/../c%20d%2Be"),
        request(
            "s3", "GET",
            "https://s3.eu-west-1.amazonaws.com/bucket?list-type=2&prefix=a%2Fb&max-keys=1&delimiter",
            token: "a/token=="),
        request("s3", "GET", "http://127.0.0.1:9000/bucket/key%2Fwith%3Dsigns"),
        request(
            "lambda", "GET",
            "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/a%3Ab/?MaxItems=1"),
        request("execute-api", "GET", "https://abc.execute-api.eu-west-1.amazonaws.com/a/./b//c"),
        request(
            "iam", "GET", "https://iam.amazonaws.com/?Version=2010-05-08&Action=GetUser",
            region: "us-east-1"),
        request("route53", "GET", "https://route53.amazonaws.com/2013-04-01/hostedzone"),
        action("iam", "GetUser", "https://iam.amazonaws.com", region: "us-east-1"),
        action(
            "cloudwatch", "ListMetrics", "https://monitoring.eu-west-1.amazonaws.com",
            signing: "monitoring", token: "token"),
        action("dynamodb", "ListTables", "https://dynamodb.eu-west-1.amazonaws.com"),
        action("cloudtrail", "LookupEvents", "https://cloudtrail.eu-west-1.amazonaws.com"),
        action("s3", "ListAllMyBuckets", "https://s3.eu-west-1.amazonaws.com"),
    ]

    @Test(.enabled("python3 with botocore is not installed") { await hasBotocore })
    func `signatures are those that botocore makes of the same requests`() async throws {
        let prober = CanaryProber(transport: NoTransport(), clock: { Self.now })
        for item in Self.cases {
            let request = try prober.request(
                item.call, item.target,
                exampleCredentials(
                    secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token: item.token),
                at: Self.now, .seconds(5))
            func header(_ name: String) -> String? {
                request.headers.first { $0.name.lowercased() == name.lowercased() }
                    .map { String(decoding: $0.value, as: UTF8.self) }
            }
            let signed = ["Content-Type", "X-Amz-Target"].flatMap { name in
                header(name).map { ["\(name):\($0)"] } ?? []
            }
            let method =
                switch request.method {
                case .get: "GET"
                case .head: "HEAD"
                case .post: "POST"
                case .put: "PUT"
                }
            // A URL without a path is sent with `/`, which botocore leaves to its HTTP library.
            let hasPath = request.url.dropFirst(8).contains("/")
            let url = hasPath ? request.url : request.url + "/"
            let outcome = try await Subprocess.run(
                "python3",
                [
                    "-c", Self.signer, method, url, item.target.service, item.target.region,
                    item.token ?? "", String(decoding: request.body, as: UTF8.self),
                ] + signed)
            #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
            let lines = outcome.outputText.split(separator: "\n").map(String.init)
            #expect(header("Authorization") == lines.first, "\(item)")
            #expect(header("X-Amz-Content-Sha256") ?? "none" == lines.last, "\(item)")
        }
    }

    /// Signs a request as AWS's SDK for Python does, at the time of the test.
    private static let signer = """
        import sys, datetime
        import botocore.auth, botocore.awsrequest, botocore.credentials
        now = datetime.datetime(2026, 11, 22, 14, 3, 10, tzinfo=datetime.timezone.utc)
        botocore.auth.get_current_datetime = lambda *a, **k: now
        method, url, service, region, token, body = sys.argv[1:7]
        kind = botocore.auth.S3SigV4Auth if service == 's3' else botocore.auth.SigV4Auth
        keys = botocore.credentials.Credentials(
            'AKIAQNCLJGYSAZAAN74C', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', token or None)
        headers = dict(h.split(':', 1) for h in sys.argv[7:])
        request = botocore.awsrequest.AWSRequest(
            method=method, url=url, headers=headers, data=body.encode())
        request.context['payload_signing_enabled'] = True
        kind(keys, service, region).add_auth(request)
        print(request.headers['Authorization'])
        print(request.headers.get('X-Amz-Content-SHA256', 'none'))
        """

    private static var hasBotocore: Bool {
        get async {
            let outcome = try? await Subprocess.run("python3", ["-c", "import botocore.auth"])
            return outcome?.ending == .exited(0)
        }
    }

    private struct NoTransport: Transport {
        func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
            throw .setup("nothing is sent")
        }
    }

    // MARK: - On the wire

    private func outcomes(
        _ calls: [CanaryCall], _ server: ScriptedServer, _ limit: Duration = .seconds(10)
    ) async throws -> [CanaryOutcome] {
        let prober = CanaryProber(
            transport: try CurlTransport(CurlOptions(proxy: .none)), clock: systemTime)
        return await prober.probe(
            calls.map { call in
                var url = "http://127.0.0.1:\(server.port)"
                if case .request(_, _, let path, _) = call.form { url += path }
                return (
                    call,
                    .success(CanaryTarget(url: url, service: call.service, region: "us-east-1"))
                )
            }, with: exampleCredentials(), within: limit)
    }

    private func get(_ path: String, method: String = "GET") -> CanaryCall {
        CanaryCall(.request(service: "s3", method: method, url: path, expectedStatus: 200))
    }

    @Test func `requests arrive as the config says, in their order`() async throws {
        let server = try ScriptedServer { request, _ in
            .http(200, request.method == "HEAD" ? "" : "<ok/>", headers: ["x-amz-request-id: ABC"])
        }
        let calls = [
            get("/a//../b%20c?prefix=x%2Fy&z"), get("/head", method: "HEAD"),
            CanaryCall(.action(service: "iam", name: "GetUser")),
            CanaryCall(.action(service: "ecs", name: "ListClusters")),
            CanaryCall(.action(service: "s3", name: "ListBuckets")),
        ]
        let outcomes = try await outcomes(calls, server)
        #expect(outcomes.map(\.call) == calls)
        #expect(outcomes.allSatisfy { $0.answer.details?.httpStatus == 200 })
        #expect(outcomes.allSatisfy { $0.answer.details?.requestID == "ABC" })
        let lines = Set(server.requests.map { "\($0.method) \($0.target) \($0.body)" })
        #expect(
            lines == [
                "GET /a//../b%20c?prefix=x%2Fy&z ", "HEAD /head ",
                "POST / Action=GetUser&Version=2010-05-08", "POST / {}", "GET / ",
            ])
        let json = server.requests.first { $0.body == "{}" }
        #expect(json?.header("Content-Type") == "application/x-amz-json-1.1")
        #expect(
            json?.header("X-Amz-Target") == "AmazonEC2ContainerServiceV20141113.ListClusters")
        #expect(server.requests.allSatisfy { $0.accessKeyID == "AKIAQNCLJGYSAZAAN74C" })
    }

    @Test(
        arguments: [
            (
                403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", [],
                "AccessDenied"
            ),
            (
                403,
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>",
                [], "UnauthorizedOperation"
            ),
            (
                400, #"{"__type":"com.amazonaws.x#AccessDeniedException","Message":"no"}"#, [],
                "AccessDeniedException"
            ),
            (
                403, #"{"Message":"no"}"#,
                ["x-amzn-ErrorType: AccessDeniedException:http://internal.amazon.com/"],
                "AccessDeniedException"
            ),
            (404, "<html>not here</html>", [], nil), (403, "", [], nil),
            // An object may hold anything.
            (200, "<Error><Code>AccessDenied</Code></Error>", [], nil),
        ] as [(Int, String, [String], String?)])
    func `errors are read in every form`(
        status: Int, body: String, headers: [String], code: String?
    ) async throws {
        let server = try ScriptedServer { _, _ in
            .http(status, body, headers: headers + ["x-amzn-RequestId: 1"])
        }
        let answer = try #require(try await outcomes([get("/")], server).first?.answer)
        switch answer {
        case .refused(let error, let details):
            #expect(error.code == code)
            #expect(details.requestID == "1")
        case .answered(let details, _):
            #expect(code == nil)
            #expect(details.httpStatus == status)
        default: Issue.record("\(answer)")
        }
    }

    @Test func `of a large object the beginning is enough`() async throws {
        let server = try ScriptedServer { _, _ in
            .http(
                200, String(repeating: "x", count: 3_000_000), headers: ["x-amz-request-id: 1"])
        }
        let outcome = try #require(try await outcomes([get("/large")], server).first)
        #expect(outcome.answer.details?.httpStatus == 200, "\(outcome)")
        let endless = try FaultServer(.endlessBody)
        let prober = CanaryProber(
            transport: try CurlTransport(CurlOptions(proxy: .none)), clock: systemTime)
        let other = await prober.probe(
            [
                (
                    get("/"),
                    .success(
                        CanaryTarget(url: endless.url + "/", service: "s3", region: "us-east-1"))
                )
            ], with: exampleCredentials(), within: .seconds(20))
        #expect(other.first?.answer.details?.httpStatus == 200, "\(other)")
    }

    @Test func `all calls together take the time limit once`() async throws {
        let server = try ScriptedServer { _, _ in .hang }
        let limit = Duration.seconds(4)
        let clock = ContinuousClock()
        let start = clock.now
        let outcomes = try await outcomes((0..<5).map { get("/\($0)") }, server, limit)
        // One after the other they would take it five times.
        #expect(clock.now - start < limit * 4)
        #expect(outcomes.count == 5)
        for outcome in outcomes {
            guard case .failed(let failure) = outcome.answer else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(failure.timedOut)
        }
    }

    @Test func `a head after a get and a post after a head are what they are`() async throws {
        let server = try ScriptedServer { _, _ in .http(200, headers: ["x-amz-request-id: 1"]) }
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        for method in [HTTPRequest.Method.get, .head, .post, .head, .get, .put, .head, .put] {
            _ = try await transport.send(
                HTTPRequest(
                    method: method, url: "http://127.0.0.1:\(server.port)/", headers: [],
                    connectTimeout: .seconds(5), timeout: .seconds(5)))
        }
        #expect(
            server.requests.map(\.method) == [
                "GET", "HEAD", "POST", "HEAD", "GET", "PUT", "HEAD", "PUT",
            ])
    }
}
