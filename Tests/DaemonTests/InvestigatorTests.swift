import Diagnosing
import HTTP
import Model
import Sandbox
import Scheduling
import Support
import Testing

@testable import Daemon

/// The second identity against a sandbox, from the files to what a diagnosis becomes.
@Suite(.timeLimit(.minutes(1)))
struct InvestigatorTests {
    private let machine: Machine
    private let sandbox: Sandbox
    private let key: AccessKey
    private let ops: AccessKey
    private static let arn = "arn:aws:iam::\(Sandbox.standardAccount):user/app"

    init() throws {
        machine = try Machine()
        sandbox = try Sandbox()
        key = try sandbox.createUser("app")
        ops = try sandbox.createUser("ops")
        try machine.write(.init("app", key), .init("ops", ops), .init("copy", key))
    }

    private func subject(
        asking asker: String? = "ops", expecting arn: String? = nil
    ) -> ProfileConfiguration {
        var subject = profile("app", expected: ExpectedIdentity(arn: arn))
        subject.diagnoseWith = asker
        return subject
    }

    private struct Found {
        var investigation: Investigation?
        var before: Diagnosis
        var diagnosis: Diagnosis
        var elapsed: Duration

        func answer(_ action: InquiryAction) -> String? {
            for item in diagnosis.evidence {
                if case .inquiry(action.rawValue, let answer) = item { return answer }
            }
            return nil
        }
    }

    /// Checks a profile, lets something happen to IAM, and asks.
    private func investigate(
        _ subject: ProfileConfiguration, groups: [GroupConfiguration] = [],
        within limit: Duration = .seconds(50), allowingItself: Bool = false,
        afterCheck: () throws -> Void = {}
    ) async throws -> Found {
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        let result = await (try machine.pipeline(url: sandbox.url)).check(subject)
        try afterCheck()
        let configuration = Configuration(
            profiles: [subject, profile("ops"), profile("copy")], groups: groups,
            aws: machine.overrides(url: sandbox.url))
        let start = ContinuousClock.now
        let investigation = await investigateOnce(
            subject, result: result, in: configuration, transport: transport, within: limit,
            // On a busy machine an answer takes its time.
            mostOfQuestion: .seconds(20), allowingItself: allowingItself)
        let elapsed = ContinuousClock.now - start
        transport.shutdown()
        let diagnosis = investigation.map {
            refined(result.diagnosis, by: $0, profile: subject, at: SystemClock.wall())
        }
        return Found(
            investigation: investigation, before: result.diagnosis,
            diagnosis: diagnosis ?? result.diagnosis, elapsed: elapsed)
    }

