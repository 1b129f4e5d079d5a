import Model
import Support
import SystemBus
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct InspectUnitsTests {
    @Test(
        arguments: [
            ([], nil), (["loaded"], nil), (["not-found", "loaded"], nil),
            (["not-found"], "systemd knows no unit a.service"),
            (["not-found", "not-found"], "systemd knows no unit a.service"),
            (["not-found", "masked"], "is masked"), (["bad-setting"], "it is bad-setting"),
        ] as [([String], String?)])
    func `one manager that can start a unit is enough`(states: [String], words: String?) {
        let flaw = flaw(ofUnit: "a.service", loadedAs: states)
        #expect((flaw == nil) == (words == nil))
        if let words { #expect(flaw?.contains(words) == true, "\(flaw ?? "")") }
    }

    private static func configuration(_ units: String...) -> Configuration {
        var group = GroupConfiguration(name: "g", primary: "app", backups: ["spare"])
        group.switchTargets = [
            SwitchTarget(
                .environmentFile("/etc/default/app"), restartUnits: units,
                location: SourceLocation(file: "c.yaml", line: 7, column: 9))
        ]
        return Configuration(profiles: [], groups: [group])
    }

    @Test(.enabled("dbus-daemon is not installed") { FakeBus.isPossible })
    func `a unit that systemd does not know is a warning where the config names it`() async throws {
        let folder = try TestFolder()
        let bus = try await FakeBus(in: folder.path)
        let systemd = try bus.systemd([
            "LoadState": .text("not-found"), "ActiveState": .text("inactive"),
            "SubState": .text("dead"),
        ])
        defer { systemd.stop() }
        let manager = SystemdBus(.address(bus.address))
        let problems = await problemsOfUnits(
            in: Self.configuration("app.service", "web.service"), file: "c.yaml",
            asking: [manager])
        #expect(problems.map(\.rule) == ["unknown-unit", "unknown-unit"])
        #expect(problems.allSatisfy { !$0.isError && $0.location.line == 7 })
        #expect(problems.first?.message.contains("app.service") == true)
        systemd.set("LoadState", .text("loaded"))
        systemd.set("MainPID", .number(1))
        let none = await problemsOfUnits(
            in: Self.configuration("app.service"), file: "c.yaml", asking: [manager])
        #expect(none == [])
    }

    @Test func `without a bus there is nothing to say`() async {
        let problems = await problemsOfUnits(
            in: Self.configuration("app.service"), file: "c.yaml",
            asking: [SystemdBus(.address("unix:path=/nonexistent/bus"))])
        #expect(problems == [])
    }

    @Test(.enabled("dbus-daemon is not installed") { FakeBus.isPossible })
    func `a bus on which nobody answers is left after a few seconds`() async throws {
        let folder = try TestFolder()
        let bus = try await FakeBus(in: folder.path)
        let systemd = try bus.systemd(["LoadState": .silence])
        defer { systemd.stop() }
        let manager = SystemdBus(.address(bus.address))
        let clock = ContinuousClock()
        let time = await clock.measure {
            let problems = await problemsOfUnits(
                in: Self.configuration("a.service", "b.service", "c.service"), file: "c.yaml",
                asking: [manager, manager])
            #expect(problems == [])
        }
        // One after the other they would take 18 s; a busy machine takes some more than 3.
        #expect(time < .seconds(12), "\(time)")
    }
}
