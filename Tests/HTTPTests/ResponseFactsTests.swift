import HTTP
import Model
import Testing

@Suite struct ResponseFactsTests {
    private static let start = WallTime(seconds: 1_795_356_190)  // 2026-11-22T14:03:10Z

    private func skew(
        date: String? = "Sun, 22 Nov 2026 14:03:14 GMT", age: String? = nil,
        sent: Duration = .zero, answered: Duration = .zero, latency: Duration = .zero
    ) -> Duration? {
        HTTPResponse(
            status: 200, date: date, age: age, sentAfter: sent, answeredAfter: answered,
            latency: latency
        ).skew(from: Self.start)
    }

    @Test(
        arguments: [
            (.zero, .zero, .zero, .seconds(4)),
            // A slow answer is not a clock that is wrong: half of its time has passed at the server's date.
            (.zero, .seconds(8), .seconds(8), .zero),
            (.zero, .seconds(6), .seconds(6), .seconds(1)),
            // What connecting took, and the rest of a slow body, say nothing about the date.
            (.seconds(2), .seconds(4), .seconds(4), .seconds(1)),
            (.zero, .seconds(2), .seconds(90), .seconds(3)),
        ] as [(Duration, Duration, Duration, Duration)])
    func theClocksAreComparedAtTheMidpoint(
        sent: Duration, answered: Duration, latency: Duration, expected: Duration
    ) {
        #expect(skew(sent: sent, answered: answered, latency: latency) == expected)
    }

    @Test(arguments: ["0", "1", "3600", "", "soon"])
    func whatACacheAnsweredSaysNothing(age: String) {
        #expect(skew(age: age) == nil)
    }

    @Test(arguments: [nil, "", "yesterday", "Sun, 22 Nov 9999 14:03:14 GMT"])
    func noUsableDateIsNoSkew(date: String?) {
        #expect(skew(date: date) == nil)
    }
}
