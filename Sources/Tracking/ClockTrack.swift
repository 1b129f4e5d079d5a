import Model

/// What the answers agree on about this machine's clock.
///
/// Each endpoint has one voice, of its last two answers the one that is nearer to our clock: one odd
/// server behind a name says nothing. The voice in the middle counts, of two in the middle the nearer
/// one: a proxy or a stand-in whose clock is wrong neither brings a warning nor stops a failover, as
/// long as an endpoint with another clock answers too. The middle of the last few answers would not do:
/// it follows the endpoint that most profiles ask, and flaps when two disagree.
///
/// What is kept of an answer is AWS's time at the zero of the boot clock. So a wall clock that is set,
/// rightly or wrongly, is noticed at once, without another answer.
struct ClockTrack: Sendable {
    private struct Voice {
        let url: String
        /// AWS's time at the zero of the boot clock, in nanoseconds, by the last answer.
        var last: Int64
        /// The same by the answer before; nil as long as there is only one.
        var before: Int64?
        var heardAt: Moment
    }

    private static let voiceLimit = 8
    /// A voice that was not heard for so long has none.
    private static let memory = Duration.seconds(3_600)

    private var voices: [Voice] = []
    /// What the voices agree on; nil until one of them has answered twice, unless all is calm.
    private var agreed: Int64?
    private var measuredAt: Instant?
    /// Whether no answer that is remembered has a clock that is noticeably another one.
    private(set) var isCalm = true

    /// Takes in an answer's skew, AWS's clock minus ours.
    mutating func hear(_ skew: Duration, from url: String, at now: Instant) {
        let own = zero(now)
        let aws = own &+ skew.nanoseconds
        measuredAt = now
        if let index = voices.firstIndex(where: { $0.url == url }) {
            voices[index].before = voices[index].last
            voices[index].last = aws
            voices[index].heardAt = now.moment
        } else {
            makeRoom()
            voices.append(Voice(url: url, last: aws, before: nil, heardAt: now.moment))
        }
        if isCalm, skew.magnitude < Limits.clockIsFine {
            agreed = aws
        } else {
            listen(own: own, at: now.moment)
        }
    }

    private mutating func makeRoom() {
        guard voices.count >= Self.voiceLimit,
            let oldest = voices.indices.min(by: { voices[$0].heardAt < voices[$1].heardAt })
        else { return }
        voices.remove(at: oldest)
    }

    /// Finds what the voices agree on.
    private mutating func listen(own: Int64, at now: Moment) {
        voices.removeAll { now - $0.heardAt > Self.memory }
        var words: [Int64] = []
        var isLoud = false
        for voice in voices {
            let word = voice.last &- own
            isLoud = isLoud || !isFine(word)
            guard let before = voice.before.map({ $0 &- own }) else { continue }
            isLoud = isLoud || !isFine(before)
            words.append(word.magnitude < before.magnitude ? word : before)
        }
        words.sort()
        isCalm = !isLoud
        agreed = middle(of: words).map { own &+ $0 }
    }

    private func middle(of words: [Int64]) -> Int64? {
        guard !words.isEmpty else { return nil }
        let (low, high) = (words[(words.count - 1) / 2], words[words.count / 2])
        // One ahead and one behind agree on nothing.
        if low < 0, high > 0 { return 0 }
        return low.magnitude < high.magnitude ? low : high
    }

    private func isFine(_ skew: Int64) -> Bool {
        skew.magnitude < UInt64(Limits.clockIsFine.nanoseconds)
    }

    /// AWS's clock minus ours, as far as the answers agree; nil when they do not, or none has come yet.
    func skew(at now: Instant) -> Duration? {
        agreed.map { .nanoseconds($0 &- zero(now)) }
    }

    /// Whether the clock is known to be so wrong that nothing counts as bad.
    ///
    /// What was measured long ago is not known any more.
    func isWrong(at now: Instant) -> Bool {
        guard let agreed, let measuredAt else { return false }
        return (agreed &- zero(now)).magnitude > UInt64(Limits.skew.nanoseconds)
            && now.moment - measuredAt.moment <= Limits.clockMemory
    }

    /// What the status file says; before there is agreement, by the last answer.
    func status(at now: Instant) -> ClockStatus? {
        guard let measuredAt else { return nil }
        let last = voices.max { $0.heardAt < $1.heardAt }?.last
        return (agreed ?? last).map {
            ClockStatus(skew: .nanoseconds($0 &- zero(now)), measuredAt: measuredAt.wall)
        }
    }
}

/// Our own time at the zero of the boot clock, in nanoseconds.
private func zero(_ now: Instant) -> Int64 {
    now.wall.nanoseconds &- now.moment.nanoseconds
}
