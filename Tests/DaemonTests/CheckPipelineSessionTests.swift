import Model
import Resolving
import Scheduling
import Support
import Synchronization
import Testing

@testable import Daemon
@testable import Sandbox

/// Sessions that credwatch fetches itself: kept, refused, fetched anew, and over.
@Suite(.timeLimit(.minutes(1)))
struct CheckPipelineSessionTests {
    private let machine: Machine
    private let sandbox: Sandbox

    init() throws {
        machine = try Machine()
        sandbox = try Sandbox()
    }

    /// A profile `app` with a role that the user `base` may assume.
    private func writeRole() throws {
        let key = try sandbox.createUser("base")
        try sandbox.withWorld { world, now throws(ServiceFault) in
            _ = try world.createRole(
                "app", in: Sandbox.standardAccount, trusting: [Sandbox.standardAccount], now: now)
        }
        try machine.write(.init("base", key))
        try machine.folder.write(
            "config",
            """
            [profile app]
            role_arn = arn:aws:iam::\(Sandbox.standardAccount):role/app
            source_profile = base

            """)
    }

    private func trust(_ trusted: Set<String>) throws {
        try sandbox.withWorld { world, _ in
            world.accounts[Sandbox.standardAccount]?.roles["app"]?.trusted = trusted
        }
    }

    private var assumed: Int { sandbox.calls.count { $0.action == "AssumeRole" } }

    private func expire(_ result: CheckResult) throws {
        let id = try #require(result.accessKeyID)
        try sandbox.withWorld { world, now throws(ServiceFault) in
            try world.expireSession(id, now: now)
        }
    }

    @Test func `a session that AWS refuses is fetched anew by the next check`() async throws {
        defer { sandbox.stop() }
        try writeRole()
        let pipeline = try machine.pipeline(url: sandbox.url)
        let first = await pipeline.check(profile("app"))
        #expect(first.diagnosis.cause == .ok)
        #expect(await pipeline.check(profile("app")).accessKeyID == first.accessKeyID)
        #expect(assumed == 1)
        #expect(first.expiresAt != nil && first.endsForGood == nil)

        try expire(first)
        let refused = await pipeline.check(profile("app"))
        #expect(refused.diagnosis.cause == .sessionExpired)
        #expect(refused.accessKeyID == first.accessKeyID)
        #expect(assumed == 1)

        let healed = await pipeline.check(profile("app"))
        #expect(healed.diagnosis.cause == .ok)
        #expect(healed.accessKeyID != first.accessKeyID)
        #expect(assumed == 2)
    }

    @Test func `a role that is revoked is bad with all that a failover needs, and heals`()
        async throws
    {
        defer { sandbox.stop() }
        try writeRole()
        let pipeline = try machine.pipeline(url: sandbox.url)
        let good = await pipeline.check(profile("app"))
        #expect(good.diagnosis.cause == .ok)
        try trust([])
        try expire(good)
        #expect(await pipeline.check(profile("app")).diagnosis.cause == .sessionExpired)

        let denied = await pipeline.check(profile("app"))
        #expect(denied.diagnosis.cause == .roleDenied)
        #expect(denied.diagnosis.verdict == .bad)
        #expect(denied.diagnosis.summary.contains("profile app"))
        #expect(denied.endpoint == good.endpoint)
        #expect(denied.source == good.source)
        #expect(try #require(denied.skew).magnitude < .seconds(5))
        #expect(denied.latency != nil && denied.fingerprint == nil)

        try trust([Sandbox.standardAccount])
        #expect(await pipeline.check(profile("app")).diagnosis.cause == .ok)
    }

    @Test func `a refresh that fails takes nothing away, and stands in the evidence`() async throws
    {
        defer { sandbox.stop() }
        try writeRole()
        let ahead = Ahead()
        let pipeline = try machine.pipeline(url: sandbox.url) {
            SystemClock.now() + ahead.duration.withLock(\.self)
        }
        let first = await pipeline.check(profile("app"))
        #expect(first.diagnosis.cause == .ok)
        ahead.duration.withLock { $0 = .seconds(3_400) }
        let kept = await pipeline.check(profile("app"))
        #expect(kept.diagnosis.verdict == .good)
        #expect(kept.accessKeyID == first.accessKeyID)
        #expect(kept.expiresAt == first.expiresAt)
        let notes = kept.diagnosis.evidence.compactMap {
            if case .note(let text) = $0 { text } else { nil }
        }
        #expect(
            notes.contains { $0.hasPrefix("renewing them failed: AWS answered") }, "\(notes)")
        #expect(assumed == 2)
        // A refresh that failed a moment ago is not tried at every check.
        #expect(await pipeline.check(profile("app")).diagnosis.evidence.isEmpty == false)
        #expect(assumed == 2)
    }

    private final class Ahead: Sendable {
        let duration = Mutex(Duration.zero)
    }

    @Test func `of a login that is over by our clock AWS has the last word`() async throws {
        defer { sandbox.stop() }
        try sandbox.createUser("person")
        let session = try sandbox.startSession(user: "person")
        try machine.write([])
        try machine.folder.write(
            "config",
            """
            [profile app]
            login_session = arn:aws:iam::\(Sandbox.standardAccount):user/person

            """)
        let environment = ["AWS_LOGIN_CACHE_DIRECTORY": machine.folder.path]
        let pipeline = try machine.pipeline(url: sandbox.url, environment: environment)
        guard
            case .planned(let plan) = try await pipeline.resolver.resolve(profile("app")),
            case .loginSession(let step)? = plan.steps.first
        else { throw Unprepared("the plan", code: 0) }
        let name = try #require(step.cacheFile.split(separator: "/").last)
        try machine.folder.write(
            String(name),
            """
            {"accessToken": {"accessKeyId": "\(session.id)", \
            "secretAccessKey": "\(session.secret.reveal())", \
            "sessionToken": "\(session.token.reveal())", "accountId": "\(Sandbox.standardAccount)", \
            "expiresAt": "2026-01-01T00:00:00Z"}}
            """)
        let end = try #require(WallTime(parsing: "2026-01-01T00:00:00Z"))
        let alive = await pipeline.check(profile("app"))
        #expect(alive.diagnosis.cause == .ok, "\(alive.diagnosis)")
        #expect(alive.endsForGood == end && alive.expiresAt == end)

        try expire(alive)
        let over = await pipeline.check(profile("app"))
        #expect(over.diagnosis.cause == .sessionExpired)
        #expect(over.diagnosis.verdict == .bad)
        #expect(
            over.diagnosis.evidence.contains { "\($0)".contains("`aws login` starts a new one") })
        #expect(!"\(over)".contains(session.secret.reveal()))
    }
}
