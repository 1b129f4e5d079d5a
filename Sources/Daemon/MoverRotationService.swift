import EventLoops
import Model
import Rotating
import Scheduling

/// Rotates a key as the privileged half; the daemon at the other end of the socket is asked for moves.
///
/// A daemon that has gone answers none of them; then both keys stay active, and the next request goes on.
func answerRotation(
    _ request: RotateRequest, _ configuration: Configuration, on socket: Int32,
    _ complain: (String) -> Void
) {
    let line = DaemonLine(socket)
    let wanted: (profile: ProfileConfiguration, order: RotationOrder)
    do throws(NotRotatable) {
        wanted = try request.order(configuration)
    } catch {
        line.tell(.told(error.sentence))
        line.tell(.end(.refused))
        return complain(error.sentence)
    }
    var order = wanted.order
    order.refresh = { await line.outcome(of: $0) }
    order.askForCheck = { line.tell(.check) }
    let (profile, given) = (wanted.profile, order)
    let result = runBlocking {
        await rotateOnce(profile, given, in: configuration) { line.tell(.told($0)) }
    }
    line.tell(.end(result ?? .unfinished))
    for sentence in line.unheard { complain(sentence) }
}

/// The connection to the daemon that wants a rotation.
private final class DaemonLine: Sendable {
    private let socket: Int32
    private let thread = BlockingLine()
    private let lost = Gathering<String>()

    init(_ socket: Int32) { self.socket = socket }

    /// The sentences that the daemon did not take.
    var unheard: [String] { lost.all }

    func tell(_ answer: RotateAnswer) {
        if !UnixSocket.sendAll(answer.line, to: socket), case .told(let sentence) = answer {
            lost.add(sentence)
        }
    }

    /// Lets the daemon do a move.
    func outcome(of request: MoveRequest) async -> MoveOutcome {
        let socket = socket
        let limit = MoverClient.usualPatience
        let outcome = await thread.run(within: limit + .seconds(5)) { () -> MoveOutcome? in
            guard UnixSocket.sendAll(RotateAnswer.move(request).line, to: socket) else {
                return nil
            }
            // The daemon says one line, and only when it is asked, so nothing is lost with this reader.
            var reader = LineReader(socket, longest: MoverProtocol.longestLine)
            guard case .line(let line) = reader.next(until: SystemClock.moment() + limit),
                case .end(let outcome)? = MoverProtocol.Answer(line: line)
            else { return nil }
            return outcome
        }
        return outcome.flatMap(\.self) ?? MoveOutcome(.failed("the daemon has gone"))
    }
}
