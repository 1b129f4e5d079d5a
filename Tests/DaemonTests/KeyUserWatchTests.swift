import Model
import Testing

@testable import Daemon

/// When is looked for the users of an old key, and what is news.
@Suite struct KeyUserWatchTests {
    private let now = WallTime(seconds: 1_795_356_190)

    private func watch() -> KeyUserWatch {
        KeyUserWatch(
            profile: "app", keyID: "AKIAQNCLJGYSAZAAN74C",
            switchedAt: Instant(moment: Moment(nanoseconds: 7), wall: now))
    }

    private func report(_ pids: Int32...) -> KeyUsersReport {
        KeyUsersReport(
            users: pids.map {
                KeyUser(pid: $0, user: "app", unit: nil, command: "x", reason: .environment)
            })
    }

    @Test func `who is found is told once, and looked for less and less often`() {
        var watch = watch()
        var delays: [Duration] = []
        for look in 0..<7 {
            let (news, delay) = watch.take(report(5, 6), at: now)
            #expect(news == (look == 0 ? .used : nil))
            delays.append(delay ?? .zero)
        }
        #expect(delays == [30, 60, 120, 240, 480, 600, 600].map { .seconds($0) })
        #expect(watch.status.report.count == 2)
        #expect(watch.take(report(6), at: now) == (.used, .seconds(30)))
        #expect(watch.take(report(6), at: now) == (nil, .seconds(60)))
        #expect(watch.take(report(), at: now) == (.unused, nil))
    }

    @Test func `nobody at the first look is no news, unless not everybody was seen`() {
        var seen = watch()
        #expect(seen.take(report(), at: now) == (nil, nil))
        for blind in [KeyUsersReport(unreadable: 1), KeyUsersReport(isBlind: true)] {
            var watch = watch()
            #expect(watch.take(blind, at: now) == (.unseen, nil))
        }
    }

    @Test func `a look that was cut short ends nothing`() {
        var watch = watch()
        _ = watch.take(report(5), at: now)
        #expect(watch.take(KeyUsersReport(isCut: true), at: now) == (nil, .seconds(60)))
        #expect(watch.status.report.count == 1)
    }

    @Test func `the question has the files and units of the group's switch`() {
        var group = GroupConfiguration(name: "app", primary: "app", backups: ["spare"])
        group.switchTargets = [
            SwitchTarget(.environmentFile("/etc/default/app"), restartUnits: ["app.service"])
        ]
        #expect(
            watch().question(group)
                == KeyUsersQuestion(
                    of: "AKIAQNCLJGYSAZAAN74C", files: ["/etc/default/app"],
                    units: ["app.service"], since: Moment(nanoseconds: 7)))
    }
}
