import Glibc
import Model
import Support
import Synchronization
import SystemBus
import Testing

@testable import Daemon

/// A manager that a test is, with processes that it makes.
private final class TestManager: UnitManager {
    struct Unit: Sendable {
        var states: [UnitState]
        var reloads = false
        var fails: String?
        var changedAt: WallTime?
    }

    private let units: Mutex<[String: Unit]>
    private let begun = Mutex<[String]>([])

    init(_ units: [String: Unit]) { self.units = Mutex(units) }

    var jobs: [String] { begun.withLock(\.self) }

    func state(of unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> UnitState {
        units.withLock { units in
            guard var known = units[unit], let first = known.states.first else {
                return UnitState(load: "not-found", active: "inactive", sub: "dead", mainProcess: 0)
            }
            // Before the job the first, then each once, and the last for ever.
            if begun.withLock({ !$0.isEmpty }), known.states.count > 1 {
                known.states.removeFirst()
                units[unit] = known
                return known.states[0]
            }
            return first
        }
    }

    func begin(_ action: UnitAction, on unit: String, within limit: Duration)
        throws(UnitDirectoryFailure)
    {
        if let reason = units.withLock({ $0[unit]?.fails }) {
            throw UnitDirectoryFailure(what: reason)
        }
        begun.withLock { $0.append("\(action) \(unit)") }
    }

    func isBusy(_ unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> Bool {
        false
    }

    func canReload(_ unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> Bool {
        units.withLock { $0[unit]?.reloads == true }
    }

    func stateChange(of unit: String, within limit: Duration) throws(UnitDirectoryFailure)
        -> WallTime?
    { units.withLock { $0[unit]?.changedAt } }

    func controlGroup(of unit: String, within limit: Duration) throws(UnitDirectoryFailure)
        -> String
    { "" }
}

@Suite(.timeLimit(.minutes(1)))
struct UnitRestartsTests {
    private let old = "AKIAIOSFODNN7EXAMPLE"
    private let new = "AKIAI44QH8DHBEXAMPLE"

    private func state(
        _ process: Int32, _ active: String = "active", _ sub: String = "running"
    ) -> UnitState {
        UnitState(load: "loaded", active: active, sub: sub, mainProcess: process)
    }

    private func process(_ keyID: String?) throws -> Subprocess {
        var environment = ["PATH": "/usr/bin:/bin"]
        environment["AWS_ACCESS_KEY_ID"] = keyID
        return try Subprocess("sleep", ["30"], environment: environment)
    }

    /// Waits until the process is the program that it was made for, with its environment.
    private func settle(_ process: Subprocess) async throws -> Int32 {
        let id = process.processID
        // The program's name is there an instant before its environment.
        while !readlinkName("/proc/\(id)/exe").hasSuffix("sleep")
            || !hasContent("/proc/\(id)/environ")
        {
            await Task.yield()
        }
        return id
    }

    private func hasContent(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var byte: UInt8 = 0
        return read(descriptor, &byte, 1) == 1
    }

    private func readlinkName(_ path: String) -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = buffer.withUnsafeMutableBytes { room in
            room.baseAddress.map { readlink(path, $0, room.count) } ?? -1
        }
        // The shell's own tools may all be one program.
        let name = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return name.hasSuffix("coreutils") ? "sleep" : name
    }

    private func bring(
        _ manager: TestManager, _ need: UnitNeed
    ) -> (failures: [String], steps: [MoveStep.Kind]) {
        var restarts = UnitRestarts(manager: manager)
        restarts.settling = .milliseconds(1)
        var steps: [MoveStep.Kind] = []
        let failures = restarts.bring([need], to: new) { steps.append($0.kind) }
        return (failures, steps)
    }

    private var need: UnitNeed { UnitNeed(unit: "app.service", readsEnvironment: true) }

    @Test func `a unit that reads the environment is restarted, though it could reload`()
        async throws
    {
        let (before, after) = (try process(old), try process(new))
        let (first, second) = (try await settle(before), try await settle(after))
        let manager = TestManager([
            "app.service": .init(states: [state(first), state(second)], reloads: true)
        ])
        let (failures, steps) = bring(manager, need)
        #expect(failures.isEmpty && steps == [.restarted])
        #expect(manager.jobs == ["restart app.service"])
    }

    @Test func `a process that still has the old key is a failure that names it`() async throws {
        let (before, after) = (try process(old), try process(old))
        let (first, second) = (try await settle(before), try await settle(after))
        let manager = TestManager(["app.service": .init(states: [state(first), state(second)])])
        let (failures, steps) = bring(manager, need)
        #expect(
            failures == [
                "app.service: its process \(second) still has \(old) in its environment"
            ])
        #expect(steps == [.unitFailed])
    }

    @Test func `a unit whose process has the key already is left alone`() async throws {
        let process = try await settle(try process(new))
        let manager = TestManager(["app.service": .init(states: [state(process)])])
        #expect(bring(manager, need).steps == [.current])
        #expect(manager.jobs.isEmpty)
    }

    @Test func `a key that cannot be seen is said, and is no failure`() async throws {
        let (before, after) = (try process(old), try process(nil))
        let (first, second) = (try await settle(before), try await settle(after))
        let manager = TestManager(["app.service": .init(states: [state(first), state(second)])])
        let (failures, steps) = bring(manager, need)
        #expect(failures.isEmpty && steps == [.restarted, .unseen])
    }

    @Test(arguments: [
        ("inactive", "dead", "app.service: it does not come back: it is inactive (dead)"),
        ("failed", "failed", "app.service: it does not come back: it is failed (failed)"),
        (
            "activating", "auto-restart",
            "app.service: it does not come back: it is activating (auto-restart)"
        ),
        (
            "activating", "start",
            "app.service: it does not come back: it is still activating (start)"
        ),
    ])
    func `a unit that does not come back is a failure`(
        active: String, sub: String, reason: String
    ) async throws {
        let process = try await settle(try process(old))
        let manager = TestManager([
            "app.service": .init(states: [state(process), state(0, active, sub)])
        ])
        #expect(bring(manager, need).failures == [reason])
    }

    @Test func `a unit that does not run is left alone, and one that does not exist is a failure`()
    {
        let idle = TestManager(["app.service": .init(states: [state(0, "inactive", "dead")])])
        #expect(bring(idle, need).steps == [.idle])
        #expect(bring(idle, need).failures.isEmpty && idle.jobs.isEmpty)
        #expect(
            bring(TestManager([:]), need).failures == [
                "app.service: systemd knows no such unit"
            ])
    }

