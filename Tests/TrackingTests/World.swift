import Model
import Support
import Synchronization
import Tracking

/// A tracker with a clock that the test moves, and everything that it asked for.
struct World {
    var tracker: Tracker
    var now = Sample.start
    var effects: [Effect] = []

    static let hook = HookConfiguration(command: ["/usr/local/lib/credwatch/switch"])
    static let group = GroupConfiguration(
        name: "g", primary: "app", backups: ["spare"], hook: hook)

    static func configuration(_ groups: [GroupConfiguration] = [group]) -> Configuration {
        Configuration(
            profiles: ["app", "spare", "third"].map {
                ProfileConfiguration(
                    name: $0, interval: .seconds(300), fastInterval: .seconds(20))
            }, groups: groups)
    }

    init(
        _ groups: [GroupConfiguration] = [group], remembered: RememberedState? = nil,
        at start: Instant = Sample.start,
        incident: @escaping @Sendable () -> String = { "incident-1" }
    ) {
        tracker = Tracker(
            Self.configuration(groups), remembered: remembered, makeIncidentID: incident)
        now = start
        effects = tracker.start(at: now)
    }

    /// A world whose group has moved, or is on its way.
    static func moved(_ result: HookResult? = .exited(code: 0), hook: Bool = true) -> World {
        var group = group
        if !hook { group.hook = nil }
        var world = World([group])
        world.confirm()
        if let result, hook { world.finishHook(result) }
        return world
    }

    // MARK: - Time

    mutating func pass(_ duration: Duration) {
        now = now + duration
    }

    /// A daemon that starts again with what this one kept, after a while.
    func restarted(after pause: Duration = .seconds(5), groups: [GroupConfiguration] = [group])
        -> World
    {
        World(
            groups, remembered: tracker.remembered, at: now + pause, incident: { "incident-2" })
    }

    // MARK: - Events; each returns what it led to

    @discardableResult
    mutating func handle(_ event: Event) -> [Effect] {
        let new = tracker.handle(event, at: now)
        effects += new
        return new
    }

    func result(
        _ profile: String, _ cause: Cause, key: String? = nil,
        endpoint: Endpoint? = Sample.endpoint,
        skew: Duration? = .zero, latency: Duration? = .milliseconds(40), fingerprint: Int? = nil,
        modifiedAt: WallTime? = nil, identity: CallerIdentity? = nil
    ) -> CheckResult {
        Sample.result(
            profile, cause, after: now.moment - Sample.start.moment - .milliseconds(50),
            keyID: key, endpoint: endpoint, skew: skew, latency: latency,
            fingerprint: fingerprint, modifiedAt: modifiedAt, identity: identity)
    }

    @discardableResult
    mutating func check(_ profile: String, _ cause: Cause, fingerprint: Int? = nil) -> [Effect] {
        handle(.checked(result(profile, cause, fingerprint: fingerprint)))
    }

    @discardableResult
    mutating func prove(_ profile: String, _ cause: Cause, group: String = "g") -> [Effect] {
        handle(.proved(group: group, result(profile, cause)))
    }

    @discardableResult
    mutating func wake(_ group: String = "g") -> [Effect] { handle(.woken(group: group)) }

    @discardableResult
    mutating func order(_ kind: OrderKind, group: String = "g", force: Bool = false, id: Int = 1)
        -> [Effect]
    {
        handle(.ordered(Order(id: id, kind: kind, group: group, force: force)))
    }

    @discardableResult
    mutating func finishHook(_ result: HookResult, _ run: HookRun? = nil) -> [Effect] {
        guard let run = run ?? runs.last else { return [] }
        return handle(.hookFinished(run, result, finishedAt: now))
    }

    /// The group with two backups, and what it may do by itself.
    static func group(
        _ policy: FailoverPolicy = FailoverPolicy(), hook: Bool = true,
        backups: [String] = ["spare", "third"]
    ) -> GroupConfiguration {
        var group = group
        group.backups = backups
        group.policy = policy
        if !hook { group.hook = nil }
        return group
    }

