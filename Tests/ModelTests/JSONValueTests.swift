import FoundationEssentials
import Testing

@testable import Model

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
        String(repeating: "[", count: 100_000), "01", "-", "+1", "1.", ".5", "1e", "0x1", "[1,]",
        "[,1]",
        #"{"a":1,}"#, #"{"a" 1}"#, #"{a:1}"#, "[1 2]", "NaN", "truey", "\u{0B}1", "1\u{0}",
        "\"\t\"", #""\x""#, #""\u12"#, #""\u12g4""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#,
        "\"", #""\"#,
    ])
    func takesNothingElse(text: String) {
        #expect(parse(text) == nil, "\(text.prefix(20))")
    }

    @Test(arguments: [
        (" \t\r\n1 ", JSONValue.integer(1)), ("-0", .integer(0)), ("1E+2", .integer(100)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(0x1p63)),
        ("0.1", .number(0.1)), ("1e400", .number(.infinity)), ("\u{FEFF}null", .null),
        (#""\"\\\/\b\f\n\r\t\u0000""#, .text("\"\\/\u{8}\u{C}\n\r\t\0")),
        (#""a\ud83d\uDE00é""#, .text("a😀é")), ("[ ]", .array([])), ("{ }", .object([:])),
        (#"{"a":1,"a":2}"#, .object(["a": .integer(1)])),
    ])
    func readsWhatTheFormAllows(text: String, value: JSONValue) {
        #expect(parse(text) == value)
    }

    @Test func readsNoDeeperThanItIsSafe() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(parse(nested(512)) != nil)
        #expect(parse(nested(513)) == nil)
    }

    /// Whatever is read is what another reader makes of it.
    @Test func agreesWithAnotherReaderOnDamagedText() {
        let whole = Array(
            #"{"a": [1, -2.5e3, true, null, "x\u00e4\ud83d\ude00\n"], "é": {"b": {}, "c": [[]]}}"#
                .utf8)
        let signs = Array(#"{}[]:,"\-+.eE0123456789untrfalsed \#n"#.utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: bytes[index] = signs.randomElement(using: &generator) ?? 0
                case 2: bytes.remove(at: index)
                default: bytes.insert(signs.randomElement(using: &generator) ?? 0, at: index)
                }
            }
            guard let value = JSONValue(parsing: bytes) else { continue }
            let other = try? JSONDecoder().decode(Decoded.self, from: Data(bytes)).value
            #expect(value == other || holdsInfinity(value), "\(bytes)")
        }
    }

    private func holdsInfinity(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let number): number.isInfinite
        case .array(let elements): elements.contains(where: holdsInfinity)
        case .object(let members): members.values.contains(where: holdsInfinity)
        default: false
        }
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
