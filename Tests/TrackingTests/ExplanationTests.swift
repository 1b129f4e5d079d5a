import Model
import Support
import Testing
import Tracking

/// What a second identity says of a refusal, later.
@Suite struct ExplanationTests {
    private var world = World()

    @Test mutating func `another cause is told once, and counts as no further answer`() throws {
        check(&world, .keyNotRecognized)
        let before = world.profile("app")
        let effects = explain(&world, diagnosis(.keyInactive))
        let change = try #require(effects.profileChanges.first)
        #expect(effects.profileChanges.count == 1)
        #expect(change.from == .failing && change.to == .failing)
        #expect(change.result.diagnosis == diagnosis(.keyInactive))
        #expect(change.consecutiveFailures == 1)
        #expect(effects.contains(.remember))
        let after = world.profile("app")
        #expect(after.diagnosis == diagnosis(.keyInactive))
        #expect(after.consecutiveFailures == 1)
        #expect(after.since == before.since && after.failingSince == before.failingSince)
        #expect(world.group.detail == "waiting: 1 of 3 bad answers")
        // The same once more is no news.
        #expect(explain(&world, diagnosis(.keyInactive)).isEmpty)
    }

    @Test mutating func `the same cause with more evidence is shown and not told`() {
        check(&world, .keyNotRecognized)
        #expect(explain(&world, diagnosis(.keyNotRecognized)).isEmpty)
        #expect(world.profile("app").diagnosis == diagnosis(.keyNotRecognized))
    }

    @Test(
        arguments: [
            (2, .keyInactive, .keyNotRecognized), (nil, .keyInactive, .keyNotRecognized),
            (1, .networkDNS, .keyNotRecognized), (1, .ok, .keyNotRecognized),
            (1, .keyInactive, .ok), (1, .keyInactive, .networkDNS),
        ] as [(Int?, Cause, Cause)])
    func `it is ignored for another credential and for another verdict`(
        fingerprint: Int?, explained: Cause, cause: Cause
    ) {
        var world = World()
        check(&world, cause)
        #expect(explain(&world, diagnosis(explained), fingerprint: fingerprint).isEmpty)
        #expect(world.profile("app").diagnosis?.cause == cause)
    }

