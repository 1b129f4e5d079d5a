import Model
import Sandbox
import Support
import Synchronization
import Testing

@testable import Daemon

/// The single pass of `credwatch check`, and the trial of a hook.
@Suite(.timeLimit(.minutes(1)))
struct OnceTests {
    private let machine: Machine

    init() throws { machine = try Machine() }

    private func configuration(
        _ names: [String], url: String, maxInFlight: Int? = nil, timeout: Duration = .seconds(20)
    ) -> Configuration {
        Configuration(
            profiles: names.map { profile($0, timeout: timeout) }, maxInFlight: maxInFlight,
            aws: machine.overrides(url: url))
    }

    /// Counts what the progress tells.
    private final class Progress: Sendable {
        private let told = Mutex<[Int]>([])
        func note(_ count: Int) { told.withLock { $0.append(count) } }
        var counts: [Int] { told.withLock(\.self) }
    }

    @Test func `50 profiles are checked once each, and each has its own answer`() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let names = (0..<50).map { "user-\($0)" }
        let keys = try names.map { try sandbox.createUser($0) }
        try machine.write(zip(names, keys).map { .init($0, $1) })
        for index in stride(from: 0, to: 50, by: 5) { try sandbox.delete(keys[index]) }

        let progress = Progress()
        let document = try await checkOnce(configuration(names, url: sandbox.url)) {
            progress.note($0)
        }
        #expect(document.profiles.map(\.name) == names)
        for (index, profile) in document.profiles.enumerated() {
            #expect(profile.accessKeyID == keys[index].id)
            if index % 5 == 0 {
                #expect(profile.state == .failing)
                #expect(profile.diagnosis?.cause == .keyNotRecognized)
            } else {
                #expect(profile.state == .healthy, "\(profile)")
                #expect(
                    profile.identity?.arn == "arn:aws:iam::123456789012:user/user-\(index)")
            }
        }
        #expect(document.overall == .failing)
        #expect(progress.counts == Array(1...50))
        #expect(sandbox.callCount == 50)
    }

    @Test func `no more checks run at the same time than the config allows`() async throws {
        let server = try FaultServer(.blackHole)
        let names = (0..<12).map { "p\($0)" }
        try machine.write(names.map { .init($0) })
        let document = try await checkOnce(
            configuration(names, url: server.url, maxInFlight: 4, timeout: .milliseconds(300))
        ) { _ in }
        #expect(document.profiles.allSatisfy { $0.diagnosis?.cause == .networkTimeout })
        #expect(server.requestCount == 12)
        #expect(document.overall == .unknown)
        // A black hole keeps its connection until its time is over: 4 at a time, in 3 rounds.
        let began = try #require(document.profiles.compactMap(\.lastAttemptAt).min())
        #expect(document.generatedAt - began >= .milliseconds(600))
    }

    @Test(arguments: [true, false])
    func `what another credential meets later in the pass counts for an earlier mismatch`(
        _ passes: Bool
    ) async throws {
        let server = try FaultServer(.signatureDoesNotMatch)
        server.set(passes ? .identity : .throttling, forKey: Sample.otherKeyID)
        try machine.write(.init("app"), .init("other", keyID: Sample.otherKeyID))
        // One at a time, so that the mismatch comes first.
        let document = try await checkOnce(
            configuration(["app", "other"], url: server.url, maxInFlight: 1)
        ) { _ in }
        let found = try #require(document.profiles.first?.diagnosis)
        #expect(found.cause == .wrongSecret)
        #expect(found.confidence == (passes ? .certain : .possible))
        let opinions = found.evidence.filter {
            if case .secondOpinion(.otherCredential, _) = $0 { true } else { false }
        }
        #expect(opinions.count == (passes ? 1 : 0))
        #expect(server.requestCount == 2)
    }

    @Test func `a pass with nothing to check is a document without profiles`() async throws {
        let document = try await checkOnce(configuration([], url: "http://127.0.0.1:9")) { _ in }
        #expect(document.profiles.isEmpty)
        #expect(document.groups.isEmpty)
    }

    private func trial(_ script: String, group name: String = "g") async throws
        -> (HookTrial, [String])
    {
        let hook = try machine.folder.write("hook", "#!/bin/sh\n" + script, mode: 0o755)
        var configuration = configuration(["app", "app-backup"], url: "http://127.0.0.1:9")
        configuration.groups = [
            GroupConfiguration(
                name: "g", primary: "app", backups: ["app-backup"],
                hook: HookConfiguration(command: [hook], timeout: .seconds(20))),
            GroupConfiguration(name: "bare", primary: "app-backup", backups: ["app"]),
        ]
        let lines = Mutex<[String]>([])
        let trial = await testHook(of: name, in: configuration) { line in
            lines.withLock { $0.append(line) }
        }
        return (trial, lines.withLock(\.self))
    }

    @Test func `the trial of a hook has the event test, and the group's own profiles`() async throws
    {
        let (trial, lines) = try await trial(
            "echo $CREDWATCH_EVENT $CREDWATCH_GROUP $CREDWATCH_FROM $CREDWATCH_TO $CREDWATCH_ATTEMPT"
        )
        #expect(trial.isDone)
        #expect(lines.first == "test g app app-backup 1")
        #expect(lines.count == 2)
    }

    @Test func `a hook that fails its trial is told with its output`() async throws {
        let (trial, lines) = try await trial("echo no switch here >&2; exit 7")
        guard case .failed = trial else {
            Issue.record("\(trial)")
            return
        }
        #expect(lines.first == "no switch here")
        #expect(lines.last?.contains("7") == true, "\(lines)")
    }

    @Test(arguments: [
        ("other", "there is no failover group other; configured: g, bare"),
        ("bare", "group bare has no hook"),
    ])
    func `a group without a hook has no trial`(_ name: String, _ text: String) async throws {
        let (trial, lines) = try await trial("exit 0", group: name)
        guard case .unknown(text) = trial else {
            Issue.record("\(trial)")
            return
        }
        #expect(lines.isEmpty)
    }
}

extension HookTrial {
    fileprivate var isDone: Bool { if case .done = self { true } else { false } }
}
