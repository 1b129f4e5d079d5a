import Model
import Testing

@testable import Reporting

/// The last 24 hours as the status file has them.
@Suite struct HistoryMemberTests {
    private func text(_ history: String) throws -> String {
        var document = Samples.emptyDocument
        document.profiles = [ProfileStatus(name: "a", state: .healthy)]
        document.profiles[0].history = try #require(History(letters: history))
        return String(decoding: renderStatus(document), as: UTF8.self)
    }

    private func decode(_ text: String) throws(StatusReadProblem) -> History? {
        try decodeStatus(Array(text.utf8), path: "s.json").profiles.first?.history
    }

    @Test(arguments: ["", "h", "huf-f", "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhu"])
    func isReadAsItWasWritten(letters: String) throws {
        let text = try text(letters)
        #expect(text.contains("\"history\": \"\(letters)\""))
        #expect(try decode(text) == History(letters: letters))
    }

    @Test func aDaemonOfBeforeItTellsNothing() throws {
        let old = try text("h").replacing("\"history\": \"h\",", with: "")
        #expect(!old.contains("history"))
        #expect(try decode(old) == History())
    }

    @Test(arguments: ["\"x\"", "3", "\"" + String(repeating: "h", count: 49) + "\""])
    func anythingElseIsRefused(value: String) throws {
        let changed = try text("h").replacing(
            "\"history\": \"h\"", with: "\"history\": \(value)")
        #expect(throws: StatusReadProblem.self) { try decode(changed) }
    }
}
