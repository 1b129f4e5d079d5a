import Model
import Sandbox
import Scheduling
import Support
import Synchronization
import Testing

@testable import Daemon

/// Canaries as checks make them: asked when due, remembered in between, and told apart from STS's answer.
@Suite(.timeLimit(.minutes(1)))
struct CanaryRunnerTests {
    private let machine: Machine
    private let sandbox: Sandbox
    private let key: AccessKey
    private let memory = CanaryMemory()

    init() throws {
        machine = try Machine()
        sandbox = try Sandbox()
        key = try sandbox.createUser("app")
        try machine.write(.init("app", key), .init("ops", try sandbox.createUser("ops")))
    }

    private static let getUser = CanaryCall(.action(service: "iam", name: "GetUser"))

    private func app(
        _ calls: [CanaryCall] = [getUser], counts: Bool = false,
        interval: Duration = .seconds(900), with other: String? = nil
    ) -> ProfileConfiguration {
        var app = profile("app")
        app.canary = Canary(calls: calls, counts: counts, interval: interval)
        app.diagnoseWith = other
        return app
    }

    private func pipeline() throws -> CheckPipeline {
        try machine.pipeline(
            environment: ["AWS_ENDPOINT_URL": sandbox.url], profiles: [profile("ops")],
            memory: memory)
    }

    private func asked() -> [String] { sandbox.calls.map(\.action) }

