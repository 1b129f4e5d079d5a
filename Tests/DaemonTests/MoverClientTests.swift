import Glibc
import Model
import Scheduling
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct MoverClientTests {
    private let request = MoveRequest(.move, group: "app", profile: "app-backup")
    private let written = MoveStep(
        .written, place: .environmentFile("/etc/default/app"), keyID: "AKIAIOSFODNN7EXAMPLE")

    /// Asks an other end that answers with some bytes and then closes.
    private func ask(_ answers: [UInt8], patience: Duration = .seconds(20), closes: Bool = true)
        throws -> (outcome: MoveOutcome, steps: [MoveStep], request: MoveRequest?)
    {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        defer { close(ends[1]) }
        #expect(UnixSocket.sendAll(answers, to: ends[1]))
        if closes { shutdown(ends[1], Int32(SHUT_WR)) }
        var client = MoverClient(path: "/run/credwatch-mover.sock")
        client.patience = patience
        var steps: [MoveStep] = []
        let outcome = client.carryOut(request, on: ends[0]) { steps.append($0) }
        var reader = LineReader(ends[1], longest: 4_096)
        guard case .line(let line) = reader.next(until: SystemClock.moment() + .seconds(5)) else {
            return (outcome, steps, nil)
        }
        return (outcome, steps, MoveRequest(line: line))
    }

    private func lines(_ answers: MoverProtocol.Answer...) -> [UInt8] {
        answers.flatMap { $0.line ?? [] }
    }

    @Test func `steps and the end arrive, and the request was sent`() throws {
        let outcome = MoveOutcome(.done, keyID: "AKIAIOSFODNN7EXAMPLE")
        let answer = try ask(lines(.step(written), .end(outcome)))
        #expect(answer.outcome == outcome && answer.steps == [written])
        #expect(answer.request == request)
    }

    @Test func `an end without an answer changes nothing, or leaves what was written`() throws {
        let reason = "the privileged half ended before it was done; see its journal"
        #expect(try ask([]).outcome.end == .failed(reason))
        #expect(try ask(lines(.step(written))).outcome.end == .incomplete(reason))
        let back = MoveStep(.restored, place: written.place)
        #expect(try ask(lines(.step(written), .step(back))).outcome.end == .failed(reason))
    }

    @Test(arguments: [
        "x\n", "{}\n", "[1]\n", #"{"step":"burnt"}"# + "\n", #"{"end":"maybe"}"# + "\n",
    ])
    func `what is no answer ends it`(text: String) throws {
        #expect(
            try ask(Array(text.utf8)).outcome.end
                == .failed(
                    "the privileged half at /run/credwatch-mover.sock answered something else"))
    }

    @Test func `silence comes to an end`() throws {
        let answer = try ask([], patience: .milliseconds(30), closes: false)
        #expect(answer.outcome.end == .failed("the privileged half did not end within 0.0s"))
    }

    @Test func `a line has a longest length`() throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        _ = UnixSocket.sendAll(
            Array("short\n".utf8) + [UInt8](repeating: 0x61, count: 40), to: ends[1])
        var reader = LineReader(ends[0], longest: 16)
        let end = SystemClock.moment() + .seconds(5)
        #expect(reader.next(until: end) == .line(Array("short".utf8)))
        #expect(reader.next(until: end) == .tooLong)
    }
}
