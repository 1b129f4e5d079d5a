import Model
import Support
import Testing

@testable import Daemon

/// When may be asked, and what becomes of the answer.
@Suite struct InvestigationQueueTests {
    /// An object, since what is expected may change nothing.
    private final class Desk {
        var queue = InvestigationQueue()

        func mayAsk(_ result: CheckResult, of profile: String, at now: Moment) -> Bool {
            queue.mayAsk(result, of: profile, at: now)
        }

        func explained(_ result: CheckResult, of profile: ProfileConfiguration) -> CheckResult {
            queue.explained(result, of: profile)
        }

        func learnt(
            _ found: Investigation, _ request: InvestigationRequest, at now: WallTime
        ) -> Diagnosis? {
            queue.learnt(found, about: .keyNotRecognized, request, at: now)
        }

        func next(at now: Moment) -> InvestigationRequest? { queue.next(at: now) }
    }

    private let desk = Desk()
    private let start = Sample.start

    private func result(
        _ cause: Cause = .keyNotRecognized, fingerprint: Int = 1, after seconds: Int64 = 0
    ) -> CheckResult {
        CheckResult(
            profile: "app", startedAt: start + .seconds(seconds),
            finishedAt: start + .seconds(seconds),
            diagnosis: Diagnosis(
                cause: cause, verdict: cause.verdict, summary: "Refused.", remedy: ""),
            identity: cause == .ok ? Sample.identity : nil, accessKeyID: Sample.keyID,
            fingerprint: fingerprint)
    }

    private func request(
        _ name: String = "app",
        _ purpose: InvestigationRequest.Purpose = .refusal(.keyNotRecognized)
    ) -> InvestigationRequest {
        InvestigationRequest(
            profile: ProfileConfiguration(name: name), result: result(), purpose: purpose,
            askers: [], candidates: [])
    }

    private func inactive() -> Investigation {
        var found = Investigation(accessKeyID: Sample.keyID, asker: Asker(profile: "ops"))
        var user = InvestigatedUser(name: "app", basis: .named)
        user.keys = [ListedKey(id: Sample.keyID, isActive: false)]
        found.users = [user]
        return found
    }

    private func at(_ seconds: Int64) -> Moment { start.moment + .seconds(seconds) }

    @Test func `the same refusal of the same key is asked about every 15 minutes`() {
        let asked = [0, 1, 60, 899, 900, 901, 1_800].filter {
            desk.mayAsk(result(), of: "app", at: at($0))
        }
        #expect(asked == [0, 900, 1_800])
        // Another key, and another refusal, are other questions.
        #expect(desk.mayAsk(result(fingerprint: 2), of: "app", at: at(1_801)))
        #expect(desk.mayAsk(result(.wrongSecret, fingerprint: 2), of: "app", at: at(1_802)))
        #expect(!desk.mayAsk(result(fingerprint: 2), of: "app", at: at(1_803)))
        #expect(desk.mayAsk(result(), of: "other", at: at(1_803)))
    }

    @Test func `a key that is taken and refused by turns is not asked about at each turn`() {
        #expect(desk.mayAsk(result(), of: "app", at: at(0)))
        for turn in Int64(1)...10 {
            desk.queue.noteGood("app", at: at(turn * 60))
            #expect(!desk.mayAsk(result(), of: "app", at: at(turn * 60 + 20)))
        }
        desk.queue.noteGood("app", at: at(900))
        #expect(desk.queue.isClean)
        #expect(desk.mayAsk(result(), of: "app", at: at(901)))
    }