    @Test func `what systemd refuses is a failure`() async throws {
        let process = try await settle(try process(old))
        let manager = TestManager([
            "app.service": .init(states: [state(process)], fails: "Access denied")
        ])
        #expect(bring(manager, need).failures == ["app.service: Access denied"])
    }

    @Test func `a unit that reads a file itself is reloaded where it can be`() async throws {
        let process = try await settle(try process(nil))
        let place = SwitchPlace.credentialsFile("/etc/hostname", profile: "app")
        let file = SwitchedFile(place: place, realPath: "/etc/hostname", keptPath: "/x")
        let manager = TestManager([
            "app.service": .init(states: [state(process)], reloads: true)
        ])
        let (failures, steps) = bring(manager, UnitNeed(unit: "app.service", files: [file]))
        #expect(failures.isEmpty && steps == [.reloaded])
        #expect(manager.jobs == ["reloadOrRestart app.service"])

        let stubborn = TestManager(["app.service": .init(states: [state(process)])])
        #expect(
            bring(stubborn, UnitNeed(unit: "app.service", files: [file])).failures == [
                "app.service: its main process \(process) is still the one of before"
            ])
        // In a later attempt nothing was changed, and the process is younger than the file.
        let done = SwitchedFile(place: place, realPath: "/etc/hostname")
        let again = TestManager(["app.service": .init(states: [state(process)])])
        #expect(
            bring(again, UnitNeed(unit: "app.service", files: [done])).steps == [.current])
    }

    @Test(arguments: [(true, WallTime(seconds: 4_000_000_000)), (false, WallTime(seconds: 1))])
    func `a unit that has failed with the new keys is started again by the next attempt`(
        isSince: Bool, changedAt: WallTime
    ) {
        var need = need
        need.environmentFiles = [
            SwitchedFile(place: .environmentFile("/etc/hostname"), realPath: "/etc/hostname")
        ]
        let failed = state(0, "failed", "failed")
        let manager = TestManager([
            "app.service": .init(states: [failed], changedAt: changedAt)
        ])
        let (failures, steps) = bring(manager, need)
        #expect(manager.jobs == (isSince ? ["start app.service"] : []))
        #expect(steps == (isSince ? [.unitFailed] : [.idle]))
        #expect(failures.isEmpty == !isSince)
    }

    @Test func `targets name each unit once, with all that it reads`() {
        let home = SwitchPlace.credentialsFile("/home/app/credentials", profile: "app")
        let targets = [
            SwitchTarget(home, restartUnits: ["a.service", "b.service"]),
            SwitchTarget(.environmentFile("/etc/default/b"), restartUnits: ["b.service"]),
        ]
        let files = [
            SwitchedFile(place: home, realPath: home.path),
            SwitchedFile(place: targets[1].place, realPath: "/etc/default/b"),
        ]
        #expect(
            unitNeeds(of: targets, files) == [
                UnitNeed(unit: "a.service", files: [files[0]]),
                UnitNeed(
                    unit: "b.service", readsEnvironment: true, files: [files[0]],
                    environmentFiles: [files[1]]),
            ])
    }
}
