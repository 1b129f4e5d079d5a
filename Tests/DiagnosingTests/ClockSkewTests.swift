@testable import Diagnosing
import Model
import Support
import Testing

@Suite struct ClockSkewTests {
    @Test(
        arguments: [
            (
                "Signature expired: 20261122T140310Z is now earlier than 20261122T141810Z (20261122T143310Z - 15 min.)",
                1_800
            ),
            (
                "Signature not yet current: 20261122T150310Z is still later than 20261122T140810Z (20261122T140310Z + 5 min.)",
                -3_600
            ),
        ] as [(String, Int64)])
    func `the message prints the skew`(message: String, seconds: Int64) {
        #expect(skew(printedIn: message) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "Signature expired", "Signature expired: 20261122T140310Z",
        "Signature expired: 99999999T999999Z is 99999999T999999Z (99999999T999999Z)",
    ])
    func `or not`(message: String) {
        #expect(skew(printedIn: message) == nil)
    }

    private func conclusion(_ outcome: ProbeOutcome) throws -> Diagnosis {
        try #require(Interrogation(Sample.subject(), [.asConfigured: outcome]).diagnosis)
    }

    @Test func `the diagnosis says how far and to which side`() throws {
        let behind = try conclusion(Sample.behind)
        #expect(behind.summary.contains("30m 0s behind"))
        #expect(behind.evidence.contains(.skew(.seconds(1_800))))
        let ahead = try conclusion(Sample.ahead)
        #expect(ahead.summary.contains("1h 0m ahead of"))
        #expect(ahead.evidence.contains(.skew(.seconds(-3_600))))
    }

    @Test func `a request that was held up is no wrong clock`() throws {
        let held = try conclusion(Sample.refused("RequestExpired", skew: .seconds(2)))
        #expect(held.summary.contains("held up"))
        let unknown = try conclusion(Sample.refused("RequestExpired", skew: nil))
        #expect(unknown.summary.contains("clock differs"))
    }

    @Test func `a skew that is large stands in the evidence of other causes`() throws {
        let refused = Sample.refused("AccessDenied", skew: .seconds(61))
        #expect(try conclusion(refused).evidence.contains(.skew(.seconds(61))))
        let near = Sample.refused("AccessDenied", skew: .seconds(60))
        #expect(try !conclusion(near).evidence.contains(.skew(.seconds(60))))
    }
}
