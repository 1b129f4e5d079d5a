import Model

/// Temporary credentials with the times at which to renew them, and to stop to use them.
///
/// Each time is on both clocks, and the first that is reached counts: a wall clock that jumps back does
/// not make a session last longer, and one that jumps ahead is found out by the next renewal.
struct KeptCredentials {
    /// How long before their end they are renewed; a fifth of it more at most, so that not all are at once.
    static let margin = Duration.seconds(300)
    /// What lives no longer than this is renewed after half its life.
    static let shortLife = Duration.seconds(600)
    /// How long credentials are kept that were over when they came: by our clock, which may be wrong.
    static let lifeOfTheDead = Duration.seconds(30)
    /// When credentials that tell no end are looked at again, and how long they do without that.
    static let endless = (due: Duration.seconds(600), end: Duration.seconds(3_600))

    /// How long before a notice of an end that a person has to put off they are fetched again: the person
    /// may have done so meanwhile.
    static let ahead = Duration.seconds(90)

    let obtained: ObtainedCredentials
    private let due: Instant
    private let end: Instant

    /// Takes credentials in as they come; `spread` is random, from 0 to 1.
    init(_ obtained: ObtainedCredentials, at now: Instant, spread: Double) {
        self.obtained = obtained
        guard let expiry = obtained.credentials.expiresAt?.value else {
            due = Self.timeless(now.moment + Self.endless.due)
            end = Self.timeless(now.moment + Self.endless.end)
            return
        }
        let life = expiry - now.wall
        guard life > .zero else {
            due = Self.timeless(now.moment + Self.lifeOfTheDead)
            end = due
            return
        }
        let early =
            life > Self.shortLife
            ? Self.margin + Self.margin * (spread * 0.2) : life * (0.5 + spread * 0.1)
        let notice = obtained.endsForGood.flatMap { Self.timeUntilNotice(of: $0, at: now.wall) }
        due = now + min(life - early, notice ?? life)
        end = now + life
    }

    func isDue(at now: Instant) -> Bool { Self.isReached(due, at: now) }
    func isOver(at now: Instant) -> Bool { Self.isReached(end, at: now) }

    private static func isReached(_ time: Instant, at now: Instant) -> Bool {
        now.moment >= time.moment || now.wall >= time.wall
    }

    /// How long it is until the next notice of an end is near; nil when none comes any more.
    private static func timeUntilNotice(of end: WallTime, at now: WallTime) -> Duration? {
        EndNotice.allCases.lazy.filter { $0 != .passed }
            .map { end - now - $0.lead - ahead }.first { $0 > .zero }
    }

    /// A time that only the boot clock reaches.
    private static func timeless(_ moment: Moment) -> Instant {
        Instant(moment: moment, wall: WallTime(seconds: .max))
    }
}
