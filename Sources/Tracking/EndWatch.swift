import Model

/// The end of a credential that only a person can put off, and what was told of it.
///
/// The time that is left is counted on the boot clock from AWS's own time at the last good answer, so a
/// wall clock that is set neither brings a notice early nor brings it again.
struct EndWatch: Sendable {
    /// How long before a notice the profile is checked again: somebody may have logged in meanwhile.
    static let look = Duration.seconds(60)
    /// By how much AWS's clock may seem to go back from one answer to the next.
    private static let wobble = Duration.seconds(10)

    /// In whole seconds, as the state file keeps it: after a restart it is the same end.
    let end: WallTime
    private(set) var told: EndNotice?
    /// A moment, and the time that AWS's clock showed then; nil before the start.
    private var clock: Instant?
    private var isClockAWS = false

    /// Takes an end in; `now` is what this machine's clocks say, if it is to be watched already.
    init(_ end: WallTime, told: EndNotice? = nil, at now: Instant?) {
        self.end = WallTime(seconds: end.seconds)
        self.told = told
        clock = now
    }

    /// Returns the watch that goes on after a check.
    ///
    /// A check that found no credentials, because the login is over or a file unreadable, changes nothing.
    static func following(_ old: EndWatch?, _ result: CheckResult) -> EndWatch? {
        guard let end = result.endsForGood else { return result.fingerprint == nil ? old : nil }
        var watch = EndWatch(end, at: result.finishedAt)
        if let old, old.end == watch.end { watch = old }
        if result.diagnosis.verdict == .good, let skew = result.skew {
            let finished = result.finishedAt
            watch.clock = Instant(moment: finished.moment, wall: finished.wall + skew)
            watch.isClockAWS = true
        } else if !watch.isClockAWS {
            watch.clock = result.finishedAt
        }
        // What is renewed for less than an hour is renewed by a program, which needs no such notice.
        let left = watch.left(at: result.finishedAt.moment) ?? .zero
        if let old, old.end < watch.end, EndNotice(left: left) == .hour { watch.told = .hour }
        return watch
    }

    /// Begins to watch an end of before a restart.
    mutating func start(at now: Instant) {
        clock = clock ?? now
    }

    /// How long it is until the end; nil before the start.
    func left(at now: Moment) -> Duration? {
        clock.map { end - $0.wall(at: now) }
    }

    /// Takes note of what is due; returns it when it was not told before.
    mutating func takeDue(at now: Moment) -> EndNotice? {
        guard let left = left(at: now), let due = EndNotice(left: left), isNews(due) else {
            return nil
        }
        told = due
        return due
    }

    private func isNews(_ notice: EndNotice) -> Bool {
        told.map { notice > $0 } ?? true
    }

    /// The notice that comes next, and how long until then.
    private func next(at now: Moment) -> (EndNotice, Duration)? {
        guard let left = left(at: now) else { return nil }
        let next = EndNotice.allCases.first { isNews($0) && left > $0.lead }
        return next.map { ($0, left - $0.lead) }
    }

    /// When to look at it again; nil when all is told.
    func wake(at now: Moment) -> Moment? {
        guard let (notice, wait) = next(at: now) else { return nil }
        // A day's rest in between, so that no sum leaves the range of a clock.
        let isFar = notice != .passed && wait > Self.look + Self.wobble
        let before = isFar ? wait - Self.look : wait
        return now + min(before, .seconds(86_400))
    }

    /// Whether a check is worth its while now, because a notice is near.
    func wantsLook(at now: Moment) -> Bool {
        guard let (notice, wait) = next(at: now) else { return false }
        return notice != .passed && wait <= Self.look + Self.wobble
    }
}
