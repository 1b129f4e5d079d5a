import CCurl
import Model
import Testing

@testable import HTTP

@Suite struct HeaderLinesTests {
    @Test func laysHeadersOutForLibcurlAgainAndAgain() throws {
        let lines = HeaderLines()
        let long = String(repeating: "x", count: 5_000)
        let many = (0..<40).map { HeaderField("N\($0)", "v\($0)") }
        let lists: [[HeaderField]] = [
            [HeaderField("A", "1"), HeaderField("Empty", ""), HeaderField("B", "a\tb")],
            [HeaderField("Long", long)], many, [], [HeaderField("A", "1")],
        ]
        for headers in lists {
            var seen: [String] = []
            var node = try lines.lay(headers)
            while let current = node {
                seen.append(String(cString: try #require(current.pointee.data)))
                node = current.pointee.next
            }
            #expect(
                seen
                    == headers.map {
                        let value = String(decoding: $0.value, as: UTF8.self)
                        return value.isEmpty ? "\($0.name);" : "\($0.name): \(value)"
                    })
        }
    }

    @Test(arguments: [
        HeaderField("A", "a\nb"), HeaderField("A", "a\rb"), HeaderField("A", "a\0b"),
        HeaderField("A", "\u{7F}"), HeaderField("A b", "x"), HeaderField("A:", "x"),
        HeaderField("", "x"), HeaderField("A\r\n", "x"),
    ])
    func refusesWhatWouldEndALine(header: HeaderField) {
        #expect(throws: HeaderLines.Refusal.self) { try HeaderLines().lay([header]) }
    }
}
