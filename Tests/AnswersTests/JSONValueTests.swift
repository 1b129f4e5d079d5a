import Model
import Testing

@testable import Answers

@Suite struct JSONValueTests {
    private func parse(_ text: String) -> JSONValue? { JSONValue(parsing: Array(text.utf8)) }

    @Test func readsEveryKindOfValue() throws {
        let value = try #require(
            parse(#"{"a": [1, -2.5, true, null, "x\u00e4"], "B": {"c": 1e3}, "n": 4070908800000}"#))
        #expect(
            value["a"]
                == .array([.integer(1), .number(-2.5), .bool(true), .null, .text("xä")]))
        #expect(value["B"]?["c"]?.integer == 1_000)
        #expect(value["n"]?.integer == 4_070_908_800_000)
        #expect(value.member(ignoringCase: "b")?.isObject == true)
        #expect(value["b"] == nil)
        #expect(parse(#""1""#)?.text == "1")
        #expect(parse(#""s""#)?.secret == Secret("s"))
    }

    @Test(arguments: [
        "", " ", "<html>", "{", #"{"a":}"#, "{'a': 1}", "[1,", "nul", #"{"a": 1} x"#,
        String(repeating: "[", count: 100_000),
    ])
    func takesNothingElse(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func takesNoBytesThatAreNoText() {
        #expect(JSONValue(parsing: [0x22, 0xFF, 0x22]) == nil)
        #expect(JSONValue(parsing: [0xFF, 0xFE, 0x7B, 0x00]) == nil)
    }

    @Test func showsNothing() throws {
        let value = try #require(parse(#"{"SecretAccessKey": "made/up"}"#))
        var dumped = ""
        dump(value, to: &dumped)
        #expect(!"\(value) \(String(reflecting: value)) \(dumped)".contains("made/up"))
    }
}
