import Model
import Synchronization

/// The credentials with which the checks of served profiles came out good last: what may be handed out.
///
/// They are in memory only. What stands in a file since is not among them before a check has proven it; a
/// profile that is refused keeps its entry, which Tracking forbids to use.
final class ProvenCredentials: Sendable {
    struct Entry: Sendable {
        /// What the check was about; a profile of another config with the same name is another one.
        fileprivate var subject: Subject
        var credentials: Credentials
        fileprivate var provenAt: Instant

        /// How long they last, by the clock by which that is less; nil when no end is known.
        func remaining(at now: Instant) -> Duration? {
            guard let end = credentials.expiresAt?.value else { return nil }
            return min(end - now.wall, (end - provenAt.wall) - (now.moment - provenAt.moment))
        }
    }

    fileprivate struct Subject: Sendable, Hashable {
        var awsProfile: String
        var origin: ProfileOrigin
        var surroundings: Surroundings
        var expected: ExpectedIdentity

        init(_ profile: ProfileConfiguration) {
            awsProfile = profile.awsProfile
            origin = profile.origin
            surroundings = profile.surroundings
            expected = profile.expected
        }
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Keeps what a check has just proven.
    func note(_ profile: ProfileConfiguration, _ credentials: Credentials, at now: Instant) {
        let entry = Entry(subject: Subject(profile), credentials: credentials, provenAt: now)
        entries.withLock { $0[profile.name] = entry }
    }

    /// Returns what was proven last of a profile; nil when nothing was.
    func entry(of profile: ProfileConfiguration) -> Entry? {
        guard let entry = entries.withLock({ $0[profile.name] }),
            entry.subject == Subject(profile)
        else { return nil }
        return entry
    }

    /// Forgets the profiles that are not served any more.
    func keep(only profiles: [ProfileConfiguration]) {
        let names = Set(profiles.lazy.filter(\.isServed).map(\.name))
        entries.withLock { entries in entries = entries.filter { names.contains($0.key) } }
    }

    /// Forgets everything, because profiles mean other places now.
    func forgetAll() {
        entries.withLock { $0 = [:] }
    }
}
