import Model
import Support
import Testing

@testable import Daemon

/// When may be asked, and what becomes of the answer.
@Suite struct InvestigationQueueTests {
    private var queue = InvestigationQueue()
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

    @Test mutating func `the same refusal of the same key is asked about every 15 minutes`() {
        let asked = [0, 1, 60, 899, 900, 901, 1_800].filter {
            queue.mayAsk(result(), of: "app", at: at($0))
        }
        #expect(asked == [0, 900, 1_800])
        // Another key, and another refusal, are other questions.
        #expect(queue.mayAsk(result(fingerprint: 2), of: "app", at: at(1_801)))
        #expect(queue.mayAsk(result(.wrongSecret, fingerprint: 2), of: "app", at: at(1_802)))
        #expect(!queue.mayAsk(result(fingerprint: 2), of: "app", at: at(1_803)))
        #expect(queue.mayAsk(result(), of: "other", at: at(1_803)))
    }

    @Test mutating func `a key that is taken and refused by turns is not asked about at each turn`()
    {
        #expect(queue.mayAsk(result(), of: "app", at: at(0)))
        for turn in Int64(1)...10 {
            queue.noteGood("app", at: at(turn * 60))
            #expect(!queue.mayAsk(result(), of: "app", at: at(turn * 60 + 20)))
        }
        queue.noteGood("app", at: at(900))
        #expect(queue.isClean)
        #expect(queue.mayAsk(result(), of: "app", at: at(901)))
    }

    @Test mutating func `what was learnt holds for the checks that follow, until one is good`()
        throws
    {
        let profile = ProfileConfiguration(name: "app")
        #expect(queue.explained(result(), of: profile).diagnosis.cause == .keyNotRecognized)
        #expect(queue.mayAsk(result(), of: "app", at: at(0)))
        #expect(queue.explained(result(), of: profile).diagnosis.cause == .keyNotRecognized)
        let learnt = queue.learnt(
            inactive(), about: .keyNotRecognized, request(), at: start.wall)
        #expect(learnt?.cause == .keyInactive)
        let next = queue.explained(result(after: 60), of: profile)
        #expect(next.diagnosis.cause == .keyInactive && next.diagnosis.verdict == .bad)
        #expect(next.finishedAt == (start + .seconds(60)))
        // Not for another key, nor another refusal.
        #expect(
            queue.explained(result(fingerprint: 2), of: profile).diagnosis.cause
                == .keyNotRecognized)
        #expect(queue.explained(result(.throttled), of: profile).diagnosis.cause == .throttled)
        queue.noteGood("app", at: at(70))
        #expect(
            queue.explained(result(after: 80), of: profile).diagnosis.cause == .keyNotRecognized)
    }

    @Test mutating func `an answer about a key that was replaced meanwhile is dropped`() {
        #expect(queue.mayAsk(result(), of: "app", at: at(0)))
        #expect(queue.mayAsk(result(fingerprint: 2), of: "app", at: at(1)))
        #expect(
            queue.learnt(inactive(), about: .keyNotRecognized, request(), at: start.wall) == nil)
    }

    @Test mutating func `the user of a key is known from the time when it worked`() {
        queue.noteOwner(result(), of: "app")
        #expect(queue.owner(of: "app", Sample.keyID) == nil)
        queue.noteOwner(result(.ok), of: "app")
        #expect(
            queue.owner(of: "app", Sample.keyID)
                == UserCandidate(name: "app", account: "028075177508", basis: .seen))
        #expect(queue.owner(of: "app", Sample.otherKeyID) == nil)
    }

    @Test mutating func `two are asked at once, refusals first, and none twice`() {
        queue.add(request("a", .look))
        queue.add(request("b", .look))
        queue.add(request("c"))
        queue.add(request("c", .look))
        #expect(queue.next(at: at(0))?.profile.name == "c")
        #expect(queue.next(at: at(0))?.profile.name == "a")
        #expect(queue.next(at: at(0)) == nil)
        #expect(queue.isWaiting)
        queue.add(request("c"))
        queue.ended(request("c"), throttled: false, at: at(1))
        #expect(queue.next(at: at(1))?.profile.name == "b")
        queue.ended(request("a"), throttled: false, at: at(1))
        #expect(queue.next(at: at(1)) == nil)
        #expect(!queue.isWaiting)
    }

    @Test mutating func `an IAM that throttles is left alone, longer each time`() throws {
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<8 {
            queue.add(request())
            let next = try #require(queue.next(at: at(now)))
            queue.ended(next, throttled: true, at: at(now))
            queue.add(request())
            let end = try #require(queue.pausedUntil)
            #expect(queue.next(at: end - .seconds(1)) == nil)
            pauses.append((end - at(now)).components.seconds)
            now += (end - at(now)).components.seconds
        }
        #expect(pauses == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600])
        queue.add(request())
        if let next = queue.next(at: at(now)) { queue.ended(next, throttled: false, at: at(now)) }
        #expect(queue.pausedUntil == nil)
    }
}
