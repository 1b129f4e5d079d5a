import Model
import Support
import Testing

@testable import Tracking

@Suite struct HistoryTrackTests {
    /// 10:00 of a day.
    private let ten = WallTime(seconds: 1_795_341_600)

    private func letters(_ history: History) -> String {
        String(decoding: history.letters, as: UTF8.self)
    }

    /// What is known at a time, after checks at minutes past ten.
    private func known(
        _ checks: [(minute: Int, state: ProfileState)], at minute: Int,
        every interval: Duration = .seconds(300)
    ) -> String {
        var track = HistoryTrack()
        for check in checks {
            _ = track.note(
                check.state, at: ten + .seconds(60 * check.minute), every: interval)
        }
        return letters(track.history(at: ten + .seconds(60 * minute), every: interval))
    }

    @Test func aHalfHourHasTheWorstOfItsChecks() {
        #expect(
            known([(0, .healthy), (5, .failing), (10, .unknown), (15, .healthy)], at: 16) == "f")
        #expect(
            known([(0, .healthy), (5, .unknown), (29, .healthy), (30, .healthy)], at: 31) == "uh")
    }

    @Test func theTimeOfAStopIsNotKnown() {
        #expect(known([(0, .healthy), (95, .failing)], at: 96) == "h--f")
        // As long as the daemon is away, what it said last does not go on.
        #expect(known([(0, .healthy)], at: 25) == "h")
        #expect(known([(0, .healthy)], at: 95) == "h---")
        #expect(known([(0, .failing)], at: 60 * 24) == "")
    }

    @Test func aCheckCountsUntilTheNextIsDue() {
        let hour = Duration.seconds(3_600)
        #expect(known([(0, .healthy), (61, .failing)], at: 62, every: hour) == "hhf")
        #expect(known([(0, .healthy)], at: 61, every: hour) == "hhh")
        #expect(known([(29, .healthy)], at: 31) == "hh")
        // But a machine that slept has not checked.
        #expect(known([(0, .healthy), (125, .healthy)], at: 126, every: hour) == "h---h")
        #expect(known([(0, .healthy)], at: 150, every: hour) == "h-----")
    }

    @Test func aDayIsKept() {
        func known(_ count: Int) -> String {
            let checks = (0..<count).map { number -> (minute: Int, state: ProfileState) in
                (number * 30, number == 11 ? .failing : .healthy)
            }
            return self.known(checks, at: (count - 1) * 30)
        }
        #expect(known(12) == String(repeating: "h", count: 11) + "f")
        #expect(known(59) == "f" + String(repeating: "h", count: 47))
        #expect(known(60) == String(repeating: "h", count: 48))
    }

    @Test func aClockThatWentBackTakesWhatIsYetToCome() {
        let checks: [(minute: Int, state: ProfileState)] = [
            (0, .healthy), (30, .unknown), (60, .failing), (90, .healthy),
        ]
        #expect(known(checks + [(31, .healthy)], at: 31) == "hu")
        // Years: nothing of before can be placed any more.
        #expect(known(checks + [(-60 * 24 * 400, .healthy)], at: -60 * 24 * 400) == "h")
        // Seconds around the half hour: no failure is lost.
        #expect(known(checks.prefix(3) + [(59, .healthy)], at: 59) == "hf")
        // A status made before the next check says the same.
        #expect(known(checks, at: 31) == "hu")
    }

    @Test func tellsWhetherAnythingChanged() {
        var track = HistoryTrack()
        let told = [
            (ProfileState.healthy, 0), (.healthy, 60), (.failing, 120), (.unknown, 180),
            (.unknown, 1_800),
        ].map { state, seconds in
            track.note(state, at: ten + .seconds(seconds), every: .seconds(60))
        }
        #expect(told == [true, false, true, false, true])
    }

    // MARK: - In the tracker

    private func letters(_ world: World, _ name: String) -> String {
        letters(world.profile(name).history)
    }

    @Test func aRestartGoesOnWithWhatWasKept() {
        var world = World()
        world.check("app", .keyNotRecognized)
        #expect(world.tracker.historyChanged)
        #expect(letters(world, "app").last == "f")
        let kept = world.tracker.histories
        #expect(kept.map(\.name) == ["app"])

        var later = world.restarted(after: .seconds(3_600))
        #expect(letters(later, "app") == "")
        later.tracker.takeUp(
            kept + [RememberedHistory(name: "gone", newest: 1, history: History())])
        later.check("app", .ok)
        #expect(letters(later, "app") == "f-h")
        #expect(later.tracker.histories.map(\.name) == ["app"])
    }

    @Test func aReloadKeepsItAndARemovedProfileLosesIt() {
        var world = World()
        world.check("app", .ok)
        world.check("third", .ok)
        var fewer = World.configuration()
        fewer.profiles.removeLast()
        world.tracker.reconfigure(fewer, at: world.now)
        #expect(letters(world, "app") == "h")
        #expect(world.tracker.histories.map(\.name) == ["app"])
        world.tracker.reconfigure(World.configuration(), at: world.now)
        #expect(letters(world, "third") == "")
    }
}
