import Answers
import Model

/// A login as `aws sso login` or `aws login` left it in a file.
struct CachedLogin: Sendable {
    /// All that the file holds, what credwatch does not know too.
    var document: JSONValue
    var expiresAt: WallTime
    /// Why credwatch cannot renew it, a clause; nil when it can.
    var obstacle: String?
    /// When a person has to log in again at the latest; nil when nobody knows.
    var endsForGood: WallTime?

    /// How long before its end a login is renewed.
    static let margin = Duration.seconds(300)

    /// Whether it is to be renewed now.
    func isDue(at now: WallTime) -> Bool {
        obstacle == nil && expiresAt - now <= Self.margin
    }
}

/// What tells one kind of login from the other.
struct LoginKind: Sendable {
    var file: LoginFile
    /// Reads what the file holds.
    var read: @Sendable (JSONValue, _ now: WallTime) throws(ServiceFailure) -> CachedLogin
    /// Asks AWS for a new login with the means of the old one, and returns the file's new content.
    var renew: @Sendable (CachedLogin, _ now: WallTime) async throws(ServiceFailure) -> JSONValue
}

/// The file of a cached login, and the words for what is wrong with it.
struct LoginFile: Sendable {
    var path: String
    /// Whose it is; nil for the user that credwatch runs as.
    var user: UInt32?
    /// What a person has to run: `aws sso login --sso-session dev`.
    var command: String

    /// Why the file gives no login.
    func failure(_ refusal: FileRefusal) -> ServiceFailure {
        switch refusal {
        case .missing: ServiceFailure(.loginNeeded("there is no \(path); `\(command)` makes it"))
        case .untrusted(let why): ServiceFailure(.untrusted("\(path) is not used: \(why)"))
        case .unreadable(let why):
            ServiceFailure(
                .local(
                    .fileUnreadable(
                        path: path, reason: why, hint: "`\(command)` writes it anew.")))
        case .timedOut: ServiceFailure(.local(.timedOut(path: path)))
        case .tooLarge: bad(refusal.clause)
        }
    }

    /// A file that does not hold what it should.
    func bad(_ what: String) -> ServiceFailure {
        ServiceFailure(.badAnswer("the cached login \(path) is no use: \(what)"))
    }

    /// A login that only a person can bring back.
    func over(_ why: String) -> ServiceFailure {
        ServiceFailure(.loginNeeded("\(why); `\(command)` starts a new one"))
    }

    /// Reads a member that has to be there.
    func required(_ name: String, in object: JSONValue) throws(ServiceFailure) -> Secret {
        guard let value = object.filled(name) else { throw bad("it has no \(name)") }
        return value
    }

    /// Reads the member `expiresAt`.
    func end(in object: JSONValue) throws(ServiceFailure) -> WallTime {
        let text = try required("expiresAt", in: object)
        guard let time = WallTime(cached: text) else { throw bad("its expiresAt is no time") }
        return time
    }
}

extension FileRefusal {
    /// The reason as a clause about the file.
    var clause: String {
        switch self {
        case .missing: "it is not there"
        case .unreadable(let why), .untrusted(let why): why
        case .tooLarge(let limit): "it is larger than \(limit >> 10) KiB"
        case .timedOut: "the file system did not answer in time"
        }
    }
}

extension WallTime {
    /// Reads RFC 3339, or what older versions of AWS's command line wrote: `2026-11-22T14:03:10UTC`.
    init?(cached text: Secret) {
        let text = text.reveal()
        self.init(parsing: text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : text[...])
    }
}