    @Test func `what was learnt holds for the checks that follow, until one is good`()
        throws
    {
        let profile = ProfileConfiguration(name: "app")
        #expect(desk.explained(result(), of: profile).diagnosis.cause == .keyNotRecognized)
        #expect(desk.mayAsk(result(), of: "app", at: at(0)))
        #expect(desk.explained(result(), of: profile).diagnosis.cause == .keyNotRecognized)
        let learnt = desk.learnt(inactive(), request(), at: start.wall)
        #expect(learnt?.cause == .keyInactive)
        let next = desk.explained(result(after: 60), of: profile)
        #expect(next.diagnosis.cause == .keyInactive && next.diagnosis.verdict == .bad)
        #expect(next.finishedAt == (start + .seconds(60)))
        // Not for another key, nor another refusal.
        #expect(
            desk.explained(result(fingerprint: 2), of: profile).diagnosis.cause
                == .keyNotRecognized)
        #expect(desk.explained(result(.throttled), of: profile).diagnosis.cause == .throttled)
        desk.queue.noteGood("app", at: at(70))
        #expect(
            desk.explained(result(after: 80), of: profile).diagnosis.cause
                == .keyNotRecognized)
    }

    @Test func `an answer about a key that was replaced meanwhile is dropped`() {
        #expect(desk.mayAsk(result(), of: "app", at: at(0)))
        #expect(desk.mayAsk(result(fingerprint: 2), of: "app", at: at(1)))
        #expect(
            desk.learnt(inactive(), request(), at: start.wall)
                == nil)
    }

    @Test func `the user of a key is known from the time when it worked`() {
        desk.queue.noteOwner(result(), of: "app")
        #expect(desk.queue.owner(of: "app", Sample.keyID) == nil)
        desk.queue.noteOwner(result(.ok), of: "app")
        #expect(
            desk.queue.owner(of: "app", Sample.keyID)
                == UserCandidate(name: "app", account: "028075177508", basis: .seen))
        #expect(desk.queue.owner(of: "app", Sample.otherKeyID) == nil)
    }

    @Test func `two are asked at once, refusals first, and none twice`() {
        desk.queue.add(request("a", .look))
        desk.queue.add(request("b", .look))
        desk.queue.add(request("c"))
        desk.queue.add(request("c", .look))
        #expect(desk.next(at: at(0))?.profile.name == "c")
        #expect(desk.next(at: at(0))?.profile.name == "a")
        #expect(desk.next(at: at(0)) == nil)
        #expect(desk.queue.isWaiting)
        desk.queue.add(request("c"))
        desk.queue.ended(request("c"), throttled: false, at: at(1))
        #expect(desk.next(at: at(1))?.profile.name == "b")
        desk.queue.ended(request("a"), throttled: false, at: at(1))
        #expect(desk.next(at: at(1)) == nil)
        #expect(!desk.queue.isWaiting)
    }

    @Test func `a refusal takes the place of a look that waits`() {
        desk.queue.add(request("app", .look))
        desk.queue.add(request("b", .look))
        #expect(desk.mayAsk(result(), of: "app", at: at(0)))
        desk.queue.add(request("app"))
        let first = desk.next(at: at(0))
        guard case .refusal? = first?.purpose else {
            Issue.record("\(String(describing: first))")
            return
        }
        // The look is gone, and does not block the queue.
        #expect(desk.next(at: at(0))?.profile.name == "b")
        #expect(!desk.queue.isWaiting)
    }

    @Test func `a refusal that comes while its profile is asked about is asked about afterwards`() {
        desk.queue.add(request("app", .look))
        let look = desk.next(at: at(0))
        #expect(look?.profile.name == "app")
        #expect(!desk.mayAsk(result(), of: "app", at: at(1)))
        desk.queue.ended(request("app", .look), throttled: false, at: at(2))
        #expect(desk.mayAsk(result(), of: "app", at: at(21)))
        desk.queue.add(request("app"))
        #expect(desk.next(at: at(21))?.profile.name == "app")
    }

    @Test func `a profile that is gone is not looked at, and can come back`() {
        desk.queue.add(request("app", .look))
        desk.queue.forget("app")
        #expect(!desk.queue.isWaiting && desk.next(at: at(0)) == nil)
        desk.queue.add(request("app", .look))
        #expect(desk.next(at: at(1))?.profile.name == "app")
        #expect(desk.next(at: at(1)) == nil)
    }

    @Test func `one that began before the pause does not end it`() {
        for name in ["a", "b", "c"] { desk.queue.add(request(name)) }
        _ = (desk.next(at: at(0)), desk.next(at: at(0)))
        desk.queue.ended(request("a"), throttled: true, at: at(1))
        desk.queue.ended(request("b"), throttled: false, at: at(2))
        #expect(desk.next(at: at(60)) == nil)
        #expect(desk.next(at: at(61))?.profile.name == "c")
    }

    @Test func `an IAM that throttles is left alone, longer each time`() throws {
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<8 {
            desk.queue.add(request())
            let next = try #require(desk.next(at: at(now)))
            desk.queue.ended(next, throttled: true, at: at(now))
            desk.queue.add(request())
            let end = try #require(desk.queue.pausedUntil)
            #expect(desk.next(at: end - .seconds(1)) == nil)
            pauses.append((end - at(now)).components.seconds)
            now += (end - at(now)).components.seconds
        }
        #expect(pauses == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600])
        desk.queue.add(request())
        if let next = desk.next(at: at(now)) {
            desk.queue.ended(next, throttled: false, at: at(now))
        }
        #expect(desk.queue.pausedUntil == nil)
    }
}
