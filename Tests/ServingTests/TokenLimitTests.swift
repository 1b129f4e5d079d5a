import Model
import Testing

@testable import Serving

@Suite struct TokenLimitTests {
    /// Takes wrong tokens in, each at a second; tells of each whether it was too many.
    private func note(_ seconds: [Int], _ limit: inout TokenLimit) -> [Bool] {
        seconds.map { limit.noteWrong(at: Moment(nanoseconds: 0) + .seconds($0)) }
    }

    @Test func `ten wrong tokens a minute are answered as such`() {
        var limit = TokenLimit()
        let first = note(Array(0..<TokenLimit.most), &limit)
        #expect(!first.contains(true))
        let more = note([10, 59], &limit)
        #expect(more == [true, true])
        #expect(limit.isReached(at: Moment(nanoseconds: 0) + .seconds(59)))
        #expect(!limit.isReached(at: Moment(nanoseconds: 0) + .seconds(60)))
        // A minute after the first one there is room for one.
        let later = note([60, 60], &limit)
        #expect(later == [false, true])
        // Those that were too many do not count: who guesses on does not keep others out for ever.
        let last = note([130], &limit)
        #expect(last == [false])
        #expect(!limit.isReached(at: Moment(nanoseconds: 0) + .seconds(130)))
    }

    @Test func `who guesses slowly is never told to wait`() {
        var limit = TokenLimit()
        let answers = note((0..<100).map { $0 * 7 }, &limit)
        #expect(!answers.contains(true))
    }
}
