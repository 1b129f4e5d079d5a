import Model
import Testing

@testable import Rotating

struct ProofRowTests {
    private let refused = ProofAnswer.refused("InvalidClientTokenId")
    private let silent = ProofAnswer.unknown("no route to host")

    /// Plays answers, a pause apart, until one ends it; returns how many were needed.
    private func play(_ answers: [ProofAnswer], step: Duration? = nil) -> (Int, ProofRow.Standing) {
        let pace = ProofPace()
        var row = ProofRow(pace, at: Moment(nanoseconds: 0))
        var time = Moment(nanoseconds: 0)
        for (index, answer) in answers.enumerated() {
            let standing = row.add(answer, at: time)
            if standing != .going { return (index + 1, standing) }
            time = time + (step ?? pace.pause)
        }
        return (answers.count, .going)
    }

    @Test func `five good answers over 15 s are a proof, and fewer or quicker ones are none`() {
        #expect(play(Array(repeating: .good, count: 20)) == (5, .proven))
        #expect(play(Array(repeating: .good, count: 4)) == (4, .going))
        #expect(play(Array(repeating: .good, count: 40), step: .seconds(1)) == (16, .proven))
    }

    @Test func `a refusal begins the row anew, and an answer that says nothing does not`() {
        let good = [ProofAnswer](repeating: .good, count: 4)
        #expect(play(good + [refused] + good + [.good]) == (10, .proven))
        #expect(play(good + [silent, silent] + [.good]) == (7, .proven))
        // One that never settles.
        let flapping = (0..<200).map { $0.isMultiple(of: 2) ? refused : .good }
        let (_, end) = play(flapping)
        #expect(
            end == .refused("InvalidClientTokenId")
                || end == .unsettled("the answers came too slowly"))
    }

    @Test func `the end of the time says whether the key was refused`() {
        #expect(
            play(Array(repeating: refused, count: 200)) == (81, .refused("InvalidClientTokenId")))
        #expect(play(Array(repeating: silent, count: 200)) == (81, .unsettled("no route to host")))
    }
}
