import Glibc
import Model
import Sandbox
import Support
import Synchronization
import Testing

@testable import Daemon

/// Keeps servers alive as long as a test needs them.
final class Servers: Sendable {
    private let all = Mutex<[ScriptedServer]>([])

    func keep(_ server: ScriptedServer) { all.withLock { $0.append(server) } }
}

/// Whatever a source holds, it has a cause and a remedy, and nobody else's check suffers.
@Suite(.timeLimit(.minutes(1)))
struct BadInputTests {
    @Test func `each bad source has its cause, and a good one beside it is not held up`()
        async throws
    {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let key = try sandbox.createUser("app")
        let bench = try BadInputBench(sts: sandbox.url)
        let machine = try Machine()
        try machine.write(.init("app", key))
        let inputs = BadInput.all
        var profiles = try inputs.map(bench.profile)
        profiles.append(profile("app"))
        let pipeline = try machine.pipeline(url: sandbox.url)

        let results = await withTaskGroup(of: CheckResult.self) { group in
            for profile in profiles { group.addTask { await pipeline.check(profile) } }
            return await group.reduce(into: [String: CheckResult]()) { $0[$1.profile] = $1 }
        }
        for input in inputs {
            let result = try #require(results[input.name])
            let diagnosis = result.diagnosis
            #expect(diagnosis.cause == input.cause, "\(input.name): \(diagnosis)")
            #expect(diagnosis.summary.contains(input.says), "\(input.name): \(diagnosis)")
            #expect(!diagnosis.remedy.isEmpty, "\(input.name)")
            #expect(result.finishedAt.moment - result.startedAt.moment < .seconds(15))
        }
        let good = try #require(results["app"])
        #expect(good.diagnosis.cause == .ok)
        // Another one hangs for two seconds.
        let hanging = try #require(results["hangs"])
        #expect(hanging.finishedAt.moment - hanging.startedAt.moment >= .seconds(2))
        #expect(good.finishedAt.moment < hanging.finishedAt.moment)
    }

    @Test
    func `a file that is replaced all the time gives one key or the other, never half of each`()
        async throws
    {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let machine = try Machine()
        let texts = try ["one", "two"].map { name in
            Machine.Section("app", try sandbox.createUser(name)).text + "\n"
        }
        try machine.folder.write("credentials", texts[0])
        let isOver = Flag()
        let folder = machine.folder
        let path = folder.file("credentials")
        let writer = Task.detached {
            var count = 0
            while !isOver.isSet {
                count += 1
                try folder.write("new", texts[count % 2])
                guard rename(folder.file("new"), path) == 0 else { throw Unprepared("rename") }
                await Task.yield()
            }
            return count
        }
        let pipeline = try machine.pipeline(url: sandbox.url)
        var seen: Set<String> = []
        for _ in 0..<2_000 {
            let result = await pipeline.check(profile("app"))
            #expect(result.diagnosis.cause == .ok, "\(result.diagnosis)")
            seen.insert(result.accessKeyID ?? "")
            if seen.count == 2, sandbox.callCount >= 100 { break }
        }
        isOver.set()
        #expect(seen.count == 2)
        #expect(try await writer.value > 2)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can run a process as another user"))
    func `a file that the application may not read is told as such`() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let machine = try Machine()
        try machine.write(.init("default", try sandbox.createUser("app")))
        try #require(chmod(machine.folder.path, 0o755) == 0)
        let application = try Subprocess(
            "setpriv",
            [
                "--reuid", "65534", "--regid", "65534", "--clear-groups", "sh", "-c",
                "echo ready; sleep 30; :",
            ],
            environment: [
                "PATH": "/usr/bin:/bin", "AWS_REGION": "us-east-1",
                "AWS_SHARED_CREDENTIALS_FILE": machine.folder.file("credentials"),
                "AWS_EC2_METADATA_DISABLED": "true",
            ])
        defer { application.send(signal: SIGKILL) }
        try #require(await application.hasWritten("ready"))
        var profile = profile("app")
        profile.origin = .defaultChain
        profile.surroundings = .process(application.processID)
        let pipeline = try machine.pipeline(url: sandbox.url)
        let refused = await pipeline.check(profile)
        #expect(refused.diagnosis.cause == .fileUnreadable, "\(refused.diagnosis)")
        #expect(refused.diagnosis.summary.contains("ermission denied"))
        #expect(!refused.diagnosis.remedy.isEmpty)
        #expect(sandbox.callCount == 0)
        // It was the permission, and nothing else.
        try #require(chown(machine.folder.file("credentials"), 65_534, 65_534) == 0)
        var good = await pipeline.check(profile)
        while good.diagnosis.cause == .fileUnreadable { good = await pipeline.check(profile) }
        #expect(good.diagnosis.cause == .ok, "\(good.diagnosis)")
    }
}

/// A truth that one task tells another.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
