import Glibc
import Model
import Synchronization

/// The socket at which programs of this machine ask for the credential of a group: everybody may connect,
/// and gets something only of groups that are served to his user.
final class CredentialsSocket: Sendable {
    let path: String
    private let server: LineServer
    private let rules: ServingRules

    init?(
        path: String, patience: Duration = .seconds(5), asking engine: @escaping AskForCredential
    ) {
        let rules = ServingRules()
        let server = LineServer(path: path, access: .everybody, patience: patience) {
            line, user, reply in
            guard let request = CredentialsQuestion(line: line) else {
                let refusal = CredentialsRefusal(
                    "InvalidRequest", "This is no request of credwatch.")
                return reply(CredentialsReply.refused(refusal).line)
            }
            guard rules.allow(user, request.group) else {
                return reply(CredentialsReply(.none(.notServed(group: request.group))).line)
            }
            engine(request.group) { reply(CredentialsReply($0).line) }
        }
        guard let server else { return nil }
        self.path = path
        self.server = server
        self.rules = rules
    }

    /// Serves these groups from now on; each has the users that may ask, by name or number.
    func serve(_ users: [String: [String]]) { rules.change(to: users) }

    /// Listens; does nothing when it does already.
    func start() async throws(SocketProblem) { try await server.start() }

    /// Closes everything and removes the socket.
    func stop() async { await server.stop() }
}

extension Configuration {
    /// The socket at which credentials are asked for, beside that of the orders.
    package var credentialsSocket: String {
        let slash = controlSocket.lastIndex(of: "/") ?? controlSocket.startIndex
        let directory = controlSocket.prefix(through: slash)
        return directory + "credentials.sock"
    }
}

/// Which users may ask for which groups. Names are looked up on the socket's own thread, since the database
/// of users may be elsewhere on the network.
private final class ServingRules: Sendable {
    private struct State: Sendable {
        var users: [String: [String]] = [:]
        /// What the database said of a name, and when.
        var known: [String: (uid: UInt32?, at: ContinuousClock.Instant)] = [:]
    }

    private let state = Mutex(State())

    func change(to users: [String: [String]]) {
        state.withLock { $0 = State(users: users) }
    }

    /// Whether a user may ask for a group; of a group that is not served nobody is told.
    func allow(_ user: UInt32, _ group: String) -> Bool {
        guard let names = state.withLock({ $0.users[group] }) else { return false }
        if user == 0 || user == geteuid() { return true }
        return names.contains { (UInt32($0) ?? number(of: $0)) == user }
    }

    private func number(of name: String) -> UInt32? {
        let now = ContinuousClock.now
        if let known = state.withLock({ $0.known[name] }), now - known.at < .seconds(60) {
            return known.uid
        }
        let uid = userNumber(of: name)
        state.withLock { $0.known[name] = (uid, now) }
        return uid
    }
}

/// Looks a user up by name; nil when the database has none, or cannot be asked.
func userNumber(of name: String) -> UInt32? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { buffer in
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        guard let base = buffer.baseAddress,
            getpwnam_r(name, &entry, base, buffer.count, &result) == 0, result != nil
        else { return nil }
        return entry.pw_uid
    }
}
