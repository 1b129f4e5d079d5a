import Glibc
import Model
import Support
import Synchronization
import SystemBus
import Testing

@testable import Resolving

/// systemd as a test says it is.
final class FakeUnits: UnitDirectory {
    private let answer: Mutex<Result<UnitState, UnitDirectoryFailure>>
    private let count = Mutex(0)

    init(_ answer: Result<UnitState, UnitDirectoryFailure>) {
        self.answer = Mutex(answer)
    }

    convenience init(mainProcess: Int32) {
        self.init(.success(Self.running(mainProcess)))
    }

    static func running(_ process: Int32) -> UnitState {
        UnitState(load: "loaded", active: "active", sub: "running", mainProcess: process)
    }

    var questions: Int { count.withLock(\.self) }

    func set(_ state: UnitState) {
        answer.withLock { $0 = .success(state) }
    }

    func state(of unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> UnitState {
        count.withLock { $0 += 1 }
        return try answer.withLock(\.self).get()
    }
}

@Suite(.timeLimit(.minutes(1))) struct ProcessLookTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory(".aws")
        try directory.write(".aws/credentials", "[app]\n\(exampleKeys)")
    }

    /// A process that waits; its environment is the given one.
    private func process(_ variables: [String: String]) async throws -> Subprocess {
        // Not by exec: in the middle of one a process has no environment at all.
        let process = try Subprocess(
            "/bin/sh", ["-c", "echo ready; /bin/sleep 50; :"],
            environment: variables.merging(["HOME": directory.path]) { first, _ in first })
        try #require(await process.hasWritten("ready"))
        return process
    }

    private func resolver(_ units: any UnitDirectory = FakeUnits(mainProcess: 0)) -> Resolver {
        Resolver(
            environment: AWSEnvironment(variables: ["AWS_ACCESS_KEY_ID": "AKIAOURS"]),
            overrides: AWSOverrides(
                credentialsFile: Sourced("/none", from: .builtIn("not the process's"))),
            units: units)
    }

    private func problem(
        _ resolver: Resolver, _ surroundings: Surroundings
    ) async -> ResolveProblem? {
        do throws(ResolveProblem) {
            _ = try await resolver.resolve(
                ProfileConfiguration(
                    name: "x", origin: .defaultChain, surroundings: surroundings,
                    timeout: .seconds(50)))
            return nil
        } catch {
            return error
        }
    }

    @Test func theEnvironmentOfAProcessCounts() async throws {
        let keys = ["AWS_ACCESS_KEY_ID": exampleKeyID, "AWS_SECRET_ACCESS_KEY": exampleSecret]
        let process = try await process(keys)
        defer { process.send(signal: SIGKILL) }
        let resolution = try await resolver().resolve(
            ProfileConfiguration(
                name: "x", origin: .defaultChain, surroundings: .process(process.processID),
                timeout: .seconds(50)))
        let id = try #require(resolution.keys?.accessKeyID)
        #expect(id.value == exampleKeyID)
        #expect(
            id.provenance.description
                == "AWS_ACCESS_KEY_ID in the environment of PID \(process.processID)")
    }

    @Test func itsProfileComesOutOfItsOwnHome() async throws {
        let process = try await process(["AWS_PROFILE": "app"])
        defer { process.send(signal: SIGKILL) }
        for profile in [
            ProfileConfiguration(
                name: "x", origin: .defaultChain, surroundings: .process(process.processID),
                timeout: .seconds(50)),
            ProfileConfiguration(
                name: "x", awsProfile: "app", surroundings: .process(process.processID),
                timeout: .seconds(50)),
        ] {
            guard case .ready(let resolved) = try await resolver().resolve(profile) else {
                return #expect(Bool(false))
            }
            #expect(resolved.credentials.accessKeyID.value == exampleKeyID)
            #expect(resolved.source == "[app] in \(directory[".aws/credentials"]):1")
        }
    }

    @Test func theUnitIsAskedOnceWhileItsProcessIsTheSame() async throws {
        let first = try await process(["AWS_PROFILE": "app", "AWS_REGION": "eu-west-1"])
        let second = try await process(["AWS_PROFILE": "app", "AWS_REGION": "eu-west-2"])
        defer { second.send(signal: SIGKILL) }
        let units = FakeUnits(mainProcess: first.processID)
        var look = ProcessLook(.unit("app.service"), AWSOverrides(), units)
        let site = try look.look(within: .seconds(1))
        // No group of processes shows these as the unit's, so systemd has the word each time.
        #expect(units.questions == 2)
        #expect(try look.look(within: .seconds(1)) === site)
        first.send(signal: SIGKILL)
        _ = await first.outcome()
        units.set(FakeUnits.running(second.processID))
        let other = try look.look(within: .seconds(1))
        #expect(other !== site)
        let profile = ProfileConfiguration(name: "x", origin: .defaultChain)
        let plan = try other.plan(profile, in: try await other.store.snapshot())
        #expect(plan.region.value == "eu-west-2")
        #expect(
            plan.region.provenance.description
                == "AWS_REGION in the environment of app.service (PID \(second.processID))")
    }

    /// The id and the time of the start stay the same when a shell becomes the real program.
    @Test func anotherProgramInTheSameProcessIsSeen() async throws {
        let process = try Subprocess(
            "/bin/sh",
            [
                "-c",
                "trap 'exec /usr/bin/env AWS_REGION=eu-west-2 /bin/sh -c \"echo second; sleep 50; :\"' "
                    + "USR1; echo first; while :; do sleep 0.05; done",
            ], environment: ["AWS_REGION": "eu-west-1", "PATH": "/usr/bin:/bin"])
        defer { process.send(signal: SIGKILL) }
        try #require(await process.hasWritten("first"))
        var look = ProcessLook(.process(process.processID), AWSOverrides())
        let before = try look.look(within: .seconds(1))
        #expect(try look.look(within: .seconds(1)) === before)
        process.send(signal: SIGUSR1)
        try #require(await process.hasWritten("second"))
        #expect(try look.look(within: .seconds(1)) !== before)
    }

    @Test func aProcessThatIsGoneIsNamed() async throws {
        let process = try await process([:])
        process.send(signal: SIGKILL)
        _ = await process.outcome()
        guard
            case .surroundings(let subject, let what, let hint) = await problem(
                resolver(), .process(process.processID))
        else { return #expect(Bool(false)) }
        #expect(subject == "PID \(process.processID)")
        #expect(what == "there is no process \(process.processID)")
        #expect(hint.contains("`unit`"))
    }

    @Test(
        arguments: [
            (
                UnitState(load: "not-found", active: "inactive", sub: "dead", mainProcess: 0),
                "systemd knows no such unit", "list-units"
            ),
            (
                UnitState(load: "masked", active: "inactive", sub: "dead", mainProcess: 0),
                "the unit is masked", "systemctl status app.service"
            ),
            (
                UnitState(load: "loaded", active: "failed", sub: "failed", mainProcess: 0),
                "it is not running (failed, failed)", "systemctl start app.service"
            ),
            (
                UnitState(load: "loaded", active: "active", sub: "exited", mainProcess: 0),
                "it has no main process (active, exited)", "environment_file"
            ),
            (
                UnitState(
                    load: "loaded", active: "active", sub: "running", mainProcess: 0x7FFF_FFFF),
                "its main process ends as soon as it was started", "journalctl -u app.service"
            ),
        ])
    func aUnitThatHasNoProcessIsExplained(
        state: UnitState, what: String, hint: String
    ) async throws {
        let found = await problem(resolver(FakeUnits(.success(state))), .unit("app.service"))
        guard case .surroundings("app.service", what, let said) = found else {
            return #expect(Bool(false), "\(String(describing: found))")
        }
        #expect(said.contains(hint))
    }

    @Test func aBusThatCannotBeReachedIsExplained() async throws {
        let units = FakeUnits(.failure(UnitDirectoryFailure(what: "the bus is away")))
        guard
            case .surroundings("app.service", "the bus is away", let hint) = await problem(
                resolver(units), .unit("app.service"))
        else { return #expect(Bool(false)) }
        #expect(hint.contains("system_bus_socket"))
    }

    @Test(.enabled(if: geteuid() == 0, "only root has what another user may not read"))
    func missingRightsAreNamed() async throws {
        let process = try await process([:])
        defer { process.send(signal: SIGKILL) }
        let user = try #require(ThreadUser(uid: 65_534))
        var look = ProcessLook(.process(process.processID), AWSOverrides())
        let found = user.perform {
            problemOf { () throws(ResolveProblem) -> Site in try look.look(within: .seconds(1)) }
        }
        guard case .surroundings(_, let what, let hint) = found else {
            return #expect(Bool(false), "\(String(describing: found))")
        }
        #expect(what.contains("environ cannot be read: Permission denied"))
        #expect(hint.contains("CAP_SYS_PTRACE"))
    }
}
