import Glibc
import Model
import Sandbox
import Support
import Synchronization
import Testing

@testable import Daemon

/// Whole examinations against the sandbox, and against whoever answers badly or not at all.
@Suite(.timeLimit(.minutes(2)))
struct DoctorTests {
    private let machine: Machine

    init() throws { machine = try Machine() }

    private func examine(
        _ profile: ProfileConfiguration = profile("app", timeout: .seconds(10)), url: String,
        limit: Duration = .seconds(30), isOffline: Bool = false,
        others: [ProfileConfiguration] = [],
        groups: [GroupConfiguration] = [],
        progress: @escaping @Sendable (DoctorProgress) -> Void = { _ in }
    ) async throws -> DoctorReport {
        try await examineOnce(
            DoctorOrder(
                profile, limit: limit, isOffline: isOffline, command: "credwatch doctor app"),
            in: Configuration(
                profiles: [profile] + others, groups: groups, aws: machine.overrides(url: url)),
            progress: progress)
    }

    @Test func `a key that works is healthy, and every request is listed`() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let key = try sandbox.createUser("app")
        try machine.write(.init("app", key))
        let told = Mutex<[DoctorProgress]>([])
        let report = try await examine(url: sandbox.url) { step in
            told.withLock { $0.append(step) }
        }
        #expect(report.verdict.content?.cause == .ok)
        #expect(report.identity.content?.result.identity?.arn.hasSuffix(":user/app") == true)
        #expect(report.configuration.state == .ok)
        #expect(report.user.content?.askedBy == "app", "\(report.user)")
        #expect(report.exitCode <= 1, "\(report.states)")
        #expect(report.requests.count == sandbox.callCount)
        #expect(report.requests.first?.action == "GetCallerIdentity")
        #expect(report.requests.first?.signer == "app")
        #expect(report.network.content?.hosts.count == 1)
        #expect(report.network.content?.skew != nil)
        // Each part begins and ends before the next.
        let parts = told.withLock(\.self).compactMap { step -> DoctorPart? in
            if case .began(let part) = step { part } else { nil }
        }
        #expect(
            parts == [
                .configuration, .lint, .identity, .user, .precedence, .network, .verdict,
            ])
        #expect(told.withLock(\.count) == 14)
    }

    @Test func `an inactive key is named by the second identity`() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let key = try sandbox.createUser("app")
        try machine.write(.init("app", key), .init("ops", try sandbox.createUser("ops")))
        try sandbox.deactivate(key)
        var asked = profile("app", timeout: .seconds(10))
        asked.diagnoseWith = "ops"
        let report = try await examine(asked, url: sandbox.url, others: [profile("ops")])
        #expect(report.verdict.content?.cause == .keyInactive, "\(report.user)")
        #expect(report.user.content?.askedBy == "ops")
        #expect(report.exitCode == 2)
        let commands = report.remedies.flatMap(\.commands)
        #expect(
            commands.contains { $0.contains("update-access-key") && $0.contains(key.id) },
            "\(commands)")
        #expect(commands.last == "credwatch doctor app")
        #expect(report.requests.contains { $0.action == "ListAccessKeys" })
    }

    @Test func `a backup that passes at the same endpoint is part of the evidence`() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let key = try sandbox.createUser("app")
        try machine.write(.init("app", key), .init("spare", try sandbox.createUser("spare")))
        try sandbox.delete(key)
        let report = try await examine(
            url: sandbox.url, others: [profile("spare")],
            groups: [GroupConfiguration(name: "g", primary: "app", backups: ["spare"])])
        #expect(
            report.verdict.content?.evidence.contains(
                .secondOpinion(.otherCredential, "spare is accepted")) == true)
    }

    @Test(arguments: ["\u{200B}", "\u{A0}", "\u{201D}"])
    func `the key is asked once without an invisible character`(_ mark: String) async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let key = try sandbox.createUser("app")
        let secret = key.secret.reveal()
        let mangled = String(secret.prefix(6)) + mark + String(secret.dropFirst(6))
        try machine.write(.init("app", keyID: key.id, secret: mangled))
        let report = try await examine(url: sandbox.url)
        let cleaned = try #require(report.identity.content?.cleaned)
        #expect(cleaned.isAccepted == true)
        #expect(cleaned.removed.map(\.position) == [7])
        #expect(report.verdict.content?.cause == .malformedValue)
        #expect(report.exitCode == 2)
        #expect(sandbox.callCount == 1)
        #expect(report.remedies.first?.sentence.contains("AWS accepts the key without") == true)
        #expect(!"\(report)".contains(secret))
    }

    @Test func `a cleaned value that is refused as well is said to be`() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        try machine.write(.init("app", secret: Sample.secret + "\u{FEFF}x"))
        let report = try await examine(url: sandbox.url)
        #expect(report.identity.content?.cleaned?.isAccepted == false)
    }

    @Test func `offline nothing is sent, and a fault in the values is found all the same`()
        async throws
    {
        let server = try FaultServer()
        try machine.write(.init("app"))
        let sound = try await examine(url: server.url, isOffline: true)
        #expect(sound.exitCode == 3)
        #expect(sound.verdict.content == nil)
        #expect(sound.configuration.state == .ok)
        try machine.write(.init("app", keyID: Sample.temporaryKeyID))
        let broken = try await examine(url: server.url, isOffline: true)
        #expect(broken.verdict.content?.cause == .sessionTokenMissing)
        #expect(broken.exitCode == 2)
        #expect(server.requestCount == 0)
    }

    @Test func `nobody who does not answer holds the report up`() async throws {
        let port = try UnansweredPort()
        try machine.write(.init("app"))
        let report = try await examine(url: port.url, limit: .seconds(3))
        #expect(report.duration < .seconds(4), "\(report.duration)")
        #expect(report.verdict.content?.verdict == .unknown)
        #expect(report.exitCode == 3)
        #expect(report.network.state == .unknown)
    }

    @Test func `a program that hangs does not either`() async throws {
        try machine.folder.write(
            "config",
            """
            [profile app]
            credential_process = sleep 60
            """)
        let report = try await examine(url: "http://127.0.0.1:9", limit: .seconds(3))
        #expect(report.duration < .seconds(4.5), "\(report.duration)")
        #expect(report.verdict.content?.cause != .ok)
        #expect(report.requests.isEmpty)
        #expect(report.network.state == .notAsked("nothing was sent"))
    }

    @Test(arguments: [Fault.slowBytes, .blackHole, .hugeBody, .endlessBody, .truncatedBody])
    func `an endpoint that answers badly ends within the limit`(_ fault: Fault) async throws {
        let server = try FaultServer(fault)
        try machine.write(.init("app"))
        let report = try await examine(url: server.url, limit: .seconds(4))
        #expect(report.duration < .seconds(5.5), "\(report.duration)")
        #expect(report.verdict.content?.verdict != .bad)
    }

    @Test func `megabytes of nested entities are neither read nor unfolded`() async throws {
        let entities = (1...20).map { "<!ENTITY e\($0) \"&e\($0 - 1);&e\($0 - 1);\">" }.joined()
        let body =
            "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e0 'x'>\(entities)]>"
            + "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>&e20;</Arn>"
            + String(repeating: " ", count: 10_000_000)
            + "</GetCallerIdentityResult></GetCallerIdentityResponse>"
        let small =
            String(body.prefix(900)) + "</GetCallerIdentityResult></GetCallerIdentityResponse>"
        let server = try ScriptedServer { _, number in
            .http(200, number == 1 ? body : small, headers: ["x-amzn-RequestId: 1"])
        }
        try machine.write(.init("app"))
        let report = try await examine(url: server.url, limit: .seconds(10))
        #expect(report.verdict.content?.verdict == .unknown)
        #expect(report.duration < .seconds(10))
    }

    @Test func `an endpoint that says something else each time is believed nothing bad`()
        async throws
    {
        let server = try ScriptedServer { _, number in
            switch number % 4 {
            case 1: .http(503, "later")
            case 2: .http(200, "<html></html>")
            case 3: .close
            default: .http(302, headers: ["Location: http://example.invalid/"])
            }
        }
        try machine.write(.init("app", secret: Sample.secret + "\u{200B}"))
        for _ in 0..<4 {
            let report = try await examine(url: server.url, limit: .seconds(5))
            #expect(report.identity.content?.cleaned?.isAccepted == nil)
            #expect(report.duration < .seconds(6))
        }
    }
}
