import CLinux
import Configuring
import EventLoops
import Glibc
import HTTP
import Model
import Obtaining
import Resolving
import Scheduling

/// How the privileged half ends; the numbers are exit codes.
private enum MoverExit {
    static let done: Int32 = 0
    /// Nothing was asked that can be answered.
    static let refused: Int32 = 2
    static let badConfiguration: Int32 = 78
}

/// Answers one request that comes over standard input, a socket, as the privileged half of the daemon;
/// returns the exit code.
///
/// It does only what the config names, and believes a config only that nobody but root can change. Asked
/// by anybody but root and the owner of the state directory, it does nothing.
package func answerAsMover(configurationFile: String, complain: (String) -> Void) -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    let socket = STDIN_FILENO
    guard let peer = UnixSocket.peerUser(of: socket) else {
        complain("standard input is no socket; systemd starts this for credwatch-mover.socket")
        return MoverExit.refused
    }
    func end(_ reason: String) {
        let answer = MoverProtocol.Answer.end(MoveOutcome(.failed(reason)))
        if let line = answer.line { _ = UnixSocket.sendAll(line, to: socket) }
        complain(reason)
    }
    // Read before anything is answered: what is left unread at the end would reset the connection, and the
    // answer be lost.
    var reader = LineReader(socket, longest: MoverProtocol.longestRequest)
    let first = reader.next(until: SystemClock.moment() + .seconds(5))
    // What others may change is not read, not even to see who may ask.
    if let reason = writersBesidesRoot(of: configurationFile) {
        end("the config is not to be trusted: \(reason)")
        return MoverExit.badConfiguration
    }
    let configuration: Configuration
    switch loadConfiguration(path: configurationFile) {
    case .accepted(let accepted, _): configuration = accepted
    case .refused(let problems):
        for problem in problems { complain(problem.description) }
        end("the config is refused; see the journal of credwatch-mover")
        return MoverExit.badConfiguration
    }
    guard mayAsk(peer, configuration) else {
        end("user \(peer) may not ask; only root and the owner of the state directory may")
        return MoverExit.refused
    }
    if case .line(let line) = first, let request = UsersRequest(line: line) {
        guard let question = request.question(configuration) else {
            end("the config has no group \(request.group)")
            return MoverExit.refused
        }
        _ = UnixSocket.sendAll(findKeyUsers(question).line, to: socket)
        return MoverExit.done
    }
    if case .line(let line) = first, let request = RotateRequest(line: line) {
        answerRotation(request, configuration, on: socket, complain)
        return MoverExit.done
    }
    guard case .line(let line) = first, let request = MoveRequest(line: line) else {
        end("this is no request of credwatch's")
        return MoverExit.refused
    }
    return answer(request, configuration, on: socket, end)
}

private func answer(
    _ request: MoveRequest, _ configuration: Configuration, on socket: Int32,
    _ end: (String) -> Void
) -> Int32 {
    let transport: CurlTransport
    do {
        transport = try makeTransport(for: configuration)
    } catch {
        end(error.reason)
        return MoverExit.refused
    }
    let outcome = runBlocking {
        let obtainer = Obtainer(transport: transport)
        let mover = makeMover(
            for: configuration, makePipeline(for: configuration, transport, obtainer))
        // Whoever asked may be gone; what was begun is done all the same.
        let outcome = await mover.carryOut(request) { step in
            if let line = MoverProtocol.Answer.step(step).line {
                _ = UnixSocket.sendAll(line, to: socket)
            }
        }
        await obtainer.shutDown()
        transport.shutdown()
        return outcome
    }
    guard let outcome else {
        end("there is no thread left")
        return MoverExit.refused
    }
    if let line = MoverProtocol.Answer.end(outcome).line {
        _ = UnixSocket.sendAll(line, to: socket)
    }
    return MoverExit.done
}

/// Whether a user may ask: root, and whom the state directory belongs to, who is the daemon's user.
private func mayAsk(_ user: uid_t, _ configuration: Configuration) -> Bool {
    if user == 0 { return true }
    var status = stat()
    return stat(configuration.stateDirectory, &status) == 0 && status.st_uid == user
}
