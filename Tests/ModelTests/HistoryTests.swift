import Model
import Testing

@Suite struct HistoryTests {
    private func history(_ letters: String) -> History {
        History(letters: letters) ?? History()
    }

    private func letters(_ history: History) -> String {
        String(decoding: history.letters, as: UTF8.self)
    }

    private let day = String(repeating: "huf-", count: 12)

    @Test(arguments: [
        "", "h", "f-u", "hhhhhhhhhh", "huf-huf-huf-huf-huf-huf-huf-huf-huf-huf-huf-hufh",
    ])
    func lettersAreReadAndWritten(text: String) {
        #expect(letters(history(text)) == text)
        #expect(history(text).isEmpty == text.isEmpty)
    }

    @Test func whatIsNotKnownInFrontIsLeftOff() {
        #expect(letters(history("--hu")) == "hu")
        #expect(letters(history("----")) == "")
        #expect(history("--h") == history("h"))
    }

    @Test(arguments: ["x", "H", "h h", "é", String(repeating: "h", count: 49)])
    func anythingElseIsRefused(text: String) {
        #expect(History(letters: text) == nil)
    }

    @Test func twoBitsAreEnough() {
        #expect(MemoryLayout<History>.size <= 16)
    }

    /// Against the same on an array, for every distance.
    @Test(arguments: -60...60) func shiftsAsAnArrayDoes(steps: Int) {
        var shifted = history(day)
        let before = shifted.levels
        #expect(before.count == 48)
        shifted.shift(by: steps)
        let nothing = [HistoryLevel](repeating: .nothing, count: 60)
        let expected =
            steps >= 0
            ? Array((before + nothing.prefix(steps)).suffix(48))
            : Array((nothing.prefix(-steps) + before).prefix(48))
        #expect(shifted.levels == expected)
    }

    @Test(arguments: 0..<48) func oneHalfHourIsSetAlone(age: Int) {
        for level in HistoryLevel.allCases {
            var changed = history(day)
            let before = changed.levels
            changed[age] = level
            var expected = before
            expected[47 - age] = level
            #expect(changed.levels == expected)
        }
    }

    @Test func nothingIsBeyondTheDay() {
        var full = history(day)
        full[48] = .failing
        full[-1] = .failing
        #expect(full == history(day))
        #expect(full[48] == .nothing && full[-1] == .nothing)
    }

    @Test func theWorstIsTheLargest() {
        #expect(HistoryLevel.allCases.sorted() == [.nothing, .healthy, .unknown, .failing])
        #expect(
            ProfileState.allCases.map { HistoryLevel($0) }
                == ProfileState.allCases.map { state in
                    switch state {
                    case .pending: .nothing
                    case .healthy: .healthy
                    case .failing: .failing
                    case .unknown: .unknown
                    }
                })
    }
}
