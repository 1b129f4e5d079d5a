import Dispatch
import Model
import Resolving

/// Looks for the users of a key in this process, on a queue of its own: /proc may hang over a process that
/// hangs.
func askKeyUsers(_ question: KeyUsersQuestion) async -> KeyUsersReport {
    await withCheckedContinuation { continuation in
        lookingQueue.async { continuation.resume(returning: findKeyUsers(question)) }
    }
}

private let lookingQueue = DispatchQueue(label: "credwatch.key-users")

/// What became of the users of a key that a group has moved away from, until none is left.
struct KeyUserWatch: Sendable {
    /// What is to be told of a look.
    enum News: Hashable {
        /// Somebody uses the key, or others than before do.
        case used
        /// Nobody does any more, after somebody did.
        case unused
        /// Nobody was seen to, at the first look, and not everybody could be looked at.
        case unseen
    }

    /// Who might use it has as long to get out of the way: what a move restarts is restarting.
    static let firstDelay = Duration.seconds(2)
    private static let shortest = Duration.seconds(30)
    private static let longest = Duration.seconds(600)

    /// The profile that had the key.
    let profile: String
    let keyID: String
    let switchedAt: Instant
    private(set) var lookedAt: WallTime?
    private(set) var report = KeyUsersReport()
    var isUnderWay = false
    private var nextDelay = Self.shortest

    init(profile: String, keyID: String, switchedAt: Instant) {
        self.profile = profile
        self.keyID = keyID
        self.switchedAt = switchedAt
    }

    /// What to ask for a group as it is configured now.
    func question(_ group: GroupConfiguration) -> KeyUsersQuestion {
        KeyUsersQuestion(of: keyID, in: group, since: switchedAt.moment)
    }

    /// Takes in a look; returns what is to be told, and when to look again: nil when it is over.
    mutating func take(_ found: KeyUsersReport, at now: WallTime) -> (news: News?, delay: Duration?)
    {
        let (before, isFirst) = (report, lookedAt == nil)
        lookedAt = now
        isUnderWay = false
        // A look that was cut short has seen nobody leave.
        guard !found.isCut || found.count >= before.count else {
            report.isCut = true
            return (nil, advanceDelay())
        }
        report = found
        guard found.count > 0 else {
            let isUnseen = isFirst && found.isIncomplete
            return (before.count > 0 ? .unused : isUnseen ? .unseen : nil, nil)
        }
        guard found.count != before.count || found.users != before.users else {
            return (nil, advanceDelay())
        }
        // Who leaves is followed by others soon.
        nextDelay = Self.shortest
        return (.used, advanceDelay())
    }

    /// The time until the next look, which the one after that has twice.
    private mutating func advanceDelay() -> Duration {
        let delay = nextDelay
        nextDelay = min(delay * 2, Self.longest)
        return delay
    }

    var status: StaleUsers {
        StaleUsers(
            profile: profile, accessKeyID: keyID, since: switchedAt.wall, lookedAt: lookedAt,
            report: report)
    }
}
