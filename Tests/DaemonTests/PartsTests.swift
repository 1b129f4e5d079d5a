import Model
import Support
import Testing

@testable import Daemon

struct ClockWatchTests {
    private let start = Sample.start

    private func watch() -> ClockWatch { ClockWatch(at: start, suspended: .seconds(30)) }

    /// The start's clocks after `running`, of which the machine slept `asleep`, with a wall clock that
    /// was set by `jump` meanwhile.
    private func later(_ running: Duration, jump: Duration = .zero) -> Instant {
        Instant(moment: start.moment + running, wall: start.wall + running + jump)
    }

    @Test(arguments: [0, 1, 3_600, 86_400 * 365])
    func `time that passes is no news`(_ seconds: Int) {
        var watch = watch()
        #expect(watch.look(at: later(.seconds(seconds)), suspended: .seconds(30)) == [])
    }

    @Test(arguments: [2, 3_600, -2, -3_600, 86_400 * 3_650])
    func `a clock that was set is told once`(_ seconds: Int) {
        var watch = watch()
        let now = later(.seconds(60), jump: .seconds(seconds))
        #expect(watch.look(at: now, suspended: .seconds(30)) == [.jumped(by: .seconds(seconds))])
        #expect(watch.look(at: now + .seconds(5), suspended: .seconds(30)) == [])
    }

    @Test func `a clock that is slewed is no news`() {
        var watch = watch()
        for step in 1...100 {
            let drift = Duration.milliseconds(step * 500)
            let now = later(.seconds(step * 60), jump: drift)
            #expect(watch.look(at: now, suspended: .seconds(30)) == [])
        }
    }

    @Test func `time that was slept through is told once, and is no jump`() {
        var watch = watch()
        let now = later(.seconds(7_200))
        #expect(
            watch.look(at: now, suspended: .seconds(7_230)) == [.slept(for: .seconds(7_200))])
        #expect(watch.look(at: now, suspended: .seconds(7_230)) == [])
    }

    @Test func `a sleep and a clock set after it are two things`() {
        var watch = watch()
        let now = later(.seconds(600), jump: .seconds(-90))
        #expect(
            watch.look(at: now, suspended: .seconds(630))
                == [.slept(for: .seconds(600)), .jumped(by: .seconds(-90))])
    }
}

struct MakeUUIDTests {
    @Test func `it is a random UUID of version 4 in small letters`() throws {
        let form = try Regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        let ids = (0..<1_000).map { _ in makeUUID() }
        for id in ids { #expect(try form.wholeMatch(in: id) != nil, "\(id)") }
        #expect(Set(ids).count == ids.count)
    }
}

struct PulseTests {
    @Test func `before the first question the thread counts as alive`() {
        let pulse = Pulse()
        #expect(pulse.isAnswered.isSet)
        #expect(!pulse.isAsked)
        pulse.isAnswered.set(false)
        #expect(!pulse.isAnswered.isSet)
    }
}
