import Model
import Resolving
import Sandbox
import Scheduling
import Support
import Testing

@testable import Daemon

/// Checks as the daemon makes them, from the files to the diagnosis, against servers on loopback.
@Suite(.timeLimit(.minutes(1)))
struct CheckPipelineTests {
    private let machine: Machine

    init() throws { machine = try Machine() }

    @Test func `a good credential is told with all that is known of it`() async throws {
        let server = try FaultServer()
        try machine.write(.init("app"))
        let before = SystemClock.wall()
        let result = try await machine.pipeline(url: server.url).check(profile("app"))
        #expect(result.profile == "app")
        #expect(result.diagnosis.cause == .ok)
        #expect(result.diagnosis.verdict == .good)
        #expect(result.identity == .example)
        #expect(result.accessKeyID == Sample.keyID)
        #expect(result.source == "[app] in \(machine.folder.file("credentials")):1")
        #expect(result.endpoint?.url == server.url)
        #expect(try #require(result.skew).magnitude < .seconds(5))
        #expect(try #require(result.latency) > .zero)
        #expect(
            result.startedAt.wall >= before && result.finishedAt.moment > result.startedAt.moment)
        #expect(result.sourceModifiedAt != nil)
        #expect(server.requestCount == 1)
        #expect(server.requests.first?.accessKeyID == Sample.keyID)
    }

    @Test func `files are read again for every check, and a changed key is another one`()
        async throws
    {
        let server = try FaultServer()
        let pipeline = try machine.pipeline(url: server.url)
        try machine.write(.init("app"))
        let first = await pipeline.check(profile("app"))
        #expect(first.accessKeyID == Sample.keyID)
        #expect(await pipeline.check(profile("app")).fingerprint == first.fingerprint)
        try machine.write(.init("app", keyID: Sample.otherKeyID))
        // A look at the files counts as fresh for some milliseconds.
        var second = await pipeline.check(profile("app"))
        while second.accessKeyID == Sample.keyID {
            second = await pipeline.check(profile("app"))
        }
        #expect(second.accessKeyID == Sample.otherKeyID)
        #expect(second.fingerprint != first.fingerprint)
        #expect(server.requests.last?.accessKeyID == Sample.otherKeyID)
    }

    @Test func `what does not resolve is told without a question`() async throws {
        let server = try FaultServer()
        let missing = try await machine.pipeline(url: server.url).check(profile("app"))
        #expect(missing.diagnosis.cause == .profileMissing)
        try machine.folder.write("credentials", "[app]\naws_access_key_id = \(Sample.keyID)\n")
        let incomplete = try await machine.pipeline(url: server.url).check(profile("app"))
        #expect(incomplete.diagnosis.cause == .credentialsIncomplete)
        try machine.folder.write("credentials", "[app\n")
        let malformed = try await machine.pipeline(url: server.url).check(profile("app"))
        #expect(malformed.diagnosis.cause == .fileMalformed)
        for result in [missing, incomplete, malformed] {
            #expect(result.diagnosis.verdict == .unknown)
            #expect(result.endpoint == nil && result.latency == nil && result.fingerprint == nil)
        }
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [
        (Machine.Section("app", keyID: "YOUR_ACCESS_KEY"), Cause.placeholderCredentials),
        (Machine.Section("app", keyID: "AKIAIOSFODNN7EXAMPLE"), .placeholderCredentials),
        (Machine.Section("app", keyID: Sample.temporaryKeyID), .sessionTokenMissing),
        (
            Machine.Section("app", secret: "u3Vx0Hq/8mJt Yb2+LkWn5RzPc7QfDgEs1AiTo9X"),
            .malformedValue
        ),
    ])
    func `what can be seen to be wrong is told without a question`(
        _ section: Machine.Section, _ cause: Cause
    ) async throws {
        let server = try FaultServer()
        try machine.write(section)
        let result = try await machine.pipeline(url: server.url).check(profile("app"))
        #expect(result.diagnosis.cause == cause)
        #expect(result.diagnosis.verdict == .bad)
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [
        ExpectedIdentity(account: "123456789012"),
        ExpectedIdentity(arn: "arn:aws:iam::*:user/other"),
    ])
    func `another identity than the expected one is bad`(_ expected: ExpectedIdentity) async throws
    {
        let server = try FaultServer()
        try machine.write(.init("app"))
        let result = try await machine.pipeline(url: server.url).check(
            profile("app", expected: expected))
        #expect(result.diagnosis.cause == .wrongIdentity)
        #expect(result.diagnosis.verdict == .bad)
        #expect(result.identity == .example)
    }

    @Test func `a leftover session token is found out by asking without it`() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let key = try sandbox.createUser("app")
        try machine.write(.init("app", key, token: Sample.token))
        let pipeline = try machine.pipeline(url: sandbox.url)
        let leftover = await pipeline.check(profile("app"))
        #expect(leftover.diagnosis.cause == .leftoverSessionToken)
        #expect(sandbox.calls.map(\.errorCode) == ["InvalidClientTokenId", nil])

        try sandbox.delete(key)
        let dead = await pipeline.check(profile("app"))
        #expect(dead.diagnosis.cause == .keyNotRecognized)
        #expect(sandbox.callCount == 4)
        #expect(dead.diagnosis.verdict == .bad)
    }

    @Test func `a session is good with its token until it ends`() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        try sandbox.createUser("app")
        let session = try sandbox.startSession(user: "app")
        try machine.write(
            .init(
                "app", keyID: session.id, secret: session.secret.reveal(),
                token: session.token.reveal(),
                more: ["aws_session_expiration = 2026-11-22T15:00:00Z"]))
        let pipeline = try machine.pipeline(url: sandbox.url)
        let good = await pipeline.check(profile("app"))
        #expect(good.diagnosis.cause == .ok)
        #expect(good.expiresAt == WallTime(parsing: "2026-11-22T15:00:00Z"))
        #expect(good.endsForGood == good.expiresAt)
        #expect(sandbox.callCount == 1)
    }

    @Test func `no secret stands in a result, wherever it was pasted`() async throws {
        let server = try FaultServer(.incompleteSignature)
        for section in [
            Machine.Section("app", token: Sample.token),
            Machine.Section("app", keyID: Sample.secret, secret: Sample.keyID),
        ] {
            try machine.write(section)
            let pipeline = try machine.pipeline(url: server.url)
            for fault in [Fault.incompleteSignature, .invalidClientTokenID, .identity] {
                server.set(fault)
                let text = "\(await pipeline.check(profile("app")))"
                #expect(!text.contains(Sample.secret), "\(fault)")
                #expect(!text.contains(Sample.token), "\(fault)")
            }
        }
    }
}

