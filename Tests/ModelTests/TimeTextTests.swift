import Model
import Support
import Testing

@Suite struct TimeTextTests {
    @Test(
        arguments: [
            ("2026-11-22T14:03:10Z", 1_795_356_190), ("2026-11-22T15:03:10+01:00", 1_795_356_190),
            ("2026-11-22T08:33:10-05:30", 1_795_356_190),
            ("2026-11-22T15:03:10+0100", 1_795_356_190),
            ("2026-11-22t14:03:10z", 1_795_356_190), ("2026-11-22 14:03:10Z", 1_795_356_190),
            ("20261122T140310Z", 1_795_356_190), ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1), ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("2000-02-29T12:00:00Z", 951_825_600), ("2016-12-31T23:59:60Z", 1_483_228_800),
            ("1678-01-01T00:00:00Z", -9_214_560_000), ("2261-12-31T23:59:59Z", 9_214_646_399),
            ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("2999-01-01T00:00:00Z", 32_472_144_000),
        ] as [(String, Int64)])
    func `reads times`(text: String, seconds: Int64) {
        #expect(WallTime(parsing: text) == WallTime(seconds: seconds))
    }

    @Test func `keeps fractions to the nanosecond and drops the rest`() {
        let base = WallTime(seconds: 1_795_356_190)
        #expect(WallTime(parsing: "2026-11-22T14:03:10.5Z") == base + .milliseconds(500))
        #expect(WallTime(parsing: "2026-11-22T14:03:10.000000001Z") == base + .nanoseconds(1))
        #expect(
            WallTime(parsing: "2026-11-22T14:03:10.1234567899Z") == base + .nanoseconds(123_456_789)
        )
    }

    @Test(arguments: [
        "", "Z", "2026", "2026-11-22", "2026-11-22T14:03Z", "2026-11-22T14:03:10",
        "2026-11-22T14:03:10 Z", "2026-1122T14:03:10Z", "202611-22T140310Z",
        "2026-11-22T14:03:10.Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-11-00T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T14:60:10Z",
        "2026-11-22T14:03:61Z", "2026-11-22T14:03:10+24:00", "2026-11-22T14:03:10+01:60",
        "+026-11-22T14:03:10Z", "2026-11-22T14:03:10Zz", " 2026-11-22T14:03:10Z",
        "0000-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z",
        "٢٠٢٦-11-22T14:03:10Z", "2026-11-22T14:03:10\u{0}Z",
    ])
    func `refuses what is no time`(text: String) {
        #expect(WallTime(parsing: text) == nil)
    }

    @Test func `writes and reads the same second`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            let time = WallTime(
                seconds: .random(in: -9_214_560_000...9_214_646_399, using: &generator))
            #expect(WallTime(parsing: time.rfc3339) == time)
            #expect(WallTime(parsing: time.basicISO8601) == time)
            #expect(time.rfc3339.contains("T\(time.timeOfDay)Z"))
        }
    }

    @Test func `writes the forms that people and AWS read`() {
        let time = WallTime(seconds: 1_795_356_190) + .milliseconds(999)
        #expect(time.rfc3339 == "2026-11-22T14:03:10Z")
        #expect(time.basicISO8601 == "20261122T140310Z")
        #expect(time.timeOfDay == "14:03:10")
        #expect(WallTime(seconds: -1).rfc3339 == "1969-12-31T23:59:59Z")
    }

    @Test(
        arguments: [
            ("Sun, 22 Nov 2026 14:03:10 GMT", 1_795_356_190),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 00:00:00 UTC", 1_709_164_800),
        ] as [(String, Int64)])
    func `reads the date of HTTP`(text: String, seconds: Int64) {
        #expect(WallTime(httpDate: text) == WallTime(seconds: seconds))
    }

    @Test(arguments: [
        "", "Sun", "Sunday, 22-Nov-26 14:03:10 GMT", "Sun Nov 22 14:03:10 2026",
        "Sun, 22 Nov 2026 14:03:10", "Sun, 22 Nov 2026 14:03:10 CET",
        "Sun, 22 nov 2026 14:03:10 GMT", "Sun, +2 Nov 2026 14:03:10 GMT",
        "Sun, -2 Nov 2026 14:03:10 GMT", "Sun, 22 Nov 99999999999999999999 14:03:10 GMT",
        "Sun, 22 Nov 9999 14:03:10 GMT", "Sun, 30 Feb 2026 14:03:10 GMT",
        "Sun, 22 Nov 2026 14:03 GMT", "Sun, 22 Nov 2026 25:03:10 GMT",
        "Sun, 22 Nov 2026 14:03:10.5 GMT", "Sun, 22 Nov 2026 14:03:10 GMT x",
    ])
    func `refuses what is no date of HTTP`(text: String) {
        #expect(WallTime(httpDate: text) == nil)
    }

    @Test func `no bytes make the readers trap`() {
        var generator = SeededGenerator(seed: 2)
        let pieces = Array("0123456789-:TZz+., GMTNovSun\u{0}é")
        var read = 0
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...32, using: &generator)
            let text = String(
                (0..<length).map { _ in pieces.randomElement(using: &generator) ?? "0" })
            if WallTime(parsing: text) != nil { read += 1 }
            if WallTime(httpDate: text) != nil { read += 1 }
        }
        #expect(read == 0)
    }
}
