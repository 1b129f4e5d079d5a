import Model
import Support
import Synchronization
import Tracking

/// A random life of one group, with crashes, and a judge of its own that knows only the rules.
///
/// The judge keeps the history of what was told to the tracker, and finds fault with every run of the
/// hook that this history does not justify.
struct RandomWalk {
    private static let endpoints = [Sample.endpoint, Sample.mainEndpoint]
    private static let backups = ["spare", "third"]

    private var generator: SeededGenerator
    let group: GroupConfiguration
    var world: World
    private let incidents = Incidents()
    let verdicts: [Cause]
    /// Whether the wall clock is set now and then, and all servers have AWS's time; else it is never set,
    /// and some servers have a time of their own.
    private let setsClock: Bool
    /// Whether second identities, canaries and comparisons say something, true or not, at any time.
    private let explains: Bool
    /// Whether the group does more by itself than to fail over.
    private let withPolicy: Bool

    // What the judge knows.
    private var counted: [CheckResult] = []
    /// What counted before the last restart, until an answer goes on from it or says otherwise.
    private var countedBefore: [CheckResult] = []
    private var settledFrom: Moment?
    private var fingerprint = 0
    private var isFingerprintKnown = false
    var proofs: [String: CheckResult] = [:]
    private var isFresh = true
    var open: [HookRun] = []
    private var seen: Set<String> = []
    private var wakeAt: Moment?
    private var orders: Set<Int> = []
    /// AWS's clock minus ours.
    private var clockError = Duration.zero
    /// How often each endpoint has told its time to this tracker.
    private var times: [String: Int] = [:]
    private var toldTimeAt: Moment?

    // Of what the group does by itself.
    var backupRefusals: [String: [CheckResult]] = [:]
    var goodRow: [CheckResult] = []
    var autoEnds: Moment?
    var autoFailovers: [Moment] = []
    var autoRuns = false
    var isGoodMood = true
    var sickBackup: String?

    var automaticFailbacks = 0
    var successions = 0
    var drills: [DrillOutcome: Int] = [:]
    private(set) var clockBlocks = 0
    var faults: [String] = []
    private(set) var runs: [HookEvent: Int] = [:]
    private(set) var resumed = 0

    /// Makes a walk; `verdicts` are the causes that the primary may be answered with.
    init(
        seed: UInt64, verdicts: [Cause], setsClock: Bool = false, explains: Bool = false,
        withPolicy: Bool = false
    ) {
        self.setsClock = setsClock
        self.explains = explains
        var generator = SeededGenerator(seed: seed)
        var group = GroupConfiguration(
            name: "g", primary: "app", backups: Self.backups,
            fall: .random(in: 1...4, using: &generator),
            rise: .random(in: 1...3, using: &generator),
            minimumSpan: .seconds([0, 30, 90].randomElement(using: &generator) ?? 90),
            hook: World.hook)
        if withPolicy {
            group.policy = FailoverPolicy(
                failback: [.manual, .auto, .auto].randomElement(using: &generator) ?? .auto,
                failbackSpan: .seconds([0, 60, 120].randomElement(using: &generator) ?? 0),
                flap: [nil, FlapRule(failures: 3, of: 10)].randomElement(using: &generator) ?? nil,
                cooldown: .seconds([0, 120, 600].randomElement(using: &generator) ?? 0),
                mostPerHour: [nil, 2].randomElement(using: &generator) ?? nil)
        }
        self.withPolicy = withPolicy
        self.group = group
        self.generator = generator
        self.verdicts = verdicts
        let incidents = incidents
        world = World([group], incident: { incidents.next() })
    }

    private final class Incidents: Sendable {
        private let count = Mutex(0)

        func next() -> String {
            count.withLock {
                $0 += 1
                return "incident-\($0)"
            }
        }
    }

