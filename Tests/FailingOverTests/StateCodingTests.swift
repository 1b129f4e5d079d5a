import Model
import Testing

@testable import FailingOver

/// A state in which every property is set somewhere and every kind of result occurs.
let sampleState: RememberedState = {
    let time = WallTime(seconds: 1_795_356_190)
    let incident = Incident(
        id: "3f1c2d4e-5a6b-7c8d-9e0f-112233445566", event: .failover, from: "app",
        to: "app-backup", cause: .keyNotRecognized, summary: "The key \"A\\B\" is gone: é.",
        startedAt: time, attempts: 2, byHand: true, oldKeyID: "AKIAQNCLJGYSAZAAN74C")
    let results: [HookResult?] = [
        .exited(code: 3), .killed(signal: 9), .timedOut, .notStarted("no \"such\" file"),
        .interrupted, .switchFailed("no \"place\""), .incomplete("app.service"), nil,
    ]
    let groups = results.enumerated().map { index, result in
        RememberedGroup(
            name: "group \(index)", state: GroupState.allCases[index % 5], active: "app-backup",
            incident: index.isMultiple(of: 2) ? incident : nil,
            hook: HookRecord(
                event: .failover, attempt: index + 1, startedAt: time,
                finishedAt: result == nil ? nil : time + .seconds(3), result: result),
            recoveryAnnounced: index == 3,
            refusals: index < 2
                ? RememberedRefusals(
                    count: 7, first: Moment(nanoseconds: 86_400_000_000_001),
                    last: Moment(nanoseconds: .max), lastAt: time,
                    accessKeyID: index == 0 ? "AKIAQNCLJGYSAZAAN74C" : nil)
                : nil)
    }
    return RememberedState(
        profiles: [
            RememberedProfile(
                name: "app", state: .failing, cause: .keyNotRecognized, since: time,
                failingSince: time, lastSuccessAt: time + .seconds(-90),
                endsForGood: time + .seconds(600), endTold: .quarter),
            RememberedProfile(name: "app-backup", state: .pending),
        ],
        groups: groups + [busyGroup, RememberedGroup(name: "quiet", state: .ready, active: "web")])
}()

/// A group with all that it keeps of what it does by itself.
private let busyGroup: RememberedGroup = {
    let time = WallTime(seconds: 1_795_356_190)
    var group = RememberedGroup(name: "busy", state: .failingOver, active: "app-backup")
    group.incident = Incident(
        id: "4", event: .failover, from: "app", to: "app-backup", cause: .ok, summary: "",
        startedAt: time, byHand: true)
    group.incident?.isDrill = true
    group.incident?.hasSwitched = true
    group.failingBackups = [RememberedBackup(name: "app-backup", since: time)]
    group.moves.endedAt = time
    group.moves.failovers = [time, time + .seconds(60)]
    group.moves.failed = 3
    group.moves.onBackupSince = time
    group.moves.reminders = 2
    group.flaps = RememberedFlaps(answers: [true, false, true], isFlapping: true)
    group.drill = Drill(startedAt: time, finishedAt: time + .seconds(3), outcome: .stayed)
    return group
}()

@Suite struct StateCodingTests {
    private func decode(_ text: String) -> String {
        do throws(StateFormatProblem) {
            _ = try decodeState(Array(text.utf8))
            return "decoded"
        } catch {
            return error.reason
        }
    }

    private func document(_ groups: String, profiles: String = "") -> String {
        #"{"schema":"credwatch-state/1","groups":[\#(groups)],"profiles":[\#(profiles)]}"#
    }

