import EventLoops
import Model
import Scheduling
import Serving
import Signing
import Synchronization

/// What a client of a group gets from the engine.
enum GroupCredential: Sendable {
    /// `end` is when the client has to ask again.
    case credentials(Credentials, end: WallTime)
    case none(ServingGap)
}

/// Asks the engine for the credential of a group; it answers later, or never when it stops.
typealias AskForCredential =
    @Sendable (_ group: String, _ reply: @escaping @Sendable (GroupCredential) -> Void) -> Void

/// What keeps an endpoint, or a socket, from handing out what it should.
enum ServingTrouble: Sendable, Hashable {
    case port(SocketProblem)
    case token(TokenProblem)
    case wrongTokens

    var text: String {
        switch self {
        case .port(let problem): "\(problem)"
        case .token(let problem): "\(problem)"
        case .wrongTokens:
            "more than \(TokenLimit.most) wrong tokens came within a minute"
        }
    }
}

/// The endpoint at which the credentials of groups are handed out to those who show a group's token.
final class CredentialsServer: Sendable {
    static let maxConnections = 64

    private let server: HTTPServer
    private let service: CredentialsService

    /// `onChange` is called on the loop with all that is the matter now, when that is something else.
    init?(
        patience: HTTPServer.Patience = .init(), asking engine: @escaping AskForCredential,
        onChange: @escaping @Sendable ([ServingTrouble]) -> Void
    ) {
        guard let loop = EventLoop() else { return nil }
        let service = CredentialsService(asking: engine, onChange: onChange)
        self.service = service
        server = HTTPServer(
            loop, patience: patience, maxConnections: Self.maxConnections, service: service
        ) { service.portChanged($0) }
    }

    /// Serves these groups at an address from now on; each has the path of its token's file.
    func serve(_ tokenFiles: [String: String], on address: ListenAddress) {
        server.serve(on: address)
        server.loop.async { [service] in service.change(to: tokenFiles) }
    }

    /// The port that is listened on.
    var port: UInt16? { get async { await server.port } }

    /// Closes everything.
    func stop() async { await server.stop() }
}

/// What the endpoint answers.
///
/// Everything but the engine's answers happens on the loop of its server.
private final class CredentialsService: HTTPService {
    private struct State: Sendable {
        var tokens: [String: ServedToken] = [:]
        var limit = TokenLimit()
        var port: SocketProblem?
        /// By group.
        var tokenProblems: [String: TokenProblem] = [:]
        var told: [ServingTrouble] = []

        var troubles: [ServingTrouble] {
            var list = port.map { [ServingTrouble.port($0)] } ?? []
            list += tokenProblems.sorted { $0.key < $1.key }.map { .token($0.value) }
            if limit.isReached(at: SystemClock.moment()) { list.append(.wrongTokens) }
            return list
        }

        /// Reads the token of a group; nil when it cannot be used.
        mutating func digest(of group: String) -> KeyedDigest? {
            do throws(TokenProblem) {
                guard let digest = try tokens[group]?.current() else { return nil }
                tokenProblems[group] = nil
                return digest
            } catch {
                tokenProblems[group] = error
                return nil
            }
        }

        mutating func readAll() {
            for group in tokens.keys { _ = digest(of: group) }
        }
    }

    private let engine: AskForCredential
    private let onChange: @Sendable ([ServingTrouble]) -> Void
    /// What tokens are hashed with before they are compared, and the token that nobody has.
    private let key = randomBytes(32)
    private let nobody: KeyedDigest
    private let state = Mutex(State())

    init(
        asking engine: @escaping AskForCredential,
        onChange: @escaping @Sendable ([ServingTrouble]) -> Void
    ) {
        self.engine = engine
        self.onChange = onChange
        nobody = KeyedDigest(of: Secret(bytes: randomBytes(32)), key: key)
    }

    func change(to tokenFiles: [String: String]) {
        state.withLock { state in
            state.tokens = tokenFiles.mapValues { ServedToken(path: $0, key: key) }
            state.tokenProblems = [:]
            state.readAll()
        }
        tell()
    }

    func portChanged(_ problem: SocketProblem?) {
        state.withLock { $0.port = problem }
        tell()
    }

    private func tell() {
        let news = state.withLock { state -> [ServingTrouble]? in
            let troubles = state.troubles
            guard troubles != state.told else { return nil }
            state.told = troubles
            return troubles
        }
        if let news { onChange(news) }
    }

    func answer(_ request: RequestHead, _ reply: @escaping Reply) {
        switch credentialRequest(request) {
        case .failure(let refusal): reply(.refusal(refusal), nil)
        case .success(let asked):
            let admitted = admit(asked)
            tell()
            switch admitted {
            case .failure(let refusal): reply(.refusal(refusal), nil)
            case .success(let group):
                engine(group) { credential in
                    switch credential {
                    case .credentials(let credentials, let end):
                        reply(.credentials(credentials.containerForm(endingAt: end)), nil)
                    case .none(let gap): reply(.refusal(.gap(gap)), nil)
                    }
                }
            }
        }
    }

    func answer(to refusal: Refusal) -> ServedAnswer { .refusal(.http(refusal)) }

    /// Compares the token that was shown with that of the group.
    ///
    /// For a group that is not there the same is done with a token that nobody has, and the answer is the same;
    /// a token file that cannot be used is told to everybody whose token is wrong, whichever group they name.
    private func admit(_ asked: CredentialRequest) -> Result<String, CredentialRefusal> {
        guard let token = asked.token else { return .failure(.noToken) }
        let shown = KeyedDigest(of: token, key: key)
        return state.withLock { state in
            let wanted = asked.group.flatMap { state.digest(of: $0) }
            if shown.isSame(as: wanted ?? nobody), let group = asked.group, wanted != nil {
                return .success(group)
            }
            if state.limit.noteWrong(at: SystemClock.moment()) {
                return .failure(.tooManyTokens)
            }
            state.readAll()
            return .failure(state.tokenProblems.isEmpty ? .wrongToken : .unreadableToken)
        }
    }
}

/// Makes bytes that nobody can guess.
private func randomBytes(_ count: Int) -> [UInt8] {
    var source = SystemRandomNumberGenerator()
    return (0..<count).map { _ in source.next() }
}