    mutating func walk(steps: Int, withOrders: Bool) {
        for _ in 0..<steps {
            world.pass(.milliseconds(.random(in: 1...25_000, using: &generator)))
            if setsClock, isRare() { setClock() }
            if explains, isRare() { explain() }
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<45: checkPrimary()
            case 45..<70: proveBackup()
            case 70..<75: checkBackup()
            case 75..<85: finishHook()
            case 85..<94: wakeIfDue()
            case 94..<96: restart()
            case 96..<97: take(world.wake())
            default: if withOrders { order() }
            }
            checkProgress()
        }
    }

    /// Lets the hook work, the primary fail and the backups answer well; returns whether the group gets out
    /// of `failing_over`.
    mutating func settles() -> Bool {
        for _ in 0..<20 {
            if world.group.state != .failingOver { return true }
            world.pass(.seconds(20))
            for run in open { take(world.finishHook(.exited(code: 0), run)) }
            open = []
            wakeIfDue()
            take(world.check("app", .keyNotRecognized))
            take(world.prove("app", .keyNotRecognized))
            for backup in Self.backups { take(world.prove(backup, .ok)) }
        }
        return false
    }

    // MARK: - Events

    mutating func cause(of causes: [Cause]) -> Cause {
        causes.randomElement(using: &generator) ?? .ok
    }

    mutating func backup() -> String {
        Self.backups.randomElement(using: &generator) ?? "spare"
    }

    mutating func isRare() -> Bool { Int.random(in: 0..<12, using: &generator) == 0 }

    mutating func result(_ profile: String, _ cause: Cause, key: String? = nil)
        -> CheckResult
    {
        let isLocal = isRare()
        let endpoint = isRare() ? Self.endpoints[1] : Self.endpoints[0]
        let isOdd = !setsClock && isRare()
        if !isLocal {
            times[endpoint.url, default: 0] += 1
            toldTimeAt = world.now.moment
        }
        return world.result(
            profile, cause, key: isRare() ? "AKIA-app" : key, endpoint: endpoint,
            skew: isLocal ? nil : clockError + .seconds(isOdd ? 301 : 2),
            latency: isLocal ? nil : .milliseconds(40),
            fingerprint: profile == "app" ? fingerprint : nil)
    }

    private mutating func setClock() {
        let error = Duration.seconds(
            [-1_000, -400, -200, 0, 0, 0, 200, 400, 1_000].randomElement(using: &generator) ?? 0)
        world.setClock(by: clockError - error)
        clockError = error
    }

    /// Says anything of anybody: that a key is bad which only has no answer, that a dead one is fine.
    private mutating func explain() {
        let cause = cause(of: Cause.allCases)
        let diagnosis = Diagnosis(
            cause: cause,
            verdict: [.good, .bad, .unknown].randomElement(using: &generator) ?? .bad,
            summary: "Said.", remedy: "")
        let name = isRare() ? backup() : "app"
        let credential = isRare() ? nil : fingerprint
        take(world.handle(.explained(profile: name, diagnosis, fingerprint: credential)))
        let warnings = [Advisory(.quarantined, "\(cause)"), Advisory(.backupLacksPermission, "m")]
        take(world.handle(.advised(profile: name, by: .canary, isRare() ? [] : warnings)))
        take(world.handle(.advisedGroup(group: "g", by: .equivalence, warnings)))
    }

    private mutating func checkPrimary() {
        let isNew = isRare() && isRare()
        if isNew { fingerprint += 1 }
        let result = result("app", withPolicy ? moody() : cause(of: verdicts))
        noteRow(result)
        // A tracker that has just started does not know that it is new.
        if isNew, isFingerprintKnown {
            (counted, countedBefore) = ([], [])
            goodRow = goodRow.suffix(1).filter { $0 == result }
            settledFrom = result.startedAt.moment + .seconds(5)
        }
        isFingerprintKnown = true
        switch result.diagnosis.verdict {
        case .good: (counted, countedBefore) = ([], [])
        case .unknown: break
        case .bad:
            let isSettled = settledFrom.map { result.startedAt.moment > $0 } ?? true
            guard isSettled else { break }
            if let last = countedBefore.last, goesOn(from: last, with: result) {
                counted = countedBefore
            }
            countedBefore = []
            counted.append(result)
        }
        take(world.handle(.checked(result)))
    }

    private func goesOn(from last: CheckResult, with next: CheckResult) -> Bool {
        next.startedAt.moment - last.startedAt.moment <= .seconds(120)
            && last.accessKeyID == next.accessKeyID
            && last.diagnosis.cause != .wrongIdentity && next.diagnosis.cause != .wrongIdentity
    }

    private mutating func proveBackup() {
        if world.group.detail.contains("the way back waits") { return prove("app", .ok) }
        let isOwn = withPolicy && Bool.random(using: &generator)
        let profile = isOwn ? "app" : backup()
        let result = result(profile, cause(of: [.ok, .ok, .ok, .networkDNS, .wrongSecret]))
        proofs[result.profile] = result
        take(world.handle(.proved(group: "g", result)))
    }

    private mutating func finishHook() {
        guard let index = open.indices.randomElement(using: &generator) else { return }
        let run = open.remove(at: index)
        let ends: [HookResult] = [.exited(code: 0), .exited(code: 1), .timedOut]
        take(world.finishHook(ends.randomElement(using: &generator) ?? .timedOut, run))
    }

    private mutating func wakeIfDue() {
        guard let due = wakeAt else { return }
        world.now = Instant(
            moment: max(world.now.moment, due),
            wall: world.now.wall(at: max(world.now.moment, due)))
        wakeAt = nil
        take(world.wake())
    }

    private mutating func order() {
        let id = orders.count + 1
        orders.insert(id)
        let kinds = withPolicy ? OrderKind.allCases : [.failover, .failback]
        let kind = kinds.randomElement(using: &generator) ?? .failover
        take(world.order(kind, force: Bool.random(using: &generator), id: id))
        guard kind == .drill else { return }
        for profile in ["app"] + Self.backups { prove(profile, .ok) }
    }

    private mutating func prove(_ profile: String, _ cause: Cause) {
        let result = result(profile, cause)
        proofs[profile] = result
        take(world.handle(.proved(group: "g", result)))
    }

    private mutating func restart() {
        let incidents = incidents
        world = World(
            [group], remembered: world.tracker.remembered, at: world.now,
            incident: { incidents.next() })
        if !counted.isEmpty { countedBefore = counted }
        (open, counted, proofs, wakeAt, settledFrom) = ([], [], [:], nil, nil)
        (isFresh, isFingerprintKnown) = (true, false)
        (times, toldTimeAt) = ([:], nil)
        (backupRefusals, goodRow) = ([:], [])
        take(world.effects)
    }

    // MARK: - The judge

    mutating func take(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .runHook(let run):
                judge(run)
                open.append(run)
                runs[run.event, default: 0] += 1
            case .wake(_, let moment): wakeAt = moment
            case .announce(.group(let change)):
                if change.kind == .groupBlocked, change.message.contains("clock is more than") {
                    clockBlocks += 1
                }
                judge(change)
            default: break
            }
        }
    }

    private mutating func judge(_ run: HookRun) {
        guard run.isMove else { return }
        if !seen.insert("\(run.incident) \(run.attempt)").inserted {
            faults.append("\(run.incident) runs attempt \(run.attempt) twice")
        }
        if open.contains(where: { $0.event == run.event && $0.incident == run.incident }) {
            faults.append("\(run.incident) runs while it runs")
        }
        if open.contains(where: { $0.isMove && $0.incident != run.incident }) {
            faults.append("\(run.incident) runs while another move does")
        }
        if run.attempt > 5 { faults.append("attempt \(run.attempt)") }
        if world.tracker.remembered.groups.first?.incident?.attempts != run.attempt {
            faults.append("attempt \(run.attempt) is not in what is kept")
        }
        let isByHand = world.group.incident?.byHand ?? false
        autoRuns = !isByHand
        guard !isByHand else { return }
        guard run.from == "app" else { return judgeOnBackup(run) }
        if run.event != .failover { faults.append("a failback by itself") }
        if run.attempt == 1 { judgePace(run) }
        let isResumed = run.attempt > 1 && isFresh
        if run.attempt == 1 { justify(run, least: group.fall, span: group.minimumSpan) }
        if isResumed {
            resumed += 1
            justify(run, least: 1, span: .zero)
        }
        isFresh = false
    }

    /// Whether the history holds what the rules want before a run.
    private mutating func justify(_ run: HookRun, least: Int, span: Duration) {
        let now = world.now.moment
        if clockError.magnitude > .seconds(302), times.values.contains(where: { $0 > 1 }),
            let toldTimeAt, now - toldTimeAt <= .seconds(600)
        {
            faults.append("the clock of this machine")
        }
        guard counted.count >= least, let first = counted.first, let last = counted.last else {
            return faults.append("\(counted.count) bad answers")
        }
        if last.startedAt.moment - first.startedAt.moment < span { faults.append("too short") }
        if now - last.finishedAt.moment > .seconds(60) { faults.append("an old refusal") }
        if last.latency != nil, (last.skew ?? .seconds(999)).magnitude > .seconds(300) {
            faults.append("the clock of the refusal")
        }
        guard let proof = proofs[run.to], proof.diagnosis.cause == .ok else {
            return faults.append("no proof of \(run.to)")
        }
        if (proof.finishedAt.moment - last.finishedAt.moment).magnitude > .seconds(60) {
            faults.append("an old proof")
        }
        if (proof.skew ?? .seconds(999)).magnitude > .seconds(300) {
            faults.append("the clock of the proof")
        }
        if proof.endpoint != last.endpoint { faults.append("another endpoint") }
        if proof.accessKeyID == last.accessKeyID { faults.append("the same key") }
    }

    /// Whether something will happen: nothing may stay in failing_over without a run, a wake-up or a
    /// question.
    private mutating func checkProgress() {
        let status = world.group
        if status.detail.contains("the way back waits"), wakeAt == nil {
            faults.append("stuck drill")
        }
        guard status.state == .failingOver else { return }
        let isRunning = open.contains {
            $0.incident == status.incident?.id && $0.attempt == status.incident?.attempts
        }
        let isResuming = status.detail.contains("fresh evidence")
        if !isRunning, !isResuming, wakeAt == nil { faults.append("stuck") }
    }
}