    @Test(arguments: [
        (#""flaps":{"answers":"bgx","flapping":true}"#, "is not of b and g"),
        (#""moves":{"failovers":["yesterday"]}"#, "is not a time"),
        (#""moves":{"failed":-1}"#, "out of range"),
        (#""drill":{"started_at":"2026-11-22T14:03:10Z","outcome":"lost"}"#, "is not known"),
        (#""failing_backups":[{"name":""}]"#, "must not be empty"),
    ])
    func whatNoVersionWroteIsRefused(member: String, reason: String) {
        let found = decode(document(#"{"name":"g","state":"ready","active":"app",\#(member)}"#))
        #expect(found.contains(reason), "\(found)")
    }

    @Test func everyPropertySurvives() throws {
        #expect(try decodeState(encodeState(sampleState)) == sampleState)
        #expect(try decodeState(encodeState(RememberedState())) == RememberedState())
    }

    @Test func theFormIsStable() {
        let state = RememberedState(
            profiles: [RememberedProfile(name: "app", state: .healthy)],
            groups: [RememberedGroup(name: "g", state: .failedOver, active: "app")])
        #expect(
            String(decoding: encodeState(state), as: UTF8.self)
                == document(
                    #"{"name":"g","state":"failed_over","active":"app"}"#,
                    profiles: #"{"name":"app","state":"healthy"}"#) + "\n")
    }

    @Test func aFileOfBeforeTheEndsOfLoginsIsReadAndOneWithThemKeepsItsForm() throws {
        let old = document("", profiles: #"{"name":"a","state":"healthy"}"#)
        #expect(
            try decodeState(Array(old.utf8)).profiles
                == [RememberedProfile(name: "a", state: .healthy)])
        // An older version ignores what it does not know, as this one does.
        let new = encodeState(
            RememberedState(profiles: [
                RememberedProfile(
                    name: "a", state: .healthy, endsForGood: WallTime(seconds: 1_795_356_190),
                    endTold: .hour)
            ]))
        #expect(
            String(decoding: new, as: UTF8.self)
                == document(
                    "",
                    profiles: #"{"name":"a","state":"healthy","#
                        + #""ends_for_good_at":"2026-11-22T14:03:10Z","end_told":"hour"}"#) + "\n")
        #expect(
            decode(document("", profiles: #"{"name":"a","state":"healthy","later":"hour"}"#))
                == "decoded")
    }

    @Test func keysOfALaterWriterAreIgnored() {
        let group = #"{"name":"g","state":"ready","active":"a","new":{"x":[1]}}"#
        #expect(decode(document(group)) == "decoded")
    }

    @Test(arguments: [
        (#"{"name":"g","state":"ready"}"#, "groups[0].active is missing"),
        (
            #"{"name":"g","state":"moving","active":"a"}"#,
            "groups[0].state: \"moving\" is not known"
        ),
        (#"{"name":"","state":"ready","active":"a"}"#, "groups[0].name: must not be empty"),
        (#"{"name":7,"state":"ready","active":"a"}"#, "groups[0].name has the wrong type"),
        (
            #"{"name":"g","state":"ready","active":"a","incident":{"id":"i"}}"#,
            "groups[0].incident.event is missing"
        ),
        (
            #"{"name":"g","state":"confirming","active":"a","refusals":{"count":0}}"#,
            "groups[0].refusals.count: 0 is out of range"
        ),
        (
            #"{"name":"g","state":"confirming","active":"a","refusals":{"count":1,"first":"-1"}}"#,
            "groups[0].refusals.first: \"-1\" is no time since boot"
        ),
        (
            #"{"name":"g","state":"ready","active":"a","hook":{"event":"test","attempt":0}}"#,
            "groups[0].hook.attempt: 0 is out of range"
        ),
        (
            #"{"name":"g","state":"ready","active":"a","hook":{"event":"test","attempt":1,"#
                + #""started_at":"9999-13-31T23:59:59Z"}}"#,
            "groups[0].hook.started_at: \"9999-13-31T23:59:59Z\" is not a time"
        ),
        (
            #"{"name":"g","state":"ready","active":"a","hook":{"event":"test","attempt":1,"#
                + #""started_at":"2026-11-22T14:03:10Z","result":{"kind":"\u001b"}}}"#,
            "groups[0].hook.result.kind: \"\\u{1B}\" is not known"
        ),
        (
            #"{"name":"g","state":"ready","active":"a"},{"name":"g","state":"ready","active":"a"}"#,
            "the group \"g\" stands in it twice"
        ),
    ])
    func whatThisVersionWouldNotWriteIsRefusedWithItsPlace(groups: String, reason: String) {
        #expect(decode(document(groups)) == reason)
    }

    @Test func aProfileIsChecked() {
        #expect(
            decode(document("", profiles: #"{"name":"a","state":"ready"}"#))
                == "profiles[0].state: \"ready\" is not known")
        #expect(
            decode(document("", profiles: #"{"name":"a","state":"failing","cause":"bad_luck"}"#))
                == "profiles[0].cause: \"bad_luck\" is not known")
    }

    @Test func anyBytesHaveAnOutcome() {
        let whole = encodeState(sampleState)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
            }
            // Reaching the end without a trap is the test; a changed name may well decode.
            _ = try? decodeState(bytes)
        }
    }

    @Test(arguments: ["[", "{\"a\":", "{\"schema\":", "\"\\u12", "1", "-", "1e", "\u{FEFF}"])
    func aRepeatedOpeningComesToAnEnd(text: String) {
        #expect(decode(String(repeating: text, count: 1_000_000 / text.utf8.count)) != "decoded")
    }
}
