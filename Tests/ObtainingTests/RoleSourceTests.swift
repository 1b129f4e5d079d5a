import HTTP
import Model
import Processes
import Sandbox
import Support
import Testing

@testable import Obtaining

@Suite(.timeLimit(.minutes(1))) struct RoleSourceTests {
    private let roleARN = "arn:aws:iam::123456789012:role/deploy"

    private func step(
        _ url: String, session: String? = "night", externalID: String? = nil, seconds: Int? = nil
    ) -> PlanStep {
        .assumeRole(
            RoleAssumption(
                roleARN: Sourced(roleARN, from: testPlace), sessionName: session,
                externalID: externalID, durationSeconds: seconds,
                endpoint: Endpoint(url: url, signingRegion: "eu-central-1", partition: "aws")))
    }

    private func base(_ key: AccessKey) -> PlanStep {
        .keys(
            Credentials(
                accessKeyID: Sourced(key.id, from: testPlace),
                secretAccessKey: Sourced(key.secret, from: testPlace)))
    }

    @Test func assumesARoleWithTheBaseCredentials() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let key = try sandbox.createUser("app")
        _ = try sandbox.withWorld { world, now throws(ServiceFault) in
            try world.createRole("deploy", in: "123456789012", trusting: ["123456789012"], now: now)
        }
        let obtained = try await makeObtainer(proxy: .none).obtain(
            [base(key), step(sandbox.url, seconds: 900)], within: .seconds(10))
        let credentials = obtained.credentials
        #expect(credentials.accessKeyID.value.hasPrefix("ASIA"))
        #expect(credentials.accessKeyID.provenance == testPlace)
        #expect(credentials.accountID == "123456789012")
        let left = try #require(credentials.expiresAt).value - Instant.now().wall
        #expect(left > .seconds(800) && left <= .seconds(900))
        #expect(obtained.endsForGood == nil)
        // A chain: the role's own session assumes it again.
        let again = try await makeObtainer(proxy: .none).obtain(
            [base(key), step(sandbox.url), step(sandbox.url, session: nil)], within: .seconds(10))
        #expect(again.credentials.accessKeyID != credentials.accessKeyID)
        #expect(sandbox.calls.map(\.action) == ["AssumeRole", "AssumeRole", "AssumeRole"])
        #expect(sandbox.calls.allSatisfy { $0.errorCode == nil })
    }

    @Test func tellsARefusalWithTheBase() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let key = try sandbox.createUser("app")
        let result = await obtain(
            try makeObtainer(proxy: .none), [base(key), step(sandbox.url)])
        let problem = try #require(result.problem)
        #expect(kind(problem) == "refused AccessDenied")
        #expect(problem.source == .assumeRole)
        #expect(problem.place == testPlace)
        #expect(problem.base?.accessKeyID.value == key.id)
        #expect(problem.endpoint?.url == sandbox.url)
        #expect(problem.evidence.contains(.note("the role is \(roleARN)")))
        #expect(!dumped(problem).contains(key.secret.reveal()))
        #expect(sandbox.callCount == 1)
    }

    @Test func sendsWhatTheProfileSays() async throws {
        let server = try ScriptedServer { _, _ in .http(200, sessionXML) }
        let obtained = try await makeObtainer(proxy: .none).obtain(
            [
                .keys(Sample.credentials(token: Sample.token)),
                step(server.url, session: nil, externalID: "a b&c=d", seconds: 1_800),
            ], within: .seconds(10))
        let request = try #require(server.requests.first)
        #expect(
            request.body.hasPrefix(
                "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012"
                    + "%3Arole%2Fdeploy&RoleSessionName=credwatch-"))
        #expect(request.body.hasSuffix("&DurationSeconds=1800&ExternalId=a%20b%26c%3Dd"))
        #expect(request.header("x-amz-security-token") == Sample.token)
        #expect(request.accessKeyID == Sample.keyID)
        #expect(obtained.credentials.sessionToken?.value.reveal() == "a-session-token+/=")
    }

    @Test(arguments: [
        (503, ""), (500, "oops"), (429, "slow"), (400, throttlingXML),
    ])
    func asksOnceMoreWhenItMayPass(status: Int, body: String) async throws {
        let server = try ScriptedServer { _, number in
            number == 1 ? .http(status, body) : .http(200, sessionXML)
        }
        _ = try await makeObtainer(proxy: .none).obtain(
            [.keys(Sample.credentials()), step(server.url)], within: .seconds(10))
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [
        (ScriptedServer.Reply.http(500, "oops"), "notAWS text with HTTP status 500", 2),
        (.http(404), "notAWS an empty answer with HTTP status 404", 1),
        (.http(200), "notAWS an empty answer", 1),
        (.http(200, "<html><body>Wi-Fi</body></html>"), "notAWS an HTML page", 1),
        (
            .http(302, "", headers: ["Location: https://portal.example/?x"]),
            "notAWS a redirect to portal.example", 1
        ),
        (.http(200, throttlingXML), "refused Throttling", 1),
        (.http(200, "{\"__type\":\"a#AccessDenied\"}"), "refused AccessDenied", 1),
        (.http(407), "failed proxy", 1),
        (.cutOff(sessionXML), "failed body", 2),
        (.close, "failed wait", 2),
    ])
    func tellsWhatAnswered(reply: ScriptedServer.Reply, reason: String, asked: Int) async throws {
        let server = try ScriptedServer { _, _ in reply }
        let result = await obtain(
            try makeObtainer(proxy: .none), [.keys(Sample.credentials()), step(server.url)],
            within: .seconds(30))
        #expect(kind(result.problem) == reason)
        // libcurl itself asks again when a connection that it kept turns out to be closed.
        #expect(server.requests.count >= asked)
        #expect(!dumped(result).contains(Sample.secret))
    }

    @Test func waitsNoLongerThanItMay() async throws {
        let server = try ScriptedServer { _, _ in .hang }
        let result = await obtain(
            try makeObtainer(proxy: .none), [.keys(Sample.credentials()), step(server.url)],
            within: .milliseconds(500))
        guard case .failed(let failure) = result.problem?.reason else {
            Issue.record("\(dumped(result))")
            return
        }
        #expect(failure.timedOut)
    }

    @Test func hidesWhatAMessageRepeats() async throws {
        let server = try ScriptedServer { request, _ in
            .http(
                403,
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no: a-shared-external-id"
                    + "</Message></Error></ErrorResponse>")
        }
        let result = await obtain(
            try makeObtainer(proxy: .none),
            [.keys(Sample.credentials()), step(server.url, externalID: "a-shared-external-id")])
        #expect(kind(result.problem) == "refused AccessDenied")
        #expect(!dumped(result).contains("a-shared-external-id"))
    }

    @Test func refusesAURLThatIsNone() async throws {
        let result = await obtain(
            try makeObtainer(proxy: .none), [.keys(Sample.credentials()), step("ftp://x")])
        #expect(kind(result.problem) == "failed setup")
    }
}

let sessionXML = """
    <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
    <AssumedRoleUser><AssumedRoleId>AROA:night</AssumedRoleId>
    <Arn>arn:aws:sts::123456789012:assumed-role/deploy/night</Arn></AssumedRoleUser>
    <Credentials><AccessKeyId>ASIAY34FZKBOKMUTVV7A</AccessKeyId>
    <SecretAccessKey>a-secret-of-a-session</SecretAccessKey>
    <SessionToken>a-session-token+/=</SessionToken>
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
    </AssumeRoleResult></AssumeRoleResponse>
    """

let throttlingXML =
    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
