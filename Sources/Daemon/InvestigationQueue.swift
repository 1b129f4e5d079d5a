import Diagnosing
import Model

/// Something that a second identity is to be asked.
struct InvestigationRequest: Sendable {
    enum Purpose: Sendable {
        /// Why AWS refuses the key; the cause is what its own answers said.
        case refusal(Cause)
        /// The look at a key that works, once a day.
        case look
    }

    var profile: ProfileConfiguration
    /// The check that gives reason to ask.
    var result: CheckResult
    var purpose: Purpose
    /// Who may be asked, the best first.
    var askers: [ProfileConfiguration]
    var candidates: [UserCandidate]
}

/// What waits to be asked, what was learnt, and who can be asked: all that the engine keeps about it.
struct InvestigationQueue: Sendable {
    /// What was learnt about a refusal, for the checks that follow.
    private struct Known: Sendable {
        var fingerprint: Int?
        var investigation: Investigation?
        /// The earliest time of another question.
        var askAgainAt: Moment
        /// What the last check said by itself.
        var original: Diagnosis
    }

    private var refusals = FIFO<InvestigationRequest>()
    private var looks = FIFO<String>()
    /// The looks that wait; one whose profile is refused meanwhile gives way to that question.
    private var waitingLooks: [String: InvestigationRequest] = [:]
    /// The profiles that wait or are being asked about.
    private var lined: Set<String> = []
    private var running = 0
    /// By profile, and by what AWS's own answers said.
    private var known: [String: [Cause: Known]] = [:]
    /// The user of a key that AWS has accepted before, by profile.
    private var owners: [String: (keyID: String, arn: String)] = [:]
    /// When the keys were made, by profile.
    private var dates: [String: (keyID: String, createdAt: WallTime)] = [:]
    private(set) var pausedUntil: Moment?
    private var pause = Duration.zero
    /// The other members of a profile's groups, in the order of their preference.
    var mates: [String: [String]] = [:]

    private static let mostAtOnce = 2
    private static let interval = Duration.seconds(900)

    /// Whether nothing is kept about any profile.
    var isClean: Bool { known.isEmpty && owners.isEmpty }

    mutating func forget(_ profile: String) {
        known[profile] = nil
        owners[profile] = nil
        dates[profile] = nil
        if waitingLooks.removeValue(forKey: profile) != nil { lined.remove(profile) }
    }

    /// Forgets what was learnt of a key that works again; when IAM was asked last stays until it may be
    /// asked again, since a key may be taken and refused by turns.
    mutating func noteGood(_ profile: String, at now: Moment) {
        owners[profile] = nil
        guard let entries = known[profile] else { return }
        let kept = entries.filter { now < $0.value.askAgainAt }.mapValues { entry in
            var entry = entry
            entry.investigation = nil
            return entry
        }
        known[profile] = kept.isEmpty ? nil : kept
    }

    // MARK: Who

    /// Notes who a key belonged to while AWS accepted it.
    mutating func noteOwner(_ before: CheckResult, of profile: String) {
        guard before.diagnosis.verdict == .good, let id = before.accessKeyID,
            let arn = before.identity?.arn
        else { return }
        owners[profile] = (id, arn)
    }

    /// The user whom a key belonged to when AWS accepted it last.
    func owner(of profile: String, _ keyID: String) -> UserCandidate? {
        guard let owner = owners[profile], owner.keyID == keyID else { return nil }
        return UserCandidate(arn: owner.arn, basis: .seen)
    }

    // MARK: How old

    /// Whether it is known of any key when it was made.
    var knowsDates: Bool { !dates.isEmpty }

    /// Notes when a profile's key was made, if IAM has listed it.
    mutating func noteDate(in investigation: Investigation, of profile: String) {
        guard let key = investigation.listed?.key, let createdAt = key.createdAt else { return }
        dates[profile] = (key.id, createdAt)
    }

    /// When a profile's key was made; nil when it is another key than the one that was asked about.
    func keyCreatedAt(_ keyID: String?, of profile: String) -> WallTime? {
        guard let date = dates[profile], date.keyID == keyID else { return nil }
        return date.createdAt
    }

    // MARK: What was learnt

    /// The diagnosis of a check with what is known of the same credential and the same refusal.
    mutating func explained(
        _ result: CheckResult, of profile: ProfileConfiguration
    ) -> CheckResult {
        let cause = result.diagnosis.cause
        guard known[profile.name]?[cause]?.fingerprint == result.fingerprint,
            let investigation = known[profile.name]?[cause]?.investigation
        else { return result }
        known[profile.name]?[cause]?.original = result.diagnosis
        return result.diagnosed(
            refined(
                result.diagnosis, by: investigation, profile: profile, at: result.finishedAt.wall))
    }

    /// Whether it is time to ask about a refusal; asking is noted. Not while the profile is being asked
    /// about: the next refusal finds a place in the queue.
    mutating func mayAsk(_ result: CheckResult, of profile: String, at now: Moment) -> Bool {
        let cause = result.diagnosis.cause
        if let entry = known[profile]?.values.first, entry.fingerprint != result.fingerprint {
            known[profile] = nil
        }
        if let entry = known[profile]?[cause], now < entry.askAgainAt { return false }
        if lined.contains(profile), waitingLooks[profile] == nil { return false }
        known[profile, default: [:]][cause] = Known(
            fingerprint: result.fingerprint, investigation: known[profile]?[cause]?.investigation,
            askAgainAt: now + Self.interval, original: result.diagnosis)
        return true
    }

    /// Keeps what was learnt; returns the diagnosis that it makes of the last check, or nil when the
    /// credential is another one by now.
    mutating func learnt(
        _ investigation: Investigation, about cause: Cause, _ request: InvestigationRequest,
        at now: WallTime
    ) -> Diagnosis? {
        let name = request.profile.name
        guard let entry = known[name]?[cause], entry.fingerprint == request.result.fingerprint
        else { return nil }
        known[name]?[cause]?.investigation = investigation
        return refined(entry.original, by: investigation, profile: request.profile, at: now)
    }

    // MARK: When

    mutating func add(_ request: InvestigationRequest) {
        let name = request.profile.name
        let isNew = lined.insert(name).inserted
        switch request.purpose {
        case .refusal where isNew || waitingLooks.removeValue(forKey: name) != nil:
            refusals.append(request)
        case .look where isNew:
            waitingLooks[name] = request
            looks.append(name)
        case .refusal, .look: break
        }
    }

    /// The next that may be asked now: refusals first, two at once, and nothing while IAM throttles.
    mutating func next(at now: Moment) -> InvestigationRequest? {
        if let pausedUntil, now < pausedUntil { return nil }
        guard running < Self.mostAtOnce, let next = refusals.popFirst() ?? nextLook() else {
            return nil
        }
        running += 1
        return next
    }

    private mutating func nextLook() -> InvestigationRequest? {
        while let name = looks.popFirst() {
            if let look = waitingLooks.removeValue(forKey: name) { return look }
        }
        return nil
    }

    var isWaiting: Bool { !refusals.isEmpty || !waitingLooks.isEmpty }

    /// Ends one; after a throttled one, all others wait, twice as long each time up to an hour.
    mutating func ended(_ request: InvestigationRequest, throttled: Bool, at now: Moment) {
        running -= 1
        lined.remove(request.profile.name)
        guard throttled else {
            // One that began before the pause says nothing about its end.
            if pausedUntil.map({ now >= $0 }) ?? true { (pause, pausedUntil) = (.zero, nil) }
            return
        }
        pause = min(max(pause * 2, .seconds(60)), .seconds(3_600))
        pausedUntil = now + pause
    }
}
