import Model
import Support
import Synchronization
import Testing

@testable import Obtaining

/// A clock that a test moves.
private final class FakeClock: Sendable {
    private let instant = Mutex(Sample.start)

    var now: Instant { instant.withLock(\.self) }

    func advance(_ duration: Duration) {
        instant.withLock { $0 = $0 + duration }
    }

    func jump(_ duration: Duration) {
        instant.withLock { $0.wall = $0.wall + duration }
    }
}

/// A source of sessions that counts them, and waits or fails on demand.
private final class FakeSource: Sendable {
    private struct State {
        var count = 0
        var fails = false
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var askers: [CheckedContinuation<Void, Never>] = []
    }

    let clock: FakeClock
    let life: Duration?
    private let state = Mutex(State())

    init(_ clock: FakeClock, life: Duration?) {
        self.clock = clock
        self.life = life
    }

    var count: Int { state.withLock(\.count) }

    func fail(_ fails: Bool = true) { state.withLock { $0.fails = fails } }
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Waits until a fetch is held.
    func waitUntilAsked() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.held.isEmpty { state.askers.append(continuation) }
                return !state.held.isEmpty
            }
            if isHeld { continuation.resume() }
        }
    }

    func fetch() async -> Result<ObtainedCredentials, ObtainProblem> {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        await withCheckedContinuation { continuation in
            let askers = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                guard state.isHeld else { return nil }
                state.held.append(continuation)
                defer { state.askers = [] }
                return state.askers
            }
            if let askers {
                for asker in askers { asker.resume() }
            } else {
                continuation.resume()
            }
        }
        if state.withLock(\.fails) {
            return .failure(
                ObtainProblem(
                    .assumeRole,
                    .refused(
                        ServiceError(code: "Throttling", message: "secret"),
                        Sample.details()), at: Sample.place))
        }
        var credentials = Sample.credentials(keyID: "ASIA\(number)", token: Sample.token)
        credentials.expiresAt = life.map { Sourced(clock.now.wall + $0, from: Sample.place) }
        return .success(ObtainedCredentials(credentials: credentials))
    }
}

@Suite struct CredentialKeeperTests {
    private let clock = FakeClock()

    private func steps(_ name: String = "a") -> [PlanStep] {
        [
            .keys(Sample.credentials()),
            .assumeRole(
                RoleAssumption(
                    roleARN: Sourced("arn:aws:iam::028075177508:role/\(name)", from: Sample.place),
                    endpoint: Sample.endpoint)),
        ]
    }

    private func keeper(most: Int = 1_000, spread: Double = 0) -> CredentialKeeper {
        CredentialKeeper(most: most, now: { [clock] in clock.now }, spread: { spread })
    }

    private func ask(
        _ keeper: CredentialKeeper, _ source: FakeSource, _ name: String = "a",
        within limit: Duration = .seconds(30)
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        try await keeper.credentials(for: steps(name), within: limit) { await source.fetch() }
    }

    private func keyID(_ obtained: ObtainedCredentials) -> String {
        obtained.credentials.accessKeyID.value
    }