    @Test func `a good canary leaves the diagnosis as it is, and is asked once in its interval`()
        async throws
    {
        defer { sandbox.stop() }
        let pipeline = try pipeline()
        for _ in 0..<3 {
            let result = await pipeline.check(app())
            #expect(result.diagnosis.cause == .ok && result.diagnosis.verdict == .good)
        }
        #expect(
            asked() == ["GetCallerIdentity", "GetUser", "GetCallerIdentity", "GetCallerIdentity"])
        #expect(memory.advisories(of: "app").isEmpty)
    }

    @Test func `a denied one is asked with every check, until it is answered`() async throws {
        defer { sandbox.stop() }
        let pipeline = try pipeline()
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .withheld))
        for _ in 0..<3 {
            let result = await pipeline.check(app())
            #expect(result.diagnosis.cause == .permissionLost)
            #expect(result.diagnosis.verdict == .good)
            #expect(result.identity?.arn.hasSuffix("user/app") == true)
        }
        #expect(asked().filter { $0 == "GetUser" }.count == 3)
        #expect(memory.advisories(of: "app").map(\.kind) == [.canaryFailed])
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .allowed))
        #expect(await pipeline.check(app()).diagnosis.cause == .ok)
        #expect(memory.advisories(of: "app").isEmpty)
    }

    @Test func `it is bad where it counts`() async throws {
        defer { sandbox.stop() }
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .withheld))
        let result = await (try pipeline()).check(app(counts: true))
        #expect(result.diagnosis.cause == .permissionLost && result.diagnosis.verdict == .bad)
        #expect(result.diagnosis.evidence.contains(.endpoint(sandbox.url)))
        #expect(memory.advisories(of: "app").isEmpty)
    }

    @Test(arguments: [nil, "ops"])
    func `a quarantine is seen by the key itself, or by another identity`(other: String?)
        async throws
    {
        defer { sandbox.stop() }
        let pipeline = try pipeline()
        try sandbox.perform(.quarantine(user: "app", true))
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .denied))
        for _ in 0..<2 {
            let result = await pipeline.check(app(counts: true, with: other))
            #expect(result.diagnosis.cause == .quarantined && result.diagnosis.verdict == .bad)
            #expect(
                result.diagnosis.evidence.contains(
                    .inquiry(
                        action: "iam:ListAttachedUserPolicies",
                        "AWSCompromisedKeyQuarantineV3 is attached to the user")))
        }
        // Looked for once in the canary's interval.
        let looks = sandbox.calls.filter { $0.action == "ListAttachedUserPolicies" }
        #expect(looks.count == 1)
        #expect((looks.first?.accessKeyID == key.id) == (other == nil))
    }

    @Test func `a deny that is no quarantine leaves it a candidate`() async throws {
        defer { sandbox.stop() }
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .denied))
        let result = await (try pipeline()).check(app())
        #expect(result.diagnosis.cause == .permissionLost)
        #expect(result.diagnosis.others.map(\.cause) == [.quarantined])
    }

    @Test func `another credential and another config are asked at once, and so is a restart`()
        async throws
    {
        defer { sandbox.stop() }
        let pipeline = try pipeline()
        func count() -> Int { asked().filter { $0 == "GetUser" }.count }
        _ = await pipeline.check(app())
        _ = await pipeline.check(app())
        #expect(count() == 1)
        _ = await pipeline.check(app(interval: .seconds(60)))
        #expect(count() == 2)
        let new = try #require(try sandbox.perform(.createKey(user: "app")).createdKey)
        try machine.write(.init("app", new))
        // A look at the files counts as fresh for some milliseconds.
        while await pipeline.check(app(interval: .seconds(60))).accessKeyID != new.id {}
        #expect(count() == 3)
        let restarted = try machine.pipeline(environment: ["AWS_ENDPOINT_URL": sandbox.url])
        _ = await restarted.check(app(interval: .seconds(60)))
        #expect(count() == 4)
    }

    @Test func `a proof asks only where it counts, and then always`() async throws {
        defer { sandbox.stop() }
        let pipeline = try pipeline()
        let endpoint = Endpoint(url: sandbox.url, signingRegion: "us-east-1", partition: "aws")
        func count() -> Int { asked().filter { $0 == "GetUser" }.count }
        #expect(await pipeline.check(app(), at: endpoint, isProof: true).diagnosis.verdict == .good)
        #expect(count() == 0)
        for expected in 1...3 {
            let proof = await pipeline.check(app(counts: true), at: endpoint, isProof: true)
            #expect(proof.diagnosis.verdict == .good)
            #expect(count() == expected)
        }
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .withheld))
        let proof = await pipeline.check(app(counts: true), at: endpoint, isProof: true)
        #expect(proof.diagnosis.verdict == .bad)
    }

    @Test func `a proof knows of a quarantine although the canary does not count`() async throws {
        defer { sandbox.stop() }
        let pipeline = try pipeline()
        let endpoint = Endpoint(url: sandbox.url, signingRegion: "us-east-1", partition: "aws")
        try sandbox.perform(.quarantine(user: "app", true))
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .denied))
        #expect(await pipeline.check(app()).diagnosis.cause == .quarantined)
        let proof = await pipeline.check(app(), at: endpoint, isProof: true).diagnosis
        #expect(proof.cause == .quarantined && proof.verdict == .good)
        #expect(asked().filter { $0 == "GetUser" }.count == 1)
    }

    @Test func `a refused credential is asked nothing else`() async throws {
        defer { sandbox.stop() }
        try sandbox.deactivate(key)
        let result = await (try pipeline()).check(app())
        #expect(result.diagnosis.cause == .keyNotRecognized)
        #expect(!asked().contains("GetUser"))
    }

    @Test func `a canary without an answer concludes nothing, and backs off`() async throws {
        defer { sandbox.stop() }
        let status = Mutex(500)
        let storage = try ScriptedServer { _, _ in
            .http(status.withLock(\.self), headers: ["x-amz-request-id: 1"])
        }
        let call = CanaryCall(
            .request(
                service: "s3", method: "HEAD", url: "http://127.0.0.1:\(storage.port)/key",
                expectedStatus: 200))
        let pipeline = try pipeline()
        for _ in 0..<3 {
            let result = await pipeline.check(app([call], counts: true))
            #expect(result.diagnosis.cause == .ok && result.diagnosis.verdict == .good)
            #expect(result.diagnosis.evidence.count == 2, "\(result.diagnosis)")
        }
        #expect(storage.requests.count == 1)
        // A proof does not wait, and proves nothing as long as there is no answer.
        func proof() async -> Verdict {
            await pipeline.check(app([call], counts: true), isProof: true).diagnosis.verdict
        }
        #expect(await proof() == .unknown)
        status.withLock { $0 = 403 }
        #expect(await proof() == .bad)
        status.withLock { $0 = 503 }
        // The denial of before neither counts on nor is it forgotten.
        #expect(await proof() == .unknown)
        status.withLock { $0 = 404 }
        #expect(await proof() == .good)
        #expect(memory.advisories(of: "app").map(\.kind) == [.canaryFailed])
        status.withLock { $0 = 200 }
        #expect(await proof() == .good)
        #expect(memory.advisories(of: "app").isEmpty)
    }

    @Test func `sessions of a role share their canary`() async throws {
        defer { sandbox.stop() }
        let account = Sandbox.standardAccount
        _ = try sandbox.withWorld { world, now throws(ServiceFault) in
            try world.createRole("r", in: account, trusting: [account], now: now)
        }
        try machine.folder.write(
            "config",
            "[profile app]\nrole_arn = arn:aws:iam::\(account):role/r\nsource_profile = base\nregion = us-east-1\n[profile base]\naws_access_key_id = \(key.id)\naws_secret_access_key = \(key.secret.reveal())\n"
        )
        try machine.write(.init("ops", key))
        let call = CanaryCall(.action(service: "iam", name: "ListAccessKeys"))
        for _ in 0..<2 {
            // Each pipeline keeps sessions of its own.
            let result = await (try pipeline()).check(app([call]))
            #expect(result.diagnosis.verdict == .good, "\(result.diagnosis)")
        }
        #expect(asked().filter { $0 == "AssumeRole" }.count == 2)
    }

    @Test func `what a reload takes away is forgotten`() async throws {
        defer { sandbox.stop() }
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .withheld))
        _ = await (try pipeline()).check(app())
        #expect(memory.prune(to: [app()]).isEmpty)
        #expect(memory.advisories(of: "app").count == 1)
        #expect(memory.prune(to: [app(interval: .seconds(1))]) == ["app"])
        #expect(memory.advisories(of: "app").isEmpty)
    }

    @Test func `a check of a profile without one asks nothing more`() async throws {
        defer { sandbox.stop() }
        _ = await (try pipeline()).check(profile("app"))
        #expect(asked() == ["GetCallerIdentity"])
    }
}