    @Test func `a deactivated key is found by its id alone`() async throws {
        try sandbox.deactivate(key)
        let found = try await investigate(subject())
        #expect(found.before.cause == .keyNotRecognized)
        #expect(found.diagnosis.cause == .keyInactive && found.diagnosis.verdict == .bad)
        #expect(found.diagnosis.confidence == .certain)
        #expect(
            found.diagnosis.commands == [
                "aws iam update-access-key --user-name app --access-key-id \(key.id) --status Active --profile ops"
            ])
        #expect(found.investigation?.account == Sandbox.standardAccount)
        #expect(found.investigation?.asker.identity?.arn.hasSuffix(":user/ops") == true)
        #expect(found.investigation?.records.allSatisfy { $0.requestID != nil } == true)
        let calls = sandbox.calls.filter { $0.accessKeyID == ops.id }.map(\.action)
        #expect(
            calls == [
                "GetCallerIdentity", "GetAccessKeyInfo", "GetAccessKeyLastUsed", "ListAccessKeys",
                "ListAttachedUserPolicies",
            ])
    }

    @Test func `a deleted key is told from the user who had it`() async throws {
        try sandbox.delete(key)
        #expect(try await investigate(subject()).diagnosis.cause == .keyNotRecognized)
        let found = try await investigate(subject(expecting: Self.arn))
        #expect(found.diagnosis.cause == .keyDeleted && found.diagnosis.confidence == .certain)
        #expect(
            found.diagnosis.commands == ["aws iam create-access-key --user-name app --profile ops"])
    }

    @Test func `a deleted user is told`() async throws {
        try sandbox.delete(key)
        try sandbox.withWorld { world, _ throws(ServiceFault) in
            try world.deleteUser("app", in: Sandbox.standardAccount)
        }
        let found = try await investigate(subject(expecting: Self.arn))
        #expect(found.diagnosis.cause == .userDeleted && found.diagnosis.confidence == .certain)
        #expect(found.answer(.user)?.hasPrefix("does not know user app") == true)
    }

    @Test func `a mistyped id is compared with the keys of the user`() async throws {
        var id = Array(key.id)
        id[6] = id[6] == "O" ? "0" : "O"
        try machine.write(
            .init("app", keyID: String(id), secret: key.secret.reveal()), .init("ops", ops))
        let found = try await investigate(subject(expecting: Self.arn))
        #expect(found.diagnosis.cause == .keyMistyped)
        #expect(
            found.diagnosis.summary.contains(
                "typo in position 7: you have \(id[6]), the user's key has \(Array(key.id)[6])"))
        #expect(
            found.diagnosis.commands == [
                "aws configure set aws_access_key_id \(key.id) --profile app"
            ])
    }

    @Test func `an id of the backup's own user is compared too`() async throws {
        var id = Array(ops.id)
        id.swapAt(8, 9)
        if id == Array(ops.id) { id[9] = id[9] == "A" ? "B" : "A" }
        try machine.write(
            .init("app", keyID: String(id), secret: ops.secret.reveal()), .init("ops", ops))
        let found = try await investigate(subject())
        #expect(found.diagnosis.cause == .keyMistyped)
        #expect(found.diagnosis.remedy.contains("\(ops.id), which user ops has"))
    }

    @Test func `a quarantine is told, and the key not to be activated`() async throws {
        try sandbox.deactivate(key)
        try sandbox.perform(.quarantine(user: "app", true))
        let found = try await investigate(subject())
        #expect(found.diagnosis.cause == .keyInactive)
        #expect(found.diagnosis.summary.contains("leaked"))
        #expect(!found.diagnosis.commands.contains { $0.contains("update-access-key") })
    }

    @Test func `a wrong secret is confirmed by a key that is active`() async throws {
        try machine.write(
            .init("app", keyID: key.id, secret: Sample.secret), .init("ops", ops))
        let found = try await investigate(subject())
        #expect(found.before.cause == .wrongSecret && found.diagnosis.cause == .wrongSecret)
        #expect(found.diagnosis.confidence == .certain)
        #expect(found.diagnosis.summary.contains("which is an active key of user app, created"))
    }

    @Test(arguments: InquiryAction.allCases.filter { $0 != .user })
    func `an action that is denied is named, and the others are asked`(
        action: InquiryAction
    ) async throws {
        try sandbox.deactivate(key)
        sandbox.faults.deniedActions = [action.rawValue]
        let found = try await investigate(subject(expecting: Self.arn))
        #expect(found.diagnosis.cause == (action == .accessKeys ? .keyNotRecognized : .keyInactive))
        #expect(found.answer(action)?.hasPrefix("is denied to arn:aws:iam::") == true)
        #expect((found.investigation?.records.count { $0.outcome == .answered } ?? 0) >= 3)
    }

    @Test func `an IAM that throttles ends the questions with what is known`() async throws {
        try sandbox.deactivate(key)
        let found = try await investigate(subject(expecting: Self.arn)) {
            sandbox.faults.throttlesIAM = true
        }
        #expect(found.diagnosis.cause == .keyNotRecognized)
        #expect(found.answer(.accessKeyInfo)?.contains(Sandbox.standardAccount) == true)
        #expect(found.answer(.accessKeyLastUsed)?.hasPrefix("was throttled by AWS") == true)
        #expect(
            found.answer(.accessKeys) == "was not asked: iam asks to send fewer requests")
        #expect(found.investigation?.wasThrottled == true)
        #expect(found.elapsed < .seconds(20))
        // Three tries of one question, and no other question of IAM.
        #expect(sandbox.calls.count { $0.service == .iam } == 3)
    }

    @Test func `a user with 5,000 keys is read for five pages`() async throws {
        try sandbox.withWorld { world, now throws(ServiceFault) in
            world.keysPerUser = 5_000
            for _ in 1..<5_000 {
                try world.createKey(for: "app", in: Sandbox.standardAccount, now: now)
            }
            let ids = try world.keys(of: "app", in: Sandbox.standardAccount).map(\.id)
            try world.deleteKey(ids[0])
        }
        sandbox.faults.pageSize = 10
        let found = try await investigate(subject(expecting: Self.arn))
        // One more for the keys of who asks.
        #expect(sandbox.calls.count { $0.action == "ListAccessKeys" } == 6)
        #expect(found.diagnosis.cause == .keyNotRecognized)
        #expect(found.answer(.accessKeys)?.contains("not among the first 50") == true)
    }

    @Test func `a slow IAM leaves out what there is no time for`() async throws {
        try sandbox.deactivate(key)
        let found = try await investigate(
            subject(expecting: Self.arn), within: .seconds(2)
        ) { sandbox.faults.latency = .milliseconds(600) }
        #expect(found.elapsed < .seconds(8))
        // On a busy machine even the first answer may come too late, and then nobody was asked.
        let records = found.investigation?.records ?? []
        #expect(
            found.investigation?.problem != nil
                || records.contains { if case .leftOut = $0.outcome { true } else { false } })
        #expect(found.investigation.map(isConclusive) == false)
        #expect(found.diagnosis.cause == .keyNotRecognized)
    }

    @Test func `somebody else's pages are not believed`() async throws {
        try sandbox.deactivate(key)
        let server = try FaultServer(.identity, identity: .example)
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        let result = await (try machine.pipeline(url: sandbox.url)).check(subject())
        for fault in [Fault.captivePortal, .hugeBody, .noRequestID, .emptyBody] {
            server.set(fault)
            let investigation = await investigateOnce(
                subject(), result: result,
                in: Configuration(
                    profiles: [subject(), profile("ops", timeout: .seconds(2))],
                    aws: machine.overrides(url: server.url)),
                transport: transport, within: .seconds(5))
            #expect(investigation?.problem != nil && investigation?.problemMayPass == true)
        }
        // An identity, and then only foreign answers.
        server.set(.identity)
        let foreign = await investigateOnce(
            subject(), result: result,
            in: Configuration(
                profiles: [subject(), profile("ops")], aws: machine.overrides(url: server.url)),
            transport: transport, within: .seconds(5))
        #expect(foreign?.account == nil && foreign?.lastUse == nil)
        #expect(foreign?.users.allSatisfy { $0.exists == nil && $0.keys == nil } == true)
        transport.shutdown()
    }

    @Test func `the backup serves where nobody is named`() async throws {
        try sandbox.deactivate(key)
        let group = GroupConfiguration(name: "g", primary: "app", backups: ["copy", "ops"])
        let found = try await investigate(subject(asking: nil), groups: [group])
        #expect(found.diagnosis.cause == .keyInactive)
        #expect(found.investigation?.asker.profile == "ops")
    }

    @Test func `an asker that is refused, or the very same key, is told`() async throws {
        try sandbox.deactivate(key)
        let same = try await investigate(subject(asking: "copy"))
        #expect(same.investigation?.problem == "it has the same access key")
        #expect(same.diagnosis.cause == .keyNotRecognized)
        #expect(same.diagnosis.evidence.count == same.before.evidence.count + 1)
        try sandbox.deactivate(ops)
        let refused = try await investigate(subject())
        #expect(refused.investigation?.problem == "AWS answers it with InvalidClientTokenId")
        let missing = try await investigate(subject(asking: "nobody"))
        #expect(missing.investigation?.problem?.contains("no profile nobody") == true)
    }

    @Test func `without anybody to ask, or with a temporary key, nothing is asked`() async throws {
        try sandbox.deactivate(key)
        #expect(try await investigate(subject(asking: nil)).investigation == nil)
        let session = try sandbox.startSession(user: "app")
        try machine.write(
            .init("app", keyID: session.id, secret: session.secret.reveal(), token: "bad"),
            .init("ops", ops))
        let calls = sandbox.calls.count { $0.accessKeyID == ops.id }
        #expect(try await investigate(subject()).investigation == nil)
        #expect(sandbox.calls.count { $0.accessKeyID == ops.id } == calls)
    }

    @Test func `a key that works is looked at, by itself if need be`() async throws {
        try sandbox.perform(.quarantine(user: "app", true))
        #expect(try await investigate(subject(asking: nil)).investigation == nil)
        let found = try await investigate(subject(asking: nil), allowingItself: true)
        let investigation = try #require(found.investigation)
        #expect(investigation.listed?.key.isActive == true)
        #expect(investigation.lastUse != nil)
        let list = advisories(
            from: investigation, at: SystemClock.wall() + .seconds(100 * 86_400),
            maxKeyAge: .seconds(90 * 86_400))
        #expect(list.map(\.kind) == [.keyOld, .quarantined])
        let byOps = try await investigate(subject())
        #expect(byOps.investigation?.asker.profile == "ops")
    }

    @Test func `a pass of check says what IAM knows`() async throws {
        try sandbox.deactivate(key)
        let document = try await checkOnce(
            Configuration(
                profiles: [subject(), profile("ops")], aws: machine.overrides(url: sandbox.url))
        ) { _ in }
        #expect(document.profiles.first?.diagnosis?.cause == .keyInactive)
        #expect(document.profiles.first?.diagnosis?.verdict == .bad)
    }
}