    @Test func aHundredWhoAskAtOnceShareOneFetch() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        source.hold()
        let ids = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 {
                group.addTask { (try? await ask(keeper, source)).map(keyID) }
            }
            await source.waitUntilAsked()
            source.release()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ids == [String?](repeating: "ASIA1", count: 100))
        #expect(source.count == 1)
    }

    @Test func aThousandChecksCostOneFetch() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        for _ in 0..<1_000 {
            #expect(keyID(try await ask(keeper, source)) == "ASIA1")
            clock.advance(.seconds(3))
        }
        #expect(source.count == 1)
    }

    @Test func whoGivesUpTakesNothingFromTheOthers() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        source.hold()
        let first = Task { (try? await ask(keeper, source)).map(keyID) }
        await source.waitUntilAsked()
        let second = Task { (try? await ask(keeper, source)).map(keyID) }
        first.cancel()
        #expect(await first.value == nil)
        #expect(source.count == 1)
        source.release()
        #expect(await second.value == "ASIA1")
        #expect(source.count == 1)
    }

    @Test func eachWaitsOnlyItsOwnTime() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        source.hold()
        do throws(ObtainProblem) {
            _ = try await ask(keeper, source, within: .milliseconds(20))
            Issue.record("it did not wait")
        } catch {
            guard case .failed(let failure) = error.reason else {
                Issue.record("\(error)")
                return
            }
            #expect(failure.timedOut)
            #expect(error.source == .assumeRole)
        }
        source.release()
        #expect(keyID(try await ask(keeper, source)) == "ASIA1")
        #expect(source.count == 1)
    }

    /// The life, the spread, and when it is renewed.
    @Test(arguments: [
        (3_600, 0.0, 3_300), (3_600, 1.0, 3_240), (900, 0.0, 600), (601, 0.0, 301),
        (600, 0.0, 300), (600, 1.0, 240), (60, 0.0, 30), (129_600, 0.5, 129_270),
    ])
    func theyAreRenewedBeforeTheirEnd(life: Int, spread: Double, due: Int) async throws {
        let (keeper, source) = (keeper(spread: spread), FakeSource(clock, life: .seconds(life)))
        _ = try await ask(keeper, source)
        clock.advance(.seconds(due - 1))
        #expect(keyID(try await ask(keeper, source)) == "ASIA1")
        clock.advance(.seconds(1))
        #expect(keyID(try await ask(keeper, source)) == "ASIA2")
    }

    @Test func aRenewalThatFailsTakesNothingAwayAndIsNotRepeatedAtOnce() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        _ = try await ask(keeper, source)
        source.fail()
        clock.advance(.seconds(3_300))
        var counts: [Int] = []
        for _ in 0..<30 {
            let obtained = try await ask(keeper, source)
            #expect(keyID(obtained) == "ASIA1")
            #expect(
                obtained.evidence == [.note("renewing them failed: AWS answered Throttling")])
            counts.append(source.count - 1)
            clock.advance(.seconds(9))
        }
        // At 0, after 30 s, and then after 60 s each, on the grid of 9 s.
        #expect(counts[3] == 1)
        #expect(counts[4] == 2)
        #expect(counts[29] == 5)
        source.fail(false)
        clock.advance(.seconds(20))
        let renewed = try await ask(keeper, source)
        #expect(keyID(renewed) == "ASIA7")
        #expect(renewed.evidence.isEmpty)
    }

    @Test func whenTheyAreOverTheFailureIsTheAnswer() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        _ = try await ask(keeper, source)
        source.fail()
        clock.advance(.seconds(3_600))
        await #expect(throws: ObtainProblem.self) { try await ask(keeper, source) }
        // Failures are not kept: whoever asks, asks anew.
        await #expect(throws: ObtainProblem.self) { try await ask(keeper, source) }
        #expect(source.count == 3)
        #expect(keeper.count == 0)
        source.fail(false)
        #expect(keyID(try await ask(keeper, source)) == "ASIA4")
    }

    @Test func aRenewalThatHangsTakesNothingAway() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        _ = try await ask(keeper, source)
        source.hold()
        clock.advance(.seconds(3_400))
        let obtained = try await ask(keeper, source, within: .milliseconds(20))
        #expect(keyID(obtained) == "ASIA1")
        #expect(obtained.evidence == [.note("renewing them takes longer than 20ms")])
        source.release()
    }

    @Test func whatAWSRefusesIsFetchedAnew() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        _ = try await ask(keeper, source)
        keeper.invalidate(steps("b"))
        #expect(keyID(try await ask(keeper, source)) == "ASIA1")
        keeper.invalidate(steps())
        #expect(keyID(try await ask(keeper, source)) == "ASIA2")
    }

    /// A wall clock that jumps neither makes a session last longer, nor asks all the time.
    @Test(arguments: [-86_400, -3_600, 3_600, 86_400])
    func aClockThatJumpsDoesNoHarm(jump: Int) async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(3_600)))
        _ = try await ask(keeper, source)
        clock.jump(.seconds(jump))
        _ = try await ask(keeper, source)
        #expect(source.count == (jump > 0 ? 2 : 1))
        clock.advance(.seconds(3_300))
        _ = try await ask(keeper, source)
        #expect(source.count == (jump > 0 ? 3 : 2))
    }

    @Test func whatIsOverWhenItComesIsAskedForTwiceAMinute() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(-3_600)))
        for _ in 0..<60 {
            _ = try await ask(keeper, source)
            clock.advance(.seconds(1))
        }
        #expect(source.count == 2)
    }

    @Test func whatTellsNoEndIsLookedAtEveryTenMinutes() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: nil))
        for _ in 0..<60 {
            _ = try await ask(keeper, source)
            clock.advance(.seconds(60))
        }
        #expect(source.count == 6)
    }

    @Test func whatNobodyAsksForIsDropped() async throws {
        let (keeper, source) = (keeper(), FakeSource(clock, life: .seconds(43_200)))
        _ = try await ask(keeper, source, "old")
        _ = try await ask(keeper, source, "used")
        clock.advance(.seconds(1_800))
        _ = try await ask(keeper, source, "used")
        clock.advance(.seconds(1_801))
        _ = try await ask(keeper, source, "new")
        #expect(keeper.count == 2)
        _ = try await ask(keeper, source, "used")
        #expect(source.count == 3)
    }

    @Test func theOldestMakeRoom() async throws {
        let (keeper, source) = (keeper(most: 80), FakeSource(clock, life: .seconds(43_200)))
        for number in 0..<200 {
            _ = try await ask(keeper, source, "\(number)")
            clock.advance(.milliseconds(10))
            #expect(keeper.count <= 80)
        }
        #expect(keeper.count >= 70)
        for number in 140..<200 { _ = try await ask(keeper, source, "\(number)") }
        #expect(source.count == 200)
    }
}
