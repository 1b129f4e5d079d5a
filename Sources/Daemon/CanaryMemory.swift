import Diagnosing
import Model
import Synchronization

/// What the canary of each profile came to last, for as long as its config and its credential are the same.
///
/// It outlives a reload, and a profile without a canary has no entry. A restart forgets it, so the first
/// check asks.
final class CanaryMemory: Sendable {
    /// One profile's canary.
    struct Record: Sendable {
        var canary: Canary
        /// Whose it was: a key, or the identity of a session, which has a new key every hour.
        var owner: Int
        var subject: CanarySubject
        var report: CanaryReport
        /// The last report that came to a conclusion.
        var conclusion: CanaryReport?
        /// How many runs in a row came to none.
        var openRuns = 0
        /// When it is asked again.
        var due: Moment
        /// When somebody last looked for a quarantine.
        var quarantineLookedAt: Moment?

        var advisory: Advisory? {
            canaryAdvisory(
                report, before: conclusion, subject, counts: canary.counts, openRuns: openRuns)
        }
    }

    private let records = Mutex<[String: Record]>([:])

    /// Returns what is known of a profile's canary; nothing of another config or credential.
    func record(of profile: String, _ canary: Canary, owner: Int) -> Record? {
        records.withLock { records in
            guard let record = records[profile], record.owner == owner, record.canary == canary
            else { return nil }
            return record
        }
    }

    func keep(_ record: Record, of profile: String) {
        records.withLock { $0[profile] = record }
    }

    /// The warnings of a profile's canary.
    func advisories(of profile: String) -> [Advisory] {
        let record = records.withLock { $0[profile] }
        return record?.advisory.map { [$0] } ?? []
    }

    /// Forgets the profiles that are gone or have another canary now; returns their names.
    func prune(to profiles: [ProfileConfiguration]) -> [String] {
        let wanted = Dictionary(
            profiles.map { ($0.name, $0.canary) }, uniquingKeysWith: { $1 })
        return records.withLock { records in
            let gone = records.filter { name, record in wanted[name] != record.canary }
            for name in gone.keys { records[name] = nil }
            return gone.keys.sorted()
        }
    }
}

extension CanaryMemory.Record {
    /// Takes in a new run, and sets when the next one is due.
    mutating func take(_ new: CanaryReport, at now: Moment) {
        report = new
        switch new.standing {
        case .open:
            openRuns += 1
            // Asking more often is no answer to a request to ask less, nor to a network that is down.
            let pause = Duration.seconds(30) * (1 << min(openRuns - 1, 12))
            due = now + min(pause, canary.interval)
        case .denied, .unexpected:
            conclusion = new
            openRuns = 0
            due = now
        case .fine:
            conclusion = new
            openRuns = 0
            // A little early, so that a check that has the same interval does not miss it by a moment.
            due = now + canary.interval - min(canary.interval / 20, .seconds(30))
        }
    }
}
