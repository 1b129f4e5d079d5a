import Glibc
import Model
import Rotating
import Scheduling
import Support
import Synchronization
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct MoverRotationTests {
    private let request = RotateRequest(profile: "app", keyID: "AKIAIOSFODNN7EXAMPLE")
    private let move = MoveRequest(
        .refresh, group: "app", profile: "app", keyID: "AKIAI44QH8DHBEXAMPLE")

    @Test func `a wish comes back as it was, and is no other request`() {
        #expect(RotateRequest(line: request.line) == request)
        #expect(MoveRequest(line: request.line) == nil && UsersRequest(line: request.line) == nil)
    }

    @Test(arguments: [
        "", "{}", #"{"request":"rotate","profile":"app"}"#,
        #"{"request":"rotate","profile":1,"key_id":"AKIAIOSFODNN7EXAMPLE"}"#,
        #"{"request":"rotate","profile":"app","key_id":"../../etc/passwd"}"#,
        #"{"request":"move","profile":"app","key_id":"AKIAIOSFODNN7EXAMPLE"}"#,
    ])
    func `what is no wish is none`(text: String) {
        #expect(RotateRequest(line: Array(text.utf8)) == nil)
    }

    @Test func `answers come back as they were`() {
        let all: [RotateAnswer] = [
            .told("The \"new\" key\n"), .move(move), .check, .end(.done), .end(.unfinished),
            .end(.refused),
        ]
        for answer in all { #expect(RotateAnswer(line: answer.line) == answer) }
        for text in ["", "{}", #"{"end":3}"#, #"{"end":4294967296}"#, #"{"request":"burn"}"#] {
            #expect(RotateAnswer(line: Array(text.utf8)) == nil)
        }
    }

    @Test func `only a profile with a rule is rotated, as the config has it`() throws {
        var app = ProfileConfiguration(name: "app")
        let admin = ProfileConfiguration(name: "admin", interval: .seconds(77))
        #expect(throws: NotRotatable("The config has no profile app.")) {
            try request.order(Configuration(profiles: [admin]))
        }
        #expect(throws: NotRotatable("Profile app has no `rotate` in the config.")) {
            try request.order(Configuration(profiles: [app]))
        }
        app.rotation = RotationRule(
            every: .seconds(90 * 86_400), deleteAfter: .seconds(86_400), using: "admin")
        let wanted = try request.order(Configuration(profiles: [app, admin]))
        #expect(wanted.profile == app && wanted.order.using == admin)
        #expect(wanted.order.minimumAge == .seconds(90 * 86_400))
        #expect(wanted.order.deleteAfter == .seconds(86_400))
        #expect(wanted.order.expectedKeyID == request.keyID)
        #expect(wanted.order.keeper == .privilegedHalf)
        #expect(!wanted.order.isForced && wanted.order.replacing == nil)
    }

    /// Lets the daemon's end talk to another end, which says some lines and then no more; returns what came of
    /// it, and the lines that the other end was told.
    private func talk(
        _ answers: [UInt8], outcome: MoveOutcome = MoveOutcome(.done)
    ) async throws -> Talk {
        let ends = try socketPair()
        defer { close(ends.other) }
        #expect(UnixSocket.sendAll(answers, to: ends.other))
        shutdown(ends.other, Int32(SHUT_WR))
        let checks = Mutex(0)
        let moves = Mutex<[MoveRequest]>([])
        let words = Gathering<String>()
        var order = RotationOrder()
        order.refresh = { request in
            moves.withLock { $0.append(request) }
            return outcome
        }
        order.askForCheck = { checks.withLock { $0 += 1 } }
        let result = await MoverClient(path: "/run/credwatch-mover.sock").rotate(
            request, order, on: ends.ours
        ) { words.add($0) }
        var reader = LineReader(ends.other, longest: MoverProtocol.longestLine)
        var heard: [[UInt8]] = []
        while case .line(let line) = reader.next(until: SystemClock.moment() + .seconds(5)) {
            heard.append(line)
        }
        return Talk(
            result: result, sentences: words.all, heard: heard, moves: moves.withLock(\.self),
            checks: checks.withLock(\.self))
    }

    private struct Talk {
        var result: RotationResult
        var sentences: [String]
        var heard: [[UInt8]]
        var moves: [MoveRequest]
        var checks: Int
    }

    private func socketPair() throws -> (ours: Int32, other: Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    private func lines(_ answers: RotateAnswer...) -> [UInt8] { answers.flatMap(\.line) }

    @Test func `the daemon does the moves and checks that it is asked for, and hears the words`()
        async throws
    {
        let outcome = MoveOutcome(.incomplete("app.service does not run"))
        let talk = try await talk(
            lines(.told("One."), .move(move), .check, .told("Two."), .end(.done)),
            outcome: outcome)
        #expect(talk.result == .done && talk.sentences == ["One.", "Two."])
        #expect(talk.moves == [move] && talk.checks == 1)
        #expect(talk.heard.count == 2)
        #expect(talk.heard.first.flatMap { RotateRequest(line: $0) } == request)
        #expect(talk.heard.last.flatMap { MoverProtocol.Answer(line: $0) } == .end(outcome))
    }

    @Test func `one that is cut, or answers something else, is unfinished`() async throws {
        for answers in [[], lines(.told("One.")), Array("x\n".utf8), Array("{}\n".utf8)] {
            let talk = try await talk(answers)
            #expect(talk.result == .unfinished)
            #expect(talk.sentences.last?.hasSuffix("The next run goes on.") == true)
        }
    }

    @Test func `a refusal of the request is one of the rotation`() async throws {
        let line = MoverProtocol.Answer.end(MoveOutcome(.failed("the config is refused"))).line
        let talk = try await talk(line ?? [])
        #expect(talk.result == .refused)
        #expect(talk.sentences == ["The privileged half refuses: the config is refused."])
    }

    /// What the privileged half answers by a config.
    private func answers(_ configuration: Configuration) throws -> [RotateAnswer] {
        let ends = try socketPair()
        defer { close(ends.ours) }
        answerRotation(request, configuration, on: ends.other) { _ in }
        close(ends.other)
        var reader = LineReader(ends.ours, longest: MoverProtocol.longestLine)
        var answers: [RotateAnswer] = []
        while case .line(let line) = reader.next(until: SystemClock.moment() + .seconds(5)) {
            answers.append(try #require(RotateAnswer(line: line)))
        }
        return answers
    }

    @Test func `what the config does not say is refused`() throws {
        #expect(
            try answers(Configuration(profiles: []))
                == [.told("The config has no profile app."), .end(.refused)])
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, who does not trust /tmp"))
    func `a journal where others could put one is not believed`() throws {
        let folder = try TemporaryDirectory()
        var app = ProfileConfiguration(name: "app")
        app.rotation = RotationRule(every: .seconds(90 * 86_400))
        var configuration = Configuration(profiles: [app])
        configuration.stateDirectory = folder["state"]
        #expect(configuration.rootsStateDirectory == folder["state-mover"])
        #expect(
            try answers(configuration) == [
                .told(
                    "\(folder["state-mover"]) is not to be trusted: /tmp may be written by anyone."),
                .end(.refused),
            ])
        #expect(access(folder["state-mover"], F_OK) != 0)
    }
}