    /// A world in which the group of that policy has failed over to `spare`.
    static func failedOver(_ policy: FailoverPolicy = FailoverPolicy()) -> World {
        var world = World([group(policy)], incident: Counter().next)
        world.confirm()
        world.finishHook(.exited(code: 0))
        return world
    }

    /// So many checks of a profile, one after the other.
    @discardableResult
    mutating func checks(
        _ count: Int, of profile: String, _ cause: Cause, every pause: Duration = .seconds(60)
    ) -> [Effect] {
        var all: [Effect] = []
        for _ in 0..<count {
            pass(pause)
            all += check(profile, cause)
        }
        return all
    }

    /// The whole way to a confirmed failure: bad answers every 20 s, the backup proven each time.
    @discardableResult
    mutating func confirm(_ cause: Cause = .keyNotRecognized) -> [Effect] {
        var all: [Effect] = []
        for step in 0...5 {
            if step > 0 { pass(.seconds(20)) }
            all += check("app", cause)
            guard group.state == .confirming else { break }
            all += prove("spare", .ok)
        }
        return all
    }

    /// Sets the wall clock by so much; the answers that follow have AWS's time all the same.
    mutating func setClock(by duration: Duration) {
        now = Instant(moment: now.moment, wall: now.wall + duration)
    }

    // MARK: - What is known

    var group: GroupStatus { group("g") }

    func group(_ name: String) -> GroupStatus {
        tracker.groupStatuses(at: now.moment).first { $0.name == name }
            ?? GroupStatus(name: "none", primary: "", backups: [], active: "", state: .ready)
    }

    /// What is kept of the group.
    var kept: RememberedGroup {
        tracker.remembered.groups.first ?? RememberedGroup(name: "none", state: .ready, active: "")
    }

    func profile(_ name: String) -> ProfileStatus {
        tracker.profileStatuses(at: now.wall) { _ in nil }.first { $0.name == name }
            ?? ProfileStatus(name: "none", state: .pending)
    }

    var runs: [HookRun] { effects.runs }

    var overall: Overall {
        Tracking.overall(
            profiles: tracker.profileStatuses(at: now.wall) { _ in nil },
            groups: tracker.groupStatuses(at: now.moment), advisories: tracker.advisories)
    }
}

/// Incident ids, each another one.
final class Counter: Sendable {
    private let count = Mutex(0)

    @Sendable func next() -> String {
        count.withLock {
            $0 += 1
            return "incident-\($0)"
        }
    }
}

extension [Effect] {
    var reminders: [Moment?] {
        compactMap { if case .remind(_, let moment) = $0 { .some(moment) } else { nil } }
    }

    var messages: [String] {
        compactMap { if case .announce(.group(let change)) = $0 { change.message } else { nil } }
    }

    var runs: [HookRun] {
        compactMap { if case .runHook(let run) = $0 { run } else { nil } }
    }

    var kinds: [EventKind] {
        compactMap {
            if case .announce(.group(let change)) = $0 { change.kind } else { nil }
        }
    }

    var profileChanges: [ProfileChange] {
        compactMap { if case .announce(.profile(let change)) = $0 { change } else { nil } }
    }

    /// The warnings that came up or are over: `key_old app`, `over: key_old app`.
    var advisories: [String] {
        compactMap {
            guard case .announce(.advisory(let change)) = $0 else { return nil }
            let subject =
                switch change.subject {
                case .profile(let name): name
                case .group(let name): "group \(name)"
                case .machine: "machine"
                }
            return "\(change.isOver ? "over: " : "")\(change.advisory.kind.rawValue) \(subject)"
        }
    }

    var proofs: [String] {
        compactMap { if case .prove(_, let profile, _) = $0 { profile } else { nil } }
    }

    var checks: [String] {
        compactMap { if case .check(let profile) = $0 { profile } else { nil } }
    }

    var wakes: [Moment?] {
        compactMap { if case .wake(_, let moment) = $0 { .some(moment) } else { nil } }
    }

    var replies: [String] {
        compactMap {
            if case .reply(let order, let done, let text) = $0 {
                "\(order) \(done): \(text)"
            } else {
                nil
            }
        }
    }

    func paces(of profile: String) -> [Duration] {
        compactMap {
            if case .pace(profile, let interval) = $0 { interval } else { nil }
        }
    }
}
