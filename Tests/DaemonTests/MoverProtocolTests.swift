import Model
import Testing

@testable import Daemon

@Suite struct MoverProtocolTests {
    @Test(arguments: MoveRequest.Purpose.allCases)
    func `a request comes back as it was`(_ purpose: MoveRequest.Purpose) {
        for keyID in [nil, "AKIAIOSFODNN7EXAMPLE"] {
            let request = MoveRequest(purpose, group: "a \"b\"", profile: "app\n", keyID: keyID)
            #expect(request.line.filter { $0 == 0x0A }.count <= 1)
            #expect(MoveRequest(line: request.line) == request)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"request":"delete","group":"a","profile":"b"}"#,
        #"{"request":"move","group":"a"}"#, #"{"request":"move","group":1,"profile":"b"}"#,
        #"{"request":"move","group":"a","profile":"b","key_id":1}"#,
        #"{"request":"move","group":"a","profile":"b"} x"#,
    ])
    func `what is no request is none`(text: String) {
        #expect(MoveRequest(line: Array(text.utf8)) == nil)
    }

    @Test func `a question for users comes back as it was, and asks by the config`() throws {
        let request = try #require(
            UsersRequest(
                group: "a \"b\"", keyID: "AKIAIOSFODNN7EXAMPLE",
                since: Moment(nanoseconds: 9_007_199_254_740_993)))
        #expect(UsersRequest(line: request.line) == request)
        #expect(MoveRequest(line: request.line) == nil)
        var group = GroupConfiguration(name: "a \"b\"", primary: "app", backups: ["spare"])
        group.switchTargets = [
            SwitchTarget(.environmentFile("/etc/default/app"), restartUnits: ["app.service"])
        ]
        let question = request.question(Configuration(profiles: [], groups: [group]))
        #expect(question?.files == ["/etc/default/app"] && question?.units == ["app.service"])
        #expect(question?.keyID == request.keyID && question?.since == request.since)
        #expect(request.question(Configuration(profiles: [])) == nil)
    }

    @Test(arguments: [
        "", "AKIA", "secret", "AKIAIOSFODNN7EXAMPLe", "AKIAIOSFODNN7EXAMPL=",
        "AROAIOSFODNN7EXAMPLE",
        "AKIAIOSFODNN7EXAMPLE\n", "AKIA" + String(repeating: "A", count: 125),
    ])
    func `only what has the form of a key id is looked for`(keyID: String) {
        #expect(UsersRequest(group: "a", keyID: keyID, since: Moment(nanoseconds: 0)) == nil)
    }

    @Test func `a report of users comes back as it was`() {
        let report = KeyUsersReport(
            users: [
                KeyUser(
                    pid: 7, user: "app", unit: "app.service", command: "a\"b\n",
                    reason: .environment)
            ], count: 3, unreadable: 2, isBlind: true, isCut: true)
        #expect(KeyUsersReport(line: report.line) == report)
        #expect(KeyUsersReport(line: Array("{\"end\":\"done\"}".utf8)) == nil)
        #expect(KeyUsersReport(line: Array("{\"end\":\"users\"}".utf8)) == nil)
    }

    @Test func `a request that is too long is none`() {
        let request = MoveRequest(
            .move, group: String(repeating: "a", count: 5_000), profile: "app")
        #expect(MoveRequest(line: request.line) == nil)
    }

    @Test(arguments: MoveStep.Kind.allCases)
    func `a step comes back as it was`(_ kind: MoveStep.Kind) throws {
        let places: [SwitchPlace?] = [
            nil, .credentialsFile("/a", profile: "app"), .configFile("/b", profile: "app"),
            .environmentFile("/c"),
        ]
        for place in places {
            let step = MoveStep(
                kind, place: place, unit: place == nil ? "app.service" : nil,
                keyID: "AKIAIOSFODNN7EXAMPLE", previousKeyID: "AKIAI44QH8DHBEXAMPLE",
                keptPath: "/a.kept", detail: "a \"reason\"\n")
            let line = try #require(MoverProtocol.Answer.step(step).line)
            #expect(MoverProtocol.Answer(line: line) == .step(step))
        }
    }

    @Test(arguments: [
        MoveOutcome(.done), MoveOutcome(.failed("it is full")),
        MoveOutcome(
            .incomplete("app.service: no such unit"), keyID: "AKIAIOSFODNN7EXAMPLE",
            expiresAt: WallTime(seconds: 1_795_356_190)),
    ])
    func `an end comes back as it was`(_ outcome: MoveOutcome) throws {
        let line = try #require(MoverProtocol.Answer.end(outcome).line)
        #expect(MoverProtocol.Answer(line: line) == .end(outcome))
    }

    @Test func `a step of any size is one bounded line, or none`() {
        let step = MoveStep(.unitFailed, detail: String(repeating: "x", count: 70_000))
        #expect(MoverProtocol.Answer.step(step).line == nil)
    }
}
