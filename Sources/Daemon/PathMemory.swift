import Diagnosing
import Model
import Synchronization

/// What the credentials have lately met at each endpoint, so that one profile's refusal can be weighed
/// against the others' answers.
final class PathMemory: Sendable {
    private struct Record: Sendable {
        /// The last two keys that were accepted, or mismatched, each with its time.
        var passed: [(key: String, at: Moment)] = []
        var mismatched: [(key: String, at: Moment)] = []
    }

    private let records = Mutex<[String: Record]>([:])
    /// How long an answer says something about the path.
    private static let lifetime = Duration.seconds(300)

    /// Notes what a key met at an endpoint.
    func note(_ outcome: ProbeOutcome, key: String, endpoint: Endpoint, at now: Moment) {
        let passed: Bool
        switch outcome {
        case .identity: passed = true
        case .refused(let error, _)
        where refusal(error, to: .getCallerIdentity) == .signatureMismatch:
            passed = false
        case .refused, .notAWS, .failed: return
        }
        records.withLock { records in
            if passed {
                Self.note(key, now, in: &records[endpoint.url, default: Record()].passed)
            } else {
                Self.note(key, now, in: &records[endpoint.url, default: Record()].mismatched)
            }
        }
    }

    /// Says what other keys than `key` have met at an endpoint.
    func knowledge(of endpoint: Endpoint, besides key: String, at now: Moment) -> PathKnowledge {
        records.withLock { records in
            guard let record = records[endpoint.url] else { return PathKnowledge() }
            let isOther = { (entry: (key: String, at: Moment)) in
                entry.key != key && now - entry.at <= Self.lifetime
            }
            return PathKnowledge(
                otherPassed: record.passed.contains(where: isOther),
                otherMismatched: record.mismatched.contains(where: isOther))
        }
    }

    private static func note(
        _ key: String, _ now: Moment, in list: inout [(key: String, at: Moment)]
    ) {
        // Two suffice: whichever key asks, one of them is another.
        if let index = list.firstIndex(where: { $0.key == key }) {
            list[index].at = now
            return
        }
        if list.count == 2 { list.remove(at: list[0].at <= list[1].at ? 0 : 1) }
        list.append((key, now))
    }
}
