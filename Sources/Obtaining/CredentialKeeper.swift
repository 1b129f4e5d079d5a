import Model
import Synchronization

/// The temporary credentials that plans led to, kept until they near their end.
///
/// Checks with the same steps share them. Who asks while they are fetched waits for that one fetch, which
/// goes on whoever gives up. A renewal that fails takes nothing away while they are good.
final class CredentialKeeper: Sendable {
    typealias Fetched = Result<ObtainedCredentials, ObtainProblem>
    typealias Fetch = @Sendable () async -> Fetched

    /// What nobody asked for in this time is dropped.
    static let longestIdle = Duration.seconds(3_600)
    /// The wait after a renewal that failed, and after each further one: there are a few tries before the
    /// end, whatever fails.
    static let pauses = (first: Duration.seconds(30), longest: Duration.seconds(60))

    private struct Entry {
        var kept: KeptCredentials?
        /// Who waits for the fetch that is under way; nil when none is.
        var waiters: [Waiter<Fetched>]?
        /// The last renewal, if it failed, and when the next may begin.
        var failure: (note: String, pause: Duration, until: Moment)?
        var askedAt: Moment
    }

    private struct State {
        var entries: [[PlanStep]: Entry] = [:]
        var sweptAt = Moment(nanoseconds: 0)
    }

    private let most: Int
    private let executor: (any TaskExecutor)?
    private let now: @Sendable () -> Instant
    private let spread: @Sendable () -> Double
    private let state = Mutex(State())

    /// Makes a keeper of `most` plans' credentials, whose fetches run on an executor.
    ///
    /// There may be as many plans as profiles. A keeper that is smaller than that would forget each just
    /// before it is asked for again, and assume every role at every check.
    init(
        most: Int = 16_384, executor: (any TaskExecutor)? = nil,
        now: @escaping @Sendable () -> Instant,
        spread: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.most = most
        self.executor = executor
        self.now = now
        self.spread = spread
    }

    /// How many plans' credentials are kept or fetched.
    var count: Int { state.withLock { $0.entries.count } }

    /// Returns the credentials that steps lead to, at most a fetch old.
    ///
    /// Waits no longer than the limit. Failures are not kept: who asks later, asks anew.
    func credentials(
        for steps: [PlanStep], within limit: Duration, fetch: @escaping Fetch
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        let asked = now()
        if let obtained = fresh(steps, at: asked) { return obtained }
        let waiter = Waiter<Fetched>()
        let result = await waiter.wait(within: limit) {
            enlist(waiter, for: steps, at: asked, fetch)
            return true
        }
        if let result { return try result.get() }
        let note = "renewing them takes longer than \(limit.text)"
        if let obtained = lasting(steps, at: now(), note) { return obtained }
        let place = steps.last?.place ?? .builtIn("an empty plan")
        throw ObtainProblem(
            steps.last?.source ?? .profileKeys,
            .failed(
                TransportFailure(
                    phase: .wait, timedOut: true,
                    reason: "no credentials came within \(limit.text)", latency: limit)),
            at: place)
    }

    /// Forgets what steps led to, because AWS does not take it any more.
    func invalidate(_ steps: [PlanStep]) {
        state.withLock { state in
            state.entries[steps]?.kept = nil
            state.entries[steps]?.failure = nil
        }
    }

    /// What can be used without a fetch.
    private func fresh(_ steps: [PlanStep], at now: Instant) -> ObtainedCredentials? {
        state.withLock { state in
            state.entries[steps]?.askedAt = now.moment
            guard let entry = state.entries[steps], let kept = entry.kept, !kept.isOver(at: now)
            else { return nil }
            guard kept.isDue(at: now) else { return kept.obtained }
            guard let failure = entry.failure, now.moment < failure.until else { return nil }
            return kept.obtained.noting(failure.note)
        }
    }

    /// What can be used though it was to be renewed.
    private func lasting(
        _ steps: [PlanStep], at now: Instant, _ note: String
    ) -> ObtainedCredentials? {
        state.withLock { state in
            guard let kept = state.entries[steps]?.kept, !kept.isOver(at: now) else { return nil }
            return kept.obtained.noting(note)
        }
    }

    /// Adds somebody who waits, and begins the fetch when nobody did before.
    private func enlist(
        _ waiter: Waiter<Fetched>, for steps: [PlanStep],
        at now: Instant, _ fetch: @escaping Fetch
    ) {
        var come: ObtainedCredentials?
        let begins = state.withLock { state in
            var entry = state.entries[steps] ?? Entry(askedAt: now.moment)
            if let kept = entry.kept, !kept.isDue(at: now) {
                // A fetch ended in the meantime.
                come = kept.obtained
                return false
            }
            let begins = entry.waiters == nil
            entry.waiters = (entry.waiters ?? []) + [waiter]
            if state.entries.updateValue(entry, forKey: steps) == nil {
                sweep(&state, at: now.moment)
            }
            return begins
        }
        if let come { waiter.give(.success(come)) }
        guard begins else { return }
        Task.detached(executorPreference: executor) { [self] in
            finish(steps, await fetch())
        }
    }

    private func finish(_ steps: [PlanStep], _ result: Fetched) {
        let now = now()
        var answer = result
        let waiters = state.withLock { state in
            guard var entry = state.entries[steps] else { return [] as [Waiter<Fetched>] }
            let waiters = entry.waiters ?? []
            entry.waiters = nil
            switch result {
            case .success(let obtained):
                entry.kept = KeptCredentials(obtained, at: now, spread: spread())
                entry.failure = nil
            case .failure(let problem):
                guard let kept = entry.kept, !kept.isOver(at: now) else {
                    state.entries[steps] = nil
                    return waiters
                }
                let pause = min(
                    entry.failure.map { $0.pause * 2 } ?? Self.pauses.first, Self.pauses.longest)
                let note = "renewing them failed: \(problem.reason.clause)"
                entry.failure = (note, pause, now.moment + pause)
                answer = .success(kept.obtained.noting(note))
            }
            state.entries[steps] = entry
            return waiters
        }
        for waiter in waiters { waiter.give(answer) }
    }

    /// Drops what nobody asked for in a long time, and the oldest when there are too many.
    private func sweep(_ state: inout State, at now: Moment) {
        guard state.entries.count > most || now - state.sweptAt > .seconds(300) else { return }
        state.sweptAt = now
        func drop(before time: Moment) {
            state.entries = state.entries.filter { $1.waiters != nil || $1.askedAt >= time }
        }
        drop(before: now - Self.longestIdle)
        guard state.entries.count > most else { return }
        // An eighth at once, so that it does not have to be sorted for each that comes.
        let times = state.entries.values.map(\.askedAt).sorted()
        drop(before: times[times.count - most + most / 8])
    }
}

extension ObtainedCredentials {
    fileprivate func noting(_ note: String) -> ObtainedCredentials {
        var copy = self
        copy.evidence.append(.note(note))
        return copy
    }
}
