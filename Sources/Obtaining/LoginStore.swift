import Answers
import Model
import Synchronization

/// The cached logins of AWS's tools: read for every use, renewed when they near their end, and written
/// back, so that the tools of the login's owner go on with the new one.
///
/// One caller at a time renews a login, for what it is renewed with may be used once only; the others
/// find the new one in the file.
final class LoginStore: Sendable {
    /// How long after a failure a login is not renewed again.
    static let pause = Duration.seconds(30)

    let clock: @Sendable () -> WallTime
    private let turns = Turns()
    private let state = Mutex(State())

    private struct State {
        var failures: [String: Failure] = [:]
        /// Logins that could not be written back.
        var unsaved: [String: HeldLogin] = [:]
    }

    private struct Failure {
        var content: Secret
        var at: WallTime
        var failure: ServiceFailure
    }

    /// Makes a store that knows of no login yet; `clock` decides when one is over.
    init(clock: @escaping @Sendable () -> WallTime) {
        self.clock = clock
    }

    /// Returns a login, renewed if need be; reading or writing its file takes `limit`.
    ///
    /// One that nobody but a person can bring back comes with the reason: that it is over is only what
    /// our clock says.
    func login(_ kind: LoginKind, within limit: Duration) async throws(ServiceFailure) -> HeldLogin
    {
        var held = try await load(kind, within: limit)
        if held.login.isDue(at: clock()) {
            await turns.begin(kind.file.path)
            defer { turns.end(kind.file.path) }
            // Somebody may have renewed it meanwhile, here or elsewhere.
            held = try await load(kind, within: limit)
            let now = clock()
            if held.login.isDue(at: now) {
                held = try await renewed(held, kind, now, within: limit)
            }
        }
        if held.over == nil, held.login.expiresAt <= clock() {
            let obstacle = held.login.obstacle.map { ", and \($0)" } ?? ""
            held.over = kind.file.over(
                "the login ended at \(held.login.expiresAt.rfc3339)\(obstacle)")
        }
        return held
    }

    private func load(
        _ kind: LoginKind, within limit: Duration
    ) async throws(ServiceFailure) -> HeldLogin {
        let bytes: [UInt8]
        switch await readSmallFile(kind.file.path, for: kind.file.user, within: limit) {
        case .success(let content): bytes = content
        case .failure(let refusal): throw kind.file.failure(refusal)
        }
        let content = Secret(bytes: bytes)
        let unsaved = state.withLock { state -> HeldLogin? in
            if state.unsaved[kind.file.path]?.content != content {
                state.unsaved[kind.file.path] = nil
            }
            return state.unsaved[kind.file.path]
        }
        if let unsaved { return unsaved }
        guard let document = JSONValue(parsing: bytes), document.isObject else {
            throw kind.file.bad("it holds no JSON object")
        }
        return HeldLogin(login: try kind.read(document, clock()), content: content)
    }

    private func renewed(
        _ held: HeldLogin, _ kind: LoginKind, _ now: WallTime, within limit: Duration
    ) async throws(ServiceFailure) -> HeldLogin {
        if let failure = state.withLock({ $0.failures[kind.file.path] }),
            failure.content == held.content,
            (Duration.zero..<Self.pause).contains(now - failure.at)
        {
            return try held.keeping(after: failure.failure, at: now)
        }
        do throws(ServiceFailure) {
            let document = try await kind.renew(held.login, now)
            var new = HeldLogin(login: try kind.read(document, now), content: held.content)
            await save(&new, kind, within: limit)
            return new
        } catch {
            let failure = Failure(content: held.content, at: clock(), failure: error)
            // Another tool may have used up what this one was to be renewed with.
            if let other = try? await load(kind, within: limit), other.content != held.content,
                other.login.expiresAt > clock()
            {
                return other
            }
            state.withLock { $0.failures[kind.file.path] = failure }
            return try held.keeping(after: error, at: clock())
        }
    }

    private func save(
        _ held: inout HeldLogin, _ kind: LoginKind, within limit: Duration
    ) async {
        let new = Secret(bytes: held.login.document.bytes)
        let result = await replaceSmallFile(
            kind.file.path, held.content, by: new, for: kind.file.user, within: limit)
        switch result {
        case .success(true): held.content = new
        case .success(false), .failure(.missing):
            held.evidence.append(
                .note(
                    "\(kind.file.path) was replaced while its login was renewed, and is left as it is"
                ))
        case .failure(let refusal):
            held.evidence.append(
                .note(
                    "the renewed login could not be written to \(kind.file.path): \(refusal.clause); "
                        + "other tools may have to log in again"))
            state.withLock { [held] in $0.unsaved[kind.file.path] = held }
        }
    }
}

/// A login with the file content that it stands for.
struct HeldLogin: Sendable {
    var login: CachedLogin
    var content: Secret
    var evidence: [Evidence] = []
    /// Why only a person can bring it back, when it is over.
    var over: ServiceFailure?

    /// The login in spite of a failed renewal, while it lasts or only a person can bring it back.
    func keeping(
        after failure: ServiceFailure, at now: WallTime
    ) throws(ServiceFailure) -> HeldLogin {
        var kept = self
        guard login.expiresAt > now else {
            guard case .loginNeeded = failure.reason else { throw failure }
            kept.over = failure
            kept.login.endsForGood = login.expiresAt
            return kept
        }
        kept.evidence.append(
            .note("the login could not be renewed before its end: \(failure.reason.clause)"))
        if case .loginNeeded = failure.reason { kept.login.endsForGood = login.expiresAt }
        return kept
    }
}

/// Lets one task at a time have its turn, for each name.
private final class Turns: Sendable {
    private let waiting = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

    func begin(_ name: String) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting[name] != nil else {
                    waiting[name] = []
                    return true
                }
                waiting[name]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func end(_ name: String) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard waiting[name]?.isEmpty == false else {
                waiting[name] = nil
                return nil
            }
            return waiting[name]?.removeFirst()
        }
        next?.resume()
    }
}
