import Model
import Scheduling
import Testing

@testable import Daemon

/// Who gets a place, and when.
@Suite struct JobBoardTests {
    private func check(_ name: String) -> Job {
        Job(profile: ProfileConfiguration(name: name), purpose: .routine(due: nil))
    }

    private func proof(_ name: String, of group: String = "g") -> Job {
        Job(profile: ProfileConfiguration(name: name), purpose: .proof(group: group, at: nil))
    }

    /// Hires, and lets each new worker take one job, which it never ends.
    private func hire(_ board: JobBoard) -> [String] {
        var workers: [Int] = []
        board.hire { worker in
            workers.append(worker)
            return Task {}
        }
        return workers.compactMap { board.next(for: $0)?.job.profile.name }
    }

    @Test func `there are no more workers than the limit`() {
        let board = JobBoard(limit: 2, keepsLateness: false)
        for name in ["a", "b", "c"] { board.add(check(name)) }
        #expect(hire(board) == ["a", "b"])
        #expect(hire(board).isEmpty)
        #expect(board.backlog == 1)
    }

    @Test func `a proof does not wait for checks that hang`() {
        let board = JobBoard(limit: 2, keepsLateness: false)
        for name in ["a", "b", "c"] { board.add(check(name)) }
        #expect(hire(board) == ["a", "b"])
        board.add(proof("backup"))
        #expect(hire(board) == ["backup"])
        // The place was for the proof only.
        #expect(hire(board).isEmpty)
        #expect(board.backlog == 1)
    }

    @Test func `the worker of a proof takes no check beyond the limit`() throws {
        let board = JobBoard(limit: 1, keepsLateness: false)
        board.add(check("a"))
        #expect(hire(board) == ["a"])
        board.add(check("b"))
        board.add(proof("backup"))
        var extra: Int?
        board.hire { worker in
            extra = worker
            return Task {}
        }
        let worker = try #require(extra)
        let (id, job) = try #require(board.next(for: worker))
        #expect(job.profile.name == "backup")
        #expect(board.finished(id))
        #expect(board.next(for: worker) == nil)
        #expect(board.backlog == 1)
    }

    @Test func `thousands of groups do not ask all at once`() {
        let board = JobBoard(limit: 4, keepsLateness: false)
        for index in 0..<1_000 { board.add(proof("backup", of: "g\(index)")) }
        #expect(hire(board).count == 20)
    }
}
