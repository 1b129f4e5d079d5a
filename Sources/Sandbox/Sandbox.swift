import CClock
import Glibc
package import Model
import Synchronization

/// An STS and an IAM on a loopback port, for the demo and the tests.
///
/// It knows accounts, users, keys and sessions, verifies signatures, and answers with AWS's own
/// codes and texts. Nothing of it is kept when it ends.
package final class Sandbox: Sendable {
    /// `http://127.0.0.1:41234`.
    package let url: String
    package let port: UInt16
    /// What the admin path wants as `Authorization: Bearer`.
    package let adminToken: Secret
    private let server: HTTPServer
    private let state: Shared

    /// The account that users get unless another is named.
    package static let standardAccount = "123456789012"

    private final class Shared: Sendable {
        let state: Mutex<SandboxState>
        init(_ state: consuming sending SandboxState) {
            self.state = Mutex(state)
        }
    }

    /// Starts a sandbox without users; port 0 picks a free one.
    ///
    /// `clock` is its time, `entropy` makes its ids and secrets. `onCall` hears of every call once
    /// its answer is made, on the sandbox's thread: it must return soon and must not stop the sandbox.
    package init(
        at place: ListeningPlace = .loopback, port: UInt16 = 0, entropy: Entropy = Entropy(),
        clock: @escaping @Sendable () -> WallTime = Sandbox.systemClock,
        onCall: @escaping @Sendable (Call) -> Void = { _ in }
    ) throws(SandboxError) {
        // Never from a seed: the token is what keeps other users of the machine out.
        var system = Entropy()
        let token = Identifiers.adminToken(using: &system)
        let shared = Shared(SandboxState(world: World(entropy: entropy), clock: clock))
        let server = try HTTPServer(at: place, port: port) { request, port in
            let (reply, call) = shared.state.withLock { state in
                Self.answer(
                    request, AdminEndpoint(token: token, port: port), state: &state)
            }
            if let call { onCall(call) }
            return reply
        }
        adminToken = token
        self.server = server
        state = shared
        self.port = server.port
        url = "http://127.0.0.1:\(server.port)"
    }

    /// Closes the port and every connection; on return nothing is served any more. Twice is once.
    package func stop() {
        server.stop()
    }

    private static func answer(
        _ request: HTTPRequest, _ admin: AdminEndpoint, state: inout SandboxState
    ) -> (HTTPReply, Call?) {
        if AdminEndpoint.handles(request) {
            return (HTTPReply(response: admin.answer(request, state: &state)), nil)
        }
        if let response = AgentEndpoint.answer(request, state: &state) {
            return (HTTPReply(response: response, delay: state.faults.latency), nil)
        }
        let (response, call) = QueryEndpoint.answer(
            request, world: &state.world, faults: state.faults, now: state.now)
        state.note(call)
        return (HTTPReply(response: response, delay: state.faults.latency), call)
    }

    /// Reads the machine's clock.
    package static let systemClock: @Sendable () -> WallTime = {
        WallTime(nanoseconds: credwatch_clock(CLOCK_REALTIME))
    }
}

extension Sandbox {
    /// Adds a user with one active key; the account comes with its first user.
    @discardableResult
    package func createUser(
        _ name: String, account: String = Sandbox.standardAccount
    ) throws(ServiceFault) -> AccessKey {
        try withWorld { world, now throws(ServiceFault) in
            try world.createUser(name, in: account, now: now)
            return try world.createKey(for: name, in: account, now: now)
        }
    }

    /// Starts a session for a user, as GetSessionToken does.
    package func startSession(
        user: String, account: String = Sandbox.standardAccount,
        lasting duration: Duration = .seconds(3_600)
    ) throws(ServiceFault) -> Session {
        try withWorld { world, now throws(ServiceFault) in
            _ = try world.user(user, in: account)
            return world.startSession(
                for: .userSession(account: account, name: user), lasting: duration, now: now)
        }
    }

    /// Carries an order out, and says what it did.
    @discardableResult
    package func perform(_ command: Command) throws(CommandProblem) -> CommandOutcome {
        let result = state.state.withLock { state -> Result<CommandOutcome, CommandProblem> in
            do throws(CommandProblem) {
                return .success(try state.perform(command))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Lets the metadata service and the container's agent hand out a role, which it makes.
    package func handOut(
        role name: String, account: String = Sandbox.standardAccount, to token: Secret? = nil
    ) throws(ServiceFault) {
        try withWorld { world, now throws(ServiceFault) in
            try world.createRole(name, in: account, trusting: [], now: now)
            world.agentRole = (account, name)
            world.containerToken = token
        }
    }

    /// Makes a key inactive.
    package func deactivate(_ key: AccessKey) throws(CommandProblem) {
        try perform(.deactivate(.key(key.id)))
    }

    /// Makes a key active again.
    package func activate(_ key: AccessKey) throws(CommandProblem) {
        try perform(.activate(.key(key.id)))
    }

    /// Deletes a key for good.
    package func delete(_ key: AccessKey) throws(CommandProblem) {
        try perform(.delete(.key(key.id)))
    }

    /// The fault switches.
    package var faults: FaultSwitches {
        get { state.state.withLock(\.faults) }
        set { state.state.withLock { $0.faults = newValue } }
    }

    /// The latest calls, at least 1,000 when there were as many, oldest first.
    package var calls: [Call] { state.state.withLock(\.calls) }

    /// How many calls were answered since the start.
    package var callCount: Int { state.state.withLock(\.callCount) }

    /// The sandbox's time.
    package var now: WallTime { state.state.withLock(\.now) }

    /// What `GET /_sandbox/state` answers: JSON without secrets.
    package var stateDocument: [UInt8] { state.state.withLock(\.document) }

    /// Reads or changes the world between two calls; `now` is the sandbox's time.
    package func withWorld<Value: Sendable>(
        _ body: (inout World, WallTime) throws(ServiceFault) -> Value
    ) throws(ServiceFault) -> Value {
        let result = state.state.withLock { state -> Result<Value, ServiceFault> in
            do throws(ServiceFault) {
                let now = state.now
                return .success(try body(&state.world, now))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
