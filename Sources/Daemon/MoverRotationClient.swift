import EventLoops
import Glibc
import Model
import Reporting
import Resolving
import Rotating
import Scheduling
import Switching
import Synchronization

/// Rotates as the daemon: with our own rights where they reach the file of the keys, else by the privileged
/// half where it listens. Root needs nobody else's rights.
func rotateAsDaemon(
    _ profile: ProfileConfiguration, _ order: RotationOrder, keyID: String,
    in configuration: Configuration, report: @escaping @Sendable (String) -> Void
) async -> RotationResult {
    // What is open here was begun with rights that sufficed.
    if geteuid() != 0, !RotationJournal.isOpen(profile.name, configuration),
        await !mayWriteKeys(of: profile, configuration)
    {
        let request = RotateRequest(profile: profile.name, keyID: keyID)
        let client = MoverClient(path: configuration.moverSocket)
        // With nobody there, what we may not do is said as always.
        if let socket = client.connect() {
            return await client.rotate(request, order, on: socket, report: report)
        }
    }
    return await rotateOnce(profile, order, in: configuration, report: report)
}

/// Whether this process may write where a profile's keys stand. True also where it has none that could be
/// rotated: why that is so needs no other rights.
private func mayWriteKeys(
    of profile: ProfileConfiguration, _ configuration: Configuration
) async -> Bool {
    let resolver = Resolver(environment: .current(), overrides: configuration.aws)
    guard let standing = try? await resolver.standingKeys(of: profile, configuration.aws) else {
        return true
    }
    do throws(SwitchProblem) {
        _ = try FileSwitcher().inspect(standing.place)
        return true
    } catch {
        return false
    }
}

extension MoverClient {
    /// What all of a rotation may take; the service of the privileged half has its own limit below that.
    private static let rotationPatience = Duration.seconds(660)

    /// Asks for a rotation on a connection, which is closed afterwards, and does for it what the order says
    /// about moves and checks. One that is cut goes on with the next request.
    func rotate(
        _ request: RotateRequest, _ order: RotationOrder, on socket: Int32,
        report: @escaping @Sendable (String) -> Void
    ) async -> RotationResult {
        defer { close(socket) }
        func cut(_ what: String) -> RotationResult {
            report("The privileged half at \(path) \(what); see its journal. The next run goes on.")
            return .unfinished
        }
        guard UnixSocket.sendAll(request.line, to: socket) else { return cut("takes no request") }
        let thread = BlockingLine()
        let reader = SharedReader(LineReader(socket, longest: MoverProtocol.longestLine))
        let end = SystemClock.moment() + Self.rotationPatience
        for _ in 0..<MoverProtocol.mostLines {
            let limit = Self.rotationPatience + .seconds(5)
            guard let next = await thread.run(within: limit, { reader.next(until: end) }) else {
                return cut("does not come to an end")
            }
            guard case .line(let line) = next else { return cut("ended before it was done") }
            switch RotateAnswer(line: line) {
            case .told(let sentence)?: report(sentence)
            case .check?: await order.askForCheck?()
            case .end(let result)?: return result
            case .move(let wanted)?:
                let outcome =
                    await order.refresh?(wanted)
                    ?? MoveOutcome(.failed("nobody moves the group"))
                guard let line = MoverProtocol.Answer.end(outcome).line,
                    UnixSocket.sendAll(line, to: socket)
                else { return cut("takes no answer") }
            case nil:
                // A refusal comes as the end of a move.
                guard case .end(let outcome)? = MoverProtocol.Answer(line: line),
                    case .failed(let reason) = outcome.end
                else { return cut("answered something else") }
                report("The privileged half refuses: \(reason).")
                return .refused
            }
        }
        return cut("does not come to an end")
    }
}

/// A reader that one thread after the other uses.
private final class SharedReader: Sendable {
    private let reader: Mutex<LineReader>

    init(_ reader: consuming LineReader) { self.reader = Mutex(reader) }

    func next(until end: Moment) -> LineReader.Result { reader.withLock { $0.next(until: end) } }
}
