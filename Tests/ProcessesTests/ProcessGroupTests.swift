import Glibc
import Testing

@testable import Processes

@Suite struct ProcessStatTests {
    @Test(arguments: [
        ("7 (sh) S 1 7 7 0 -1", false, 7),
        ("7 (a) b) (c) R 1 12 7", false, 12),
        ("7 (dead) Z 1 7 7", true, 7),
        ("7 (dead) X 1 7 7", true, 7),
    ])
    func theGroupAndTheStateAreRead(text: String, isDead: Bool, group: Int32) throws {
        let stat = try #require(ProcessStat(parsing: Array(text.utf8)[...]))
        #expect(stat.isDead == isDead)
        #expect(stat.group == group)
    }

    @Test(arguments: ["", "7", "7 (sh", "7 (sh)", "7 (sh) S 1", "7 (sh) S 1 x", ")"])
    func anythingElseIsNoProcess(text: String) {
        #expect(ProcessStat(parsing: Array(text.utf8)[...]) == nil)
    }

    @Test func ourOwnGroupIsFound() {
        #expect(ProcessStat(getpid())?.group == getpgrp())
    }
}
