import Model
import Support
import Testing

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("90s", 90_000, "90s"), ("5m", 300_000, "5m"), ("1h", 3_600_000, "1h"),
            ("250ms", 250, "250ms"), ("1h30m", 5_400_000, "1h30m"), ("2d", 172_800_000, "2d"),
            ("0s", 0, "0s"), ("0ms", 0, "0s"), ("120s", 120_000, "2m"),
            ("1500ms", 1_500, "1s500ms"),
            ("1h90s", 3_690_000, "1h1m30s"), ("1m30s", 90_000, "90s"), ("61s", 61_000, "61s"),
            ("007s", 7_000, "7s"), ("100d", 8_640_000_000, "100d"),
        ] as [(String, Int64, String)])
    func `reads what the config says and writes it shortest`(
        text: String, milliseconds: Int64, shortest: String
    ) {
        #expect(Duration(parsing: text) == .milliseconds(milliseconds))
        #expect(Duration.milliseconds(milliseconds).text == shortest)
    }

    @Test(arguments: [
        "", "5", "s", "5 m", " 5m", "5m ", "-5m", "+5m", "1.5s", "5M", "5min", "5us", "m5",
        "5m3", "٥s", "99999999999999999999s", "9223372036854775807d", "40000d", "1e3s",
        "\u{1D7D9}s", "5s\u{0}",
    ])
    func `refuses other forms`(text: String) {
        #expect(Duration(parsing: text) == nil)
    }

    @Test func `what is written can be read again`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let scale = [1, 1_000, 60_000, 3_600_000].randomElement(using: &generator) ?? 1
            let duration = Duration.milliseconds(
                Int64.random(in: 0...100_000, using: &generator) * Int64(scale))
            #expect(Duration(parsing: duration.text) == duration)
        }
    }

    @Test func `a negative duration begins with a minus`() {
        #expect(Duration.seconds(-90).text == "-90s")
        #expect(Duration.nanoseconds(Int64.min).text.hasPrefix("-106751d"))
    }

    @Test(
        arguments: [
            (0, "0.0s"), (-1, "0.0s"), (340_000_000, "0.3s"), (-340_000_000, "-0.3s"),
            (40_000_000_000, "40s"), (125_000_000_000, "2m 5s"), (11_040_000_000_000, "3h 4m"),
            (273_600_000_000_000, "3d 4h"), (-125_000_000_000, "-2m 5s"),
        ] as [(Int64, String)])
    func `roughly, for a person`(nanoseconds: Int64, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).rough == text)
    }
}
