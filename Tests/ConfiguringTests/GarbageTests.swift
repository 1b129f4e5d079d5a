import Model
import Testing

@testable import Configuring

/// Whatever the bytes are, the outcome is a config or a list of problems, and it comes soon.
@Suite struct GarbageTests {
    private let full = contents("Fixtures/config/good-full.yaml")

    @Test func everyPrefixOfAConfigHasAnOutcome() {
        for length in 0...full.count {
            let result = decodeConfiguration(bytes: Array(full[..<length]), file: "c")
            #expect((result.configuration == nil) == result.problems.contains { $0.isError })
        }
    }

    @Test func everyByteMayBeAnotherOne() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            var bytes = full
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
            }
            let result = decodeConfiguration(bytes: bytes, file: "c")
            #expect((result.configuration == nil) == result.problems.contains { $0.isError })
        }
    }

    @Test(arguments: [
        "[", "{", "- ", "? ", "{a: ", "&a [*a, ", "'", "\"", "|\n", "!", "%", "*", "a: ",
    ])
    func aRepeatedOpeningComesToAnEnd(text: String) {
        let bytes = Array(String(repeating: text, count: 200_000 / text.utf8.count).utf8)
        let result = decodeConfiguration(bytes: bytes, file: "c")
        #expect(result.configuration == nil)
        #expect(!result.problems.isEmpty)
    }

    @Test func aChainOfAliasesCannotBecomeDeep() {
        var text = "a0: &a0 [x]\n"
        for number in 1..<200 { text += "a\(number): &a\(number) [*a\(number - 1)]\n" }
        let problems = decodeConfiguration(bytes: Array(text.utf8), file: "c").problems
        #expect(problems.map(\.rule) == ["too-deep"])
    }

    @Test(
        arguments: [
            ([0xC0, 0x80], "1:1"), ([0x61, 0xED, 0xA0, 0x80], "1:2"),
            ([0xF4, 0x90, 0x80, 0x80], "1:1"),
            ([0x0A, 0xE2, 0x82], "2:1"), ([0xC3, 0xBC, 0xFF], "1:2"),
            ([0xFF, 0xFE, 0x61, 0x00], "1:1"),
            ([0x0D, 0x0D, 0x0A, 0x80], "3:1"),
        ] as [([UInt8], String)])
    func bytesThatAreNotUTF8HaveAPlace(bytes: [UInt8], place: String) {
        let problems = decodeConfiguration(bytes: bytes, file: "c").problems
        #expect(problems.map(\.rule) == ["not-utf8"])
        #expect(problems.first?.location.description == "c:" + place)
    }
}

/// A repeatable source of numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
