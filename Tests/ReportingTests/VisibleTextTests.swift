import Model
import Testing

@testable import Reporting

@Suite struct VisibleTextTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("a\u{1B}[31mb", "a\\x1b[31mb"),
        ("a\nb\tc\rd\u{0}", "a\\nb\\tc\\rd\\x00"),
        ("\r\n", "\\r\\n"),
        ("\u{9B}2J", "\\u{9b}2J"),
        ("a\u{202E}b\u{200B}c", "a\\u{202e}b\\u{200b}c"),
        ("a\u{2028}b", "a\\u{2028}b"),
        ("müller 東京", "müller 東京"),
        ("👩\u{200D}👧", "👩\u{200D}👧"),
        ("a\u{200D}b", "a\\u{200d}b"),
        ("\u{7F}", "\\x7f"),
    ])
    func showsWhatATerminalWouldObey(text: String, expected: String) {
        #expect(visible(text) == expected)
    }

    @Test(arguments: [
        ("{\"a\": \"b\"}\n", "{\"a\": \"b\"}\n"),
        ("{\"müller\": \"東京\"}", "{\"müller\": \"東京\"}"),
        ("\"\u{9B}2J\u{7F}\"", "\"\\u009b2J\\u007f\""),
        ("\"a\u{202E}b\u{E0001}\"", "\"a\\u202eb\\udb40\\udc01\""),
    ])
    func jsonSaysTheSameWithoutThem(json: String, expected: String) throws {
        let shown = visibleJSON(Array(json.utf8))
        #expect(String(decoding: shown, as: UTF8.self) == expected)
        #expect(JSONValue(parsing: shown) == JSONValue(parsing: Array(json.utf8)))
    }

    @Test func keepsLinesWhenAsked() {
        #expect(visible("a\n\tb\u{1B}\r\n", keepingLines: true) == "a\n\tb\\x1b\\r\n")
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("東京", 4), ("e\u{301}", 1), ("👩\u{200D}👧", 2), ("☎\u{FE0F}", 2),
        ("한글", 4), ("ｱ", 1), ("Ａ", 2), ("…", 1),
    ])
    func countsColumns(text: String, columns: Int) {
        #expect(displayWidth(text) == columns)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abc", 1, "…"), ("abc", 0, ""),
        ("abc", -3, ""), ("東京都", 5, "東京…"), ("東京都", 4, "東…"),
    ])
    func cutsToColumns(text: String, columns: Int, expected: String) {
        #expect(truncated(text, to: columns) == expected)
    }

    @Test func fillsToColumns() {
        #expect(padded("東", to: 4) == "東  ")
        #expect(padded("abc", to: 2) == "abc")
    }

    @Test(arguments: 4...12) func cutsBytesAtTheEdgeOfACharacter(limit: Int) {
        let result = bounded("aé東👧aaaa", bytes: limit)
        #expect(result.utf8.count <= limit)
        #expect(result.hasSuffix("…"))
        #expect(!result.contains("\u{FFFD}"))
        #expect("aé東👧aaaa".hasPrefix(String(result.dropLast())))
    }

    @Test func leavesAShortTextWhole() {
        #expect(bounded("abc", bytes: 3) == "abc")
    }
}
