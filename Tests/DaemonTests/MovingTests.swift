import Glibc
import Model
import Sandbox
import Support
import Switching
import Synchronization
import SystemBus
import Testing

@testable import Daemon

/// A writer that does something wrong after the real one.
private struct BadWriter: KeyWriter {
    var spoil: @Sendable (SwitchPlace) -> Void
    private let real = FileSwitcher()

    init(_ spoil: @escaping @Sendable (SwitchPlace) -> Void) { self.spoil = spoil }

    func inspect(_ place: SwitchPlace) throws(SwitchProblem) -> String? {
        try real.inspect(place)
    }

    func write(_ keys: WrittenKeys, to place: SwitchPlace, now: WallTime) throws(SwitchProblem)
        -> SwitchedFile
    {
        var keys = keys
        if place.path.hasSuffix("wrong") { keys.secretAccessKey = Secret("another") }
        let file = try real.write(keys, to: place, now: now)
        spoil(place)
        return file
    }

    func restore(_ file: SwitchedFile) throws(SwitchProblem) { try real.restore(file) }
}

/// A manager that knows no unit.
private struct NoUnits: UnitManager {
    func state(of unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> UnitState {
        UnitState(load: "not-found", active: "inactive", sub: "dead", mainProcess: 0)
    }
    func begin(_ action: UnitAction, on unit: String, within limit: Duration)
        throws(UnitDirectoryFailure)
    {}
    func isBusy(_ unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> Bool {
        false
    }
    func canReload(_ unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> Bool {
        false
    }
    func stateChange(of unit: String, within limit: Duration) throws(UnitDirectoryFailure)
        -> WallTime?
    { nil }
    func controlGroup(of unit: String, within limit: Duration) throws(UnitDirectoryFailure)
        -> String
    { "" }
}

@Suite(.timeLimit(.minutes(1)))
struct MovingTests {
    private let machine: Machine
    private let sandbox: Sandbox
    private let key: AccessKey
    private let before = "AWS_ACCESS_KEY_ID=\(Sample.keyID)\nAWS_SECRET_ACCESS_KEY=old\n"

    init() throws {
        machine = try Machine()
        sandbox = try Sandbox()
        key = try sandbox.createUser("app")
        try machine.folder.write(
            "credentials",
            """
            [app]
            aws_access_key_id = \(key.id)
            aws_secret_access_key = \(key.secret.reveal())
            [spare]
            aws_access_key_id = \(Sample.keyID)
            aws_secret_access_key = \(Sample.secret)

            """)
    }

    private func carryOut(
        _ request: MoveRequest, _ names: [String], units: [String] = [],
        writer: any KeyWriter = FileSwitcher()
    ) async throws -> (outcome: MoveOutcome, steps: [MoveStep.Kind]) {
        defer { sandbox.stop() }
        var group = GroupConfiguration(name: "app", primary: "spare", backups: ["app"])
        for name in names {
            try machine.folder.write(name, before)
            group.switchTargets.append(
                SwitchTarget(.environmentFile(machine.folder.file(name)), restartUnits: units))
        }
        let configuration = Configuration(
            profiles: [ProfileConfiguration(name: "app"), ProfileConfiguration(name: "spare")],
            groups: [group])
        let mover = Mover(
            configuration: configuration, pipeline: try machine.pipeline(url: sandbox.url),
            writer: writer, restarts: UnitRestarts(manager: NoUnits()))
        let steps = Gathering<MoveStep>()
        let outcome = await mover.carryOut(request) { steps.add($0) }
        return (outcome, steps.all.map(\.kind))
    }

    private var move: MoveRequest {
        MoveRequest(.move, group: "app", profile: "app", keyID: key.id)
    }

    private func text(_ name: String) throws -> String {
        let file = try #require(fopen(machine.folder.file(name), "re"))
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    @Test func `all files get the keys`() async throws {
        let (outcome, steps) = try await carryOut(move, ["one", "two"])
        #expect(outcome == MoveOutcome(.done, keyID: key.id))
        #expect(steps == [.written, .written])
        #expect(try text("one").contains(key.id) && text("two").contains(key.id))
    }

    @Test func `what reads otherwise than it was written is put back, with all before it`()
        async throws
    {
        let (outcome, steps) = try await carryOut(
            move, ["one", "wrong"], writer: BadWriter { _ in })
        guard case .failed(let reason) = outcome.end else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.hasSuffix("reads otherwise than it was written: it has another secret"))
        #expect(steps == [.written, .restored, .restored])
        #expect(try text("one") == before && text("wrong") == before)
    }

    @Test func `keys that AWS refuses are put back`() async throws {
        let request = MoveRequest(.move, group: "app", profile: "spare")
        let (outcome, steps) = try await carryOut(request, ["one"])
        guard case .failed(let reason) = outcome.end else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.contains("AWS refuses what was written"))
        #expect(steps == [.written, .restored])
        #expect(try text("one") == before)
    }

    @Test func `another key than the proven one is proven first`() async throws {
        let other = MoveRequest(.move, group: "app", profile: "app", keyID: "AKIAI44QH8DHBEXAMPLE")
        #expect(try await carryOut(other, ["one"]).outcome == MoveOutcome(.done, keyID: key.id))
    }

    @Test func `another key that is refused changes nothing`() async throws {
        let dead = MoveRequest(
            .move, group: "app", profile: "spare", keyID: "AKIAI44QH8DHBEXAMPLE")
        let (outcome, steps) = try await carryOut(dead, ["one"])
        #expect(outcome.keyID == nil && steps.isEmpty)
        #expect(try text("one") == before)
    }

    @Test func `a unit that does not exist leaves the files switched`() async throws {
        let (outcome, steps) = try await carryOut(move, ["one"], units: ["app.service"])
        #expect(outcome.end == .incomplete("app.service: systemd knows no such unit"))
        #expect(outcome.keyID == key.id && steps == [.written, .unitFailed])
        #expect(try text("one").contains(key.id))
    }

    @Test(arguments: [
        ("other", "app", "the config has no group other"),
        ("app", "else", "group app has no member else"),
    ])
    func `only what the config names is moved`(
        group: String, profile: String, reason: String
    ) async throws {
        let request = MoveRequest(.move, group: group, profile: profile)
        #expect(try await carryOut(request, ["one"]).outcome == MoveOutcome(.failed(reason)))
    }

    @Test(arguments: [MoveRequest.Purpose.plan, .look])
    func `to look changes nothing`(_ purpose: MoveRequest.Purpose) async throws {
        let request = MoveRequest(purpose, group: "app", profile: "app")
        let (outcome, steps) = try await carryOut(request, ["one"])
        #expect(outcome.end == .done && steps == [.writable])
        #expect(try text("one") == before)
    }
}
