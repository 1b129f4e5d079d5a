import Diagnosing
import Model
import Support
import Testing

@testable import Daemon

struct PathMemoryTests {
    private let memory = PathMemory()
    private let start = Sample.start.moment

    private func note(
        _ key: String, _ outcome: ProbeOutcome, at endpoint: Endpoint = Sample.endpoint,
        after wait: Duration = .zero
    ) {
        memory.note(outcome, key: key, endpoint: endpoint, at: start + wait)
    }

    private func knowledge(
        besides key: String, of endpoint: Endpoint = Sample.endpoint, after wait: Duration = .zero
    ) -> PathKnowledge {
        memory.knowledge(of: endpoint, besides: key, at: start + wait)
    }

    private let mismatch = Sample.refused(
        "SignatureDoesNotMatch", "The request signature we calculated does not match.")
    private let passed = PathKnowledge(otherPassed: .zero)
    private let mismatched = PathKnowledge(otherMismatched: .zero)
    private let nothing = PathKnowledge()

    @Test func `without a word nothing is known`() {
        #expect(knowledge(besides: "A") == nothing)
    }

    @Test func `a key's own answers say nothing about the others`() {
        note("A", Sample.accepted())
        #expect(knowledge(besides: "A") == nothing)
        #expect(knowledge(besides: "B") == passed)
        note("B", mismatch)
        #expect(knowledge(besides: "A") == mismatched)
        #expect(
            knowledge(besides: "C") == PathKnowledge(otherPassed: .zero, otherMismatched: .zero))
    }

    @Test func `only the latest answer of a key counts`() {
        note("A", mismatch)
        note("A", Sample.accepted(), after: .seconds(1))
        #expect(knowledge(besides: "B", after: .seconds(1)) == passed)
        note("A", mismatch, after: .seconds(2))
        #expect(knowledge(besides: "B", after: .seconds(2)) == mismatched)
    }

    @Test(arguments: [
        Sample.refused("InvalidClientTokenId"), Sample.refused("Throttling", "Rate exceeded"),
        Sample.refused("ExpiredToken"),
        Sample.refused("SignatureDoesNotMatch", "Signature expired: 20261122T130000Z is now"),
        .notAWS(what: "an HTML page", Sample.details()),
        .failed(
            TransportFailure(
                phase: .connect, timedOut: false, reason: "refused", latency: .zero)),
    ])
    func `what says nothing about signatures leaves the memory as it is`(_ outcome: ProbeOutcome) {
        note("A", outcome)
        #expect(knowledge(besides: "B") == nothing)
        note("A", Sample.accepted())
        note("A", outcome, after: .seconds(1))
        #expect(
            knowledge(besides: "B", after: .seconds(1)) == PathKnowledge(otherPassed: .seconds(1)))
    }

    @Test func `the latest of the others' answers is the one that is told`() {
        note("A", Sample.accepted())
        note("B", Sample.accepted(), after: .seconds(40))
        note("C", mismatch, after: .seconds(50))
        #expect(
            knowledge(besides: "D", after: .seconds(60))
                == PathKnowledge(otherPassed: .seconds(20), otherMismatched: .seconds(10)))
        #expect(
            knowledge(besides: "B", after: .seconds(60))
                == PathKnowledge(otherPassed: .seconds(60), otherMismatched: .seconds(10)))
    }

    @Test func `endpoints are paths of their own`() {
        note("A", Sample.accepted())
        #expect(knowledge(besides: "B", of: Sample.mainEndpoint) == nothing)
    }

    @Test(arguments: [(300, true), (301, false)])
    func `an answer is worth five minutes`(_ seconds: Int, _ counts: Bool) {
        note("A", Sample.accepted())
        let age = Duration.seconds(seconds)
        #expect(
            knowledge(besides: "B", after: age)
                == (counts ? PathKnowledge(otherPassed: age) : nothing))
    }

    @Test func `keys without number take no more room, and the latest are kept`() {
        note("first", mismatch)
        for number in 1...10_000 {
            note("\(number)", Sample.accepted(), after: .milliseconds(number))
        }
        #expect(knowledge(besides: "none", after: .seconds(10)) == passed)
        // Four are kept; all but the last are forgotten when one more comes for each.
        for number in 1...4 { note("late-\(number)", mismatch, after: .seconds(11)) }
        #expect(knowledge(besides: "none", after: .seconds(11)) == mismatched)
    }
}
