import Glibc
package import Model

/// Why the daemon could not be asked.
package enum CredentialsProblem: Error, Sendable, Hashable {
    /// It says no: that is its word, and nobody else is to be asked.
    case refused(CredentialsRefusal)
    /// It is not there, or does not answer in time; the reason.
    case absent(String)
}

/// Asks the daemon for the credential of a group at its socket; returns it with when to ask again.
package func askForCredentials(
    of group: String, at path: String, patience: Duration = .seconds(5)
) throws(CredentialsProblem) -> (credentials: Credentials, end: WallTime) {
    let end = ContinuousClock.now + patience
    let socket: Int32
    do throws(SocketProblem) {
        socket = try UnixSocket.connect(to: path, patience: patience)
    } catch {
        throw .absent(error.description)
    }
    defer { close(socket) }
    guard UnixSocket.sendAll(CredentialsQuestion(group: group).line, to: socket) else {
        throw .absent("the daemon at \(path) closed the connection")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < 65_536, bytes.last != 0x0A {
        let rest = (end - .now) / .milliseconds(1)
        var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard rest > 0, poll(&waiting, 1, Int32(rest.rounded(.up))) != 0 else {
            throw .absent("the daemon at \(path) does not answer within \(patience.text)")
        }
        let count = recv(socket, &buffer, buffer.count, 0)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        bytes += buffer[..<count]
    }
    switch CredentialsReply(line: bytes) {
    case .served(let credentials, let end)?: return (credentials, end)
    case .refused(let refusal)?: throw .refused(refusal)
    case nil: throw .absent("the daemon at \(path) closed the connection without an answer")
    }
}
