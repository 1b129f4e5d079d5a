import Model
import Testing

@testable import Reporting

@Suite struct ScreenFrameTests {
    private func rows(_ text: String, rows: Int, columns: Int = 20) -> [String] {
        renderFrame(text, footer: "q quits", rows: rows, columns: columns)
            .split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func clearsEachRowAndEndsWithTheFooter() {
        #expect(
            rows("a\n\nb\n", rows: 24) == ["a\u{1B}[K", "\u{1B}[K", "b\u{1B}[K", "q quits\u{1B}[K"])
    }

    @Test func saysWhatDoesNotFit() {
        #expect(
            rows("a\nb\nc\nd\n", rows: 3, columns: 60)
                == ["a\u{1B}[K", "b\u{1B}[K", "… 2 more lines do not fit here; q quits\u{1B}[K"])
        #expect(rows("a\nb\n", rows: 2, columns: 12) == ["a\u{1B}[K", "… 1 more l…\u{1B}[K"])
        #expect(rows("a\n", rows: 1).count == 1)
    }

    @Test func aLineThatTakesTwoRowsCountsAsTwo() {
        let long = String(repeating: "x", count: 30)
        #expect(rows("\(long)\nb\n", rows: 4).count == 3)
        #expect(rows("\(long)\nb\n", rows: 3).first == long + "\u{1B}[K")
        #expect(rows("\(long)\nb\n", rows: 3).count == 2)
    }

    @Test func coloursTakeNoRoomAndAFullRowIsNotCleared() {
        let full = "\u{1B}[1;31m" + String(repeating: "x", count: 20) + "\u{1B}[0m"
        #expect(rows("\(full)\nb\n", rows: 3) == [full, "b\u{1B}[K", "q quits\u{1B}[K"])
    }

    @Test func aDigestKnowsStatesAndNotTimes() {
        let base = StatusDigest(.success(Samples.document), now: Samples.now)
        var later = Samples.document
        later.generatedAt = Samples.now
        later.profiles[0].lastAttemptAt = Samples.now + .seconds(9)
        #expect(StatusDigest(.success(later), now: Samples.now) == base)
        #expect(StatusDigest(.success(later), now: Samples.now + .seconds(3_600)) != base)
        later.profiles[1].diagnosis?.cause = .keyInactive
        #expect(StatusDigest(.success(later), now: Samples.now) != base)
        var moved = Samples.document
        moved.groups[0].active = "other"
        #expect(StatusDigest(.success(moved), now: Samples.now) != base)
        #expect(StatusDigest(.failure(.missing(path: "x")), now: Samples.now) != base)
    }

    @Test(arguments: [
        (["LANG": "en_US.UTF-8"], true), (["LANG": "C.utf8"], true), (["LANG": "C"], false),
        ([:], false), (["LC_ALL": "C", "LANG": "de_DE.UTF-8"], false),
        (["LC_ALL": "", "LC_CTYPE": "de_DE.UTF-8@euro"], true),
    ])
    func theLocaleSaysWhetherBlocksAreThere(variables: [String: String], expected: Bool) {
        #expect(localeIsUTF8 { variables[$0] } == expected)
    }
}
