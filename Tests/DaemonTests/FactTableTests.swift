import Model
import Support
import Testing

@testable import Daemon

/// Each signal that AWS, the network or a file may give, from end to end: what is told, and whether
/// applications are moved, with a backup that is good.
@Suite(.timeLimit(.minutes(2)))
struct FactTableTests {
    @Test(arguments: FactRow.all)
    func `row by row`(_ row: FactRow) async throws {
        let run = try await FactRun.play(row, on: Machine())
        let diagnosis = try #require(run.last).diagnosis
        #expect(diagnosis.cause == row.cause, "\(diagnosis)")
        #expect(diagnosis.verdict == row.verdict)
        #expect(diagnosis.confidence == row.confidence, "\(diagnosis)")
        #expect(run.moved == (row.end == .moves))
        #expect(diagnosis.others.isEmpty == (diagnosis.confidence == .certain))
        let text = "\(diagnosis)"
        #expect(!text.contains(Sample.secret) && !text.contains(Sample.token))
    }

    @Test func `only what is bad moves anything`() {
        for row in FactRow.all {
            #expect((row.end == .moves) == (row.verdict == .bad), "\(row.name)")
        }
    }
}