/// Proofs and what profiles know of each other.
@Suite(.timeLimit(.minutes(1)))
struct CheckPipelinePathTests {
    private let machine: Machine

    init() throws { machine = try Machine() }

    @Test func `a proof asks where the primary was refused and nowhere else`() async throws {
        let own = try FaultServer(.invalidClientTokenID)
        let primary = try FaultServer(.identity)
        try machine.write(.init("backup"))
        let pipeline = try machine.pipeline(url: own.url)
        let proof = await pipeline.check(profile("backup"), at: primary.endpoint)
        #expect(proof.diagnosis.cause == .ok)
        #expect(proof.endpoint == primary.endpoint)
        #expect(own.requestCount == 0)
        #expect(primary.requestCount == 1)
        // The profile's own check is not changed by it.
        #expect(await pipeline.check(profile("backup")).diagnosis.cause == .keyNotRecognized)
        #expect(primary.requestCount == 1)
    }

    @Test func `a proof that is refused does not ask the main region`() async throws {
        let regions = try TestRegions(.invalidClientTokenID, main: .identity)
        try machine.write(.init("backup"))
        let primary = Endpoint(
            url: "https://\(TestRegions.regionHost)", signingRegion: "eu-west-1", partition: "aws")
        let proof = try await machine.pipeline(regions.options).check(
            profile("backup", region: "eu-central-1"), at: primary)
        #expect(proof.diagnosis.cause == .keyNotRecognized)
        #expect(proof.diagnosis.verdict == .bad)
        #expect(regions.proxy.hosts == [TestRegions.regionHost])
    }

    @Test func `signatures that fail for all are the path's fault`() async throws {
        let server = try FaultServer(.signatureDoesNotMatch)
        try machine.write(.init("app"), .init("other", keyID: Sample.otherKeyID))
        let pipeline = try machine.pipeline(url: server.url)
        #expect(await pipeline.check(profile("app")).diagnosis.cause == .wrongSecret)
        #expect(await pipeline.check(profile("app")).diagnosis.cause == .wrongSecret)
        #expect(await pipeline.check(profile("other")).diagnosis.cause == .signatureAltered)
        #expect(await pipeline.check(profile("app")).diagnosis.cause == .signatureAltered)
        // One that passes says that the path is good.
        server.set(.identity, forKey: Sample.otherKeyID)
        #expect(await pipeline.check(profile("other")).diagnosis.cause == .ok)
        #expect(await pipeline.check(profile("app")).diagnosis.cause == .wrongSecret)
    }

    @Test func `one key in two profiles is no second witness`() async throws {
        let server = try FaultServer(.signatureDoesNotMatch)
        try machine.write(.init("app"), .init("copy"))
        let pipeline = try machine.pipeline(url: server.url)
        #expect(await pipeline.check(profile("app")).diagnosis.cause == .wrongSecret)
        #expect(await pipeline.check(profile("copy")).diagnosis.cause == .wrongSecret)
    }
}
