import Diagnosing
import Model
import Synchronization

/// What the credentials have lately met at each endpoint, so that one profile's refusal can be weighed
/// against the others' answers.
final class PathMemory: Sendable {
    private struct Record: Sendable {
        var key: String
        var passed: Bool
        var at: Moment
    }

    private let records = Mutex<[String: [Record]]>([:])
    /// How long an answer says something about the path.
    private static let lifetime = Duration.seconds(300)
    /// Two say for any key what another one met; the rest is for keys that come and go.
    private static let keysPerEndpoint = 4

    /// Notes what a key met at an endpoint; only its latest answer counts.
    func note(_ outcome: ProbeOutcome, key: String, endpoint: Endpoint, at now: Moment) {
        let passed: Bool
        switch outcome {
        case .identity: passed = true
        case .refused(let error, _)
        where refusal(error, to: .getCallerIdentity) == .signatureMismatch:
            passed = false
        case .refused, .notAWS, .failed: return
        }
        let record = Record(key: key, passed: passed, at: now)
        records.withLock { records in
            Self.keep(record, in: &records[endpoint.url, default: []])
        }
    }

    /// Says what other keys than `key` have met at an endpoint, and how long ago.
    func knowledge(of endpoint: Endpoint, besides key: String, at now: Moment) -> PathKnowledge {
        let others = records.withLock { records in
            (records[endpoint.url] ?? []).filter { $0.key != key && now - $0.at <= Self.lifetime }
        }
        func age(passed: Bool) -> Duration? {
            others.filter { $0.passed == passed }.map { now - $0.at }.min()
        }
        return PathKnowledge(
            otherPassed: age(passed: true), otherMismatched: age(passed: false))
    }

    private static func keep(_ record: Record, in list: inout [Record]) {
        if let index = list.firstIndex(where: { $0.key == record.key }) {
            list[index] = record
        } else if list.count < keysPerEndpoint {
            list.append(record)
        } else if let oldest = list.indices.min(by: { list[$0].at < list[$1].at }) {
            list[oldest] = record
        }
    }
}