    @Test mutating func `what does not count is no reason for the hook`() throws {
        for step in 0...4 {
            if step > 0 { world.pass(.seconds(25)) }
            check(&world, .keyNotRecognized)
        }
        world.pass(.seconds(5))
        check(&world, .refusalUnconfirmed)
        explain(&world, diagnosis(.refusalUnconfirmed))
        let run = try #require(
            world.prove("spare", .ok).compactMap {
                if case .runHook(let run) = $0 { run } else { nil }
            }.first)
        #expect(run.cause == .keyNotRecognized)
    }

    @Test mutating func `it is ignored before the first answer, and for what is not configured`() {
        #expect(explain(&world, diagnosis(.keyInactive), fingerprint: nil).isEmpty)
        #expect(world.profile("app").diagnosis == nil)
        let stranger = Event.explained(
            profile: "x", diagnosis(.keyInactive), fingerprint: nil)
        #expect(world.handle(stranger).isEmpty)
    }

    @Test mutating func `later refusals that say no more keep it, with their own evidence`() {
        check(&world, .keyNotRecognized, request: "one")
        explain(&world, diagnosis(.keyInactive, [.requestID("one"), inquiry]))
        for request in ["two", "three"] {
            world.pass(.seconds(20))
            #expect(check(&world, .keyNotRecognized, request: request).profileChanges.isEmpty)
            let shown = world.profile("app").diagnosis
            #expect(shown?.cause == .keyInactive)
            #expect(shown?.evidence == [.requestID(request), inquiry])
            #expect(shown?.commands == ["aws iam update-access-key"])
        }
        #expect(world.profile("app").consecutiveFailures == 3)
        // Told again by whoever asked again, it is no news either.
        #expect(
            explain(&world, diagnosis(.keyInactive, [.requestID("three"), inquiry])).isEmpty)
        // A network that fails in between changes nothing about the key.
        check(&world, .networkDNS, fingerprint: nil)
        check(&world, .networkDNS)
        let back = check(&world, .keyNotRecognized).profileChanges
        #expect(back.map(\.result.diagnosis.cause) == [.keyInactive])
    }

    @Test mutating func `a new explanation takes the place of the old one`() {
        check(&world, .keyNotRecognized)
        explain(&world, diagnosis(.keyInactive))
        world.pass(.seconds(20))
        check(&world, .keyNotRecognized)
        let change = explain(&world, diagnosis(.keyDeleted)).profileChanges
        #expect(change.map(\.result.diagnosis.cause) == [.keyDeleted])
        world.pass(.seconds(20))
        #expect(check(&world, .keyNotRecognized).profileChanges.isEmpty)
        #expect(world.profile("app").diagnosis?.cause == .keyDeleted)
        // Nobody can say any more which one it is.
        let doubt = explain(&world, diagnosis(.keyNotRecognized)).profileChanges
        #expect(doubt.map(\.result.diagnosis.cause) == [.keyNotRecognized])
    }

    @Test(arguments: [(.ok, 1), (.sessionExpired, 1), (.keyNotRecognized, 2)] as [(Cause, Int)])
    func `another story ends it`(cause: Cause, fingerprint: Int) {
        var world = World()
        check(&world, .keyNotRecognized)
        explain(&world, diagnosis(.keyInactive))
        let told = check(&world, cause, fingerprint: fingerprint).profileChanges
        #expect(told.map(\.result.diagnosis.cause) == [cause])
        let again = check(&world, .keyNotRecognized, fingerprint: fingerprint)
        #expect(again.profileChanges.count == (cause == .keyNotRecognized ? 0 : 1))
        #expect(world.profile("app").diagnosis?.cause == .keyNotRecognized)
    }

    @Test mutating func `the hook of a failover is told the better cause`() {
        check(&world, .keyNotRecognized)
        world.prove("spare", .ok)
        explain(&world, diagnosis(.keyInactive))
        for _ in 0..<5 {
            world.pass(.seconds(20))
            check(&world, .keyNotRecognized)
            world.prove("spare", .ok)
        }
        #expect(world.runs.map(\.cause) == [.keyInactive])
        #expect(world.runs.map(\.message) == ["Somebody deactivated the key."])

        // Also when it comes after the last refusal.
        var late = World()
        for _ in 0..<6 {
            late.pass(.seconds(20))
            check(&late, .keyNotRecognized)
        }
        explain(&late, diagnosis(.keyDeleted))
        late.prove("spare", .ok)
        #expect(late.runs.map(\.cause) == [.keyDeleted])
    }

    @Test mutating func `an explanation alone moves nothing`() {
        check(&world, .keyNotRecognized)
        for _ in 0..<20 {
            world.pass(.seconds(10))
            explain(&world, diagnosis(.keyInactive))
            world.prove("spare", .ok)
        }
        #expect(world.runs.isEmpty)
        #expect(world.group.detail == "waiting: 1 of 3 bad answers")
    }
}

private let inquiry = Evidence.inquiry(action: "iam:ListAccessKeys", "lists the key as Inactive")

private func diagnosis(_ cause: Cause, _ evidence: [Evidence] = [inquiry]) -> Diagnosis {
    Diagnosis(
        cause: cause, verdict: cause.verdict, summary: "Somebody deactivated the key.",
        remedy: "Activate it.", commands: ["aws iam update-access-key"], evidence: evidence)
}

/// Checks `app`, with the answer's own request id as evidence.
@discardableResult
private func check(
    _ world: inout World, _ cause: Cause, fingerprint: Int? = 1, request: String = "r"
) -> [Effect] {
    let plain = world.result("app", cause, fingerprint: fingerprint)
    var diagnosis = plain.diagnosis
    diagnosis.evidence = [.requestID(request)]
    return world.handle(.checked(plain.diagnosed(diagnosis)))
}

@discardableResult
private func explain(_ world: inout World, _ diagnosis: Diagnosis, fingerprint: Int? = 1)
    -> [Effect]
{
    world.handle(.explained(profile: "app", diagnosis, fingerprint: fingerprint))
}
