import Glibc
import Model
import Support
import Testing

@testable import SystemBus

@Suite(.timeLimit(.minutes(1)), .enabled(if: FakeBus.isPossible, "needs dbus-daemon"))
struct SystemdBusTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func failure(_ bus: SystemdBus, _ limit: Duration = .seconds(20)) -> String {
        do throws(UnitDirectoryFailure) {
            return "\(try bus.state(of: "app.service", within: limit))"
        } catch {
            return error.what
        }
    }

    @Test func aUnitIsAskedAbout() async throws {
        let bus = try await FakeBus(in: directory.path)
        let manager = try bus.systemd([
            "LoadState": .text("loaded"), "ActiveState": .text("active"),
            "SubState": .text("running"), "MainPID": .number(812),
        ])
        defer { manager.stop() }
        let state = try SystemdBus(.address(bus.address)).state(
            of: "app@1.service", within: .seconds(20))
        #expect(
            state
                == UnitState(
                    load: "loaded", active: "active", sub: "running", mainProcess: 812))
        #expect(Set(manager.asked) == ["/org/freedesktop/systemd1/unit/app_401_2eservice"])
    }

    @Test func aUnitThatIsNotThereHasNoProcess() async throws {
        let bus = try await FakeBus(in: directory.path)
        let manager = try bus.systemd([
            "LoadState": .text("not-found"), "ActiveState": .text("inactive"),
            "SubState": .text("dead"),
        ])
        defer { manager.stop() }
        let state = try SystemdBus(.address(bus.address)).state(
            of: "app.service", within: .seconds(20))
        #expect(
            state
                == UnitState(load: "not-found", active: "inactive", sub: "dead", mainProcess: 0))
    }

    @Test(arguments: UnitAction.allCases)
    func `an action is a job, which ends`(_ action: UnitAction) async throws {
        let bus = try await FakeBus(in: directory.path)
        let manager = try bus.systemd(["Job": .jobs(2)])
        defer { manager.stop() }
        let systemd = SystemdBus(.address(bus.address))
        try systemd.begin(action, on: "app.service", within: .seconds(20))
        #expect(manager.calls == ["\(action.rawValue) app.service replace"])
        var busy: [Bool] = []
        for _ in 0..<3 {
            busy.append(try systemd.isBusy("app.service", within: .seconds(20)))
        }
        #expect(busy == [true, true, false])
        #expect(Set(manager.asked) == ["/org/freedesktop/systemd1/unit/app_2eservice"])
    }

    @Test func `an action that systemd does not allow is a reason`() async throws {
        let bus = try await FakeBus(in: directory.path)
        let manager = try bus.systemd([:], refusesJobs: true)
        defer { manager.stop() }
        #expect(throws: UnitDirectoryFailure(what: "systemd does not do it: Access denied")) {
            try SystemdBus(.address(bus.address)).begin(
                .restart, on: "app.service", within: .seconds(20))
        }
    }

    @Test func `what a unit can do and where its processes are`() async throws {
        let bus = try await FakeBus(in: directory.path)
        let manager = try bus.systemd([
            "CanReload": .truth(true), "ControlGroup": .text("/system.slice/app.service"),
        ])
        defer { manager.stop() }
        let systemd = SystemdBus(.address(bus.address))
        #expect(try systemd.canReload("app.service", within: .seconds(20)))
        #expect(
            try systemd.controlGroup(of: "app.service", within: .seconds(20))
                == "/system.slice/app.service")
    }

    @Test(arguments: [
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/credwatch.service\n", true),
        ("0::/system.slice/credwatch.service\n", false),
        ("0::/user.slice/user-1000.slice/session-3.scope\n", false), ("", false),
    ])
    func `the user's manager manages what is below it`(groups: String, isUsers: Bool) {
        #expect(isUnderUserManager(groups) == isUsers)
    }

    @Test(arguments: [
        ("loaded", "loaded", "machine"), ("masked", "loaded", "machine"),
        ("not-found", "loaded", "user"), ("not-found", "not-found", "machine"),
        ("not-found", nil, "machine"),
    ])
    func `the user's manager is asked for a unit that the machine's does not know`(
        machine: String, user: String?, expected: String
    ) async throws {
        for name in ["machine", "user"] { try directory.makeDirectory(name) }
        let buses = [
            try await FakeBus(in: directory["machine"]), try await FakeBus(in: directory["user"]),
        ]
        let answers = [machine, user].map { load -> [String: BusAnswer] in
            guard let load else { return [:] }
            return [
                "LoadState": .text(load), "ActiveState": .text("active"),
                "SubState": .text("running"),
                "MainPID": .number(812),
            ]
        }
        let managers = [try buses[0].systemd(answers[0]), try buses[1].systemd(answers[1])]
        defer { managers.forEach { $0.stop() } }
        let nearest = NearestManager(
            machine: SystemdBus(.address(buses[0].address)),
            user: SystemdBus(.address(buses[1].address)))
        try nearest.begin(.restart, on: "app.service", within: .seconds(20))
        let calls = managers.map { $0.calls }
        let wanted = ["TryRestartUnit app.service replace"]
        #expect(calls == (expected == "machine" ? [wanted, []] : [[], wanted]))
    }

    @Test func aRefusalIsAReason() async throws {
        let bus = try await FakeBus(in: directory.path)
        let manager = try bus.systemd([:])
        defer { manager.stop() }
        #expect(
            failure(SystemdBus(.address(bus.address)))
                == "systemd does not answer: Permission denied")
    }

    @Test func silenceComesToAnEnd() async throws {
        let bus = try await FakeBus(in: directory.path)
        let manager = try bus.systemd(["LoadState": .silence])
        defer { manager.stop() }
        let what = failure(SystemdBus(.address(bus.address)), .milliseconds(50))
        #expect(what == "systemd does not answer: Connection timed out")
    }

    @Test func aBusThatIsNotThereIsAReason() {
        let bus = SystemdBus(.address("unix:path=\(directory["none"])"))
        #expect(failure(bus).hasPrefix("the system bus cannot be reached: "))
    }

    @Test(
        .enabled(
            if: access("/run/systemd/system", F_OK) == 0
                && access("/run/dbus/system_bus_socket", F_OK) == 0,
            "needs a machine that systemd runs, with its system bus"))
    func systemdKnowsItsUnits() throws {
        let missing = try SystemdBus().state(of: "credwatch-no-such.service", within: .seconds(5))
        #expect(missing.load == "not-found")
        let journald = try SystemdBus().state(of: "systemd-journald.service", within: .seconds(5))
        #expect(journald.load == "loaded")
        #expect(journald.active != "active" || journald.mainProcess > 0)
    }
}
