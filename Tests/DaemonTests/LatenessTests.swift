import Testing

@testable import Daemon

struct LatenessTests {
    private func summary(of latenesses: [Duration]) -> String {
        var lateness = Lateness()
        for value in latenesses { lateness.note(value) }
        return String(decoding: lateness.summary(), as: UTF8.self)
    }

    @Test func `nothing noted is all zero`() {
        #expect(
            summary(of: []) == #"{"starts":0,"p50_ms":0,"p99_ms":0,"max_ms":0}"# + "\n")
    }

    @Test func `the shares are those of the sorted times`() {
        let times = (1...100).reversed().map { Duration.milliseconds($0) }
        #expect(
            summary(of: times)
                == #"{"starts":100,"p50_ms":51,"p99_ms":100,"max_ms":100}"# + "\n")
    }

    @Test func `times beyond what is counted stop at its end`() {
        let text = summary(of: [.seconds(1 << 40), .seconds(-(1 << 40)), .microseconds(1_500)])
        #expect(
            text
                == #"{"starts":3,"p50_ms":1.5,"p99_ms":2147483.647,"max_ms":2147483.647}"# + "\n")
    }
}
