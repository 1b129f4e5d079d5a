import Answers
import CLinux
import Glibc
import HTTP
import Model
import Synchronization
import Testing

@testable import Obtaining

/// All that a cached login needs: a folder for its file, a server for each service, and a clock.
///
/// Every secret in a test begins with `hush`, so that a dump can be searched for them.
final class LoginBench: Sendable {
    static let start = WallTime(parsing: "2026-11-22T14:00:00Z") ?? WallTime(seconds: 0)
    static let limit = Duration.seconds(5)
    static let place = Provenance.file(SourceLocation(file: "/home/app/.aws/config", line: 7))

    let folder: String
    let server: LoginServer
    private let sso: SSOSource
    private let login: LoginSource
    private let time: Time

    private final class Time: Sendable {
        let now = Mutex(LoginBench.start)
    }

    init() throws {
        var template = Array("/tmp/credwatch-login-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        folder = try #require(made)
        let time = Time()
        self.time = time
        server = try LoginServer()
        let call = ServiceCall(
            transport: try CurlTransport(CurlOptions(proxy: .none)),
            clock: { time.now.withLock(\.self) })
        let logins = LoginStore(clock: call.clock)
        sso = SSOSource(call: call, logins: logins)
        login = LoginSource(call: call, logins: logins)
        server.set(LoginServer.portal, LoginBench.roleAnswer)
    }

    deinit {
        chmod(folder, 0o700)
        for name in names { remove(folder + "/" + name) }
        rmdir(folder)
    }

    var file: String { folder + "/cached.json" }

    /// What is in the folder.
    var names: [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    func advance(_ duration: Duration) {
        time.now.withLock { $0 = $0 + duration }
    }

    func write(_ text: String, to path: String? = nil) {
        writeFile(text, path ?? file)
    }

    /// The content of the cached file, by member.
    var content: JSONValue { JSONValue(parsing: readFile(file)) ?? .null }

    func sso(session: String? = "dev", user: UInt32? = nil, role: String = "Ops") -> PlanStep {
        .sso(
            SSOLogin(
                session: session,
                startURL: Sourced("https://d-1.awsapps.com/start", from: Self.place),
                region: "eu-west-1", accountID: "028075177508", roleName: role, cacheFile: file,
                portalURL: server.url, oidcURL: server.url, user: user))
    }

    func login(_ arn: String = "arn:aws:iam::028075177508:user/app") -> PlanStep {
        .loginSession(
            LoginSession(
                session: Sourced(arn, from: Self.place), cacheFile: file, signInURL: server.url,
                region: "eu-west-1"))
    }

    func obtain(
        _ step: PlanStep, within limit: Duration = LoginBench.limit
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        switch step {
        case .sso(let step): try await sso.credentials(for: step, within: limit)
        case .loginSession(let step): try await login.credentials(for: step, within: limit)
        default: fatalError("a bench for logins")
        }
    }

    /// Why a step fails; a test fails when it does not, and when the problem shows a secret.
    func problem(
        _ step: PlanStep, within limit: Duration = LoginBench.limit
    ) async throws -> ObtainProblem {
        do throws(ObtainProblem) {
            _ = try await obtain(step, within: limit)
        } catch {
            var text = String(describing: error) + String(reflecting: error)
            dump(error, to: &text)
            #expect(!text.contains("hush"))
            #expect(error.place == Self.place)
            return error
        }
        throw Unexpected()
    }

    struct Unexpected: Error {}

    static let roleAnswer = LoginServer.Reply(
        body: """
            {"roleCredentials": {"accessKeyId": "ASIAQNZGKIQY56JQ7WML", "secretAccessKey": "hush/role", \
            "sessionToken": "hush-session", "expiration": 1795359600000}}
            """)

    /// A cached token that ends in some time, with what it can be renewed with.
    static func token(
        _ access: String = "hush-access-1", endsIn left: Duration,
        refresh: String? = "hush-refresh-1",
        registration: String? = "2026-12-22T14:00:00Z", more: String = ""
    ) -> String {
        let refresh = refresh.map { #""refreshToken": "\#($0)", "# } ?? ""
        let registration = registration.map { #""registrationExpiresAt": "\#($0)", "# } ?? ""
        return """
            {"accessToken": "\(access)", "expiresAt": "\((start + left).rfc3339)", \(refresh)\
            \(registration)"clientId": "client-1", "clientSecret": "hush-client"\(more)}
            """
    }
}

func writeFile(_ text: String, _ path: String, mode: mode_t = 0o600) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)
    _ = text.utf8CString.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count - 1) }
    close(file)
}

func readFile(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 100_000)
    let count = read(file, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
}

func permissions(_ path: String) -> UInt32 { look(path).st_mode & 0o7777 }

func owner(_ path: String) -> UInt32 { look(path).st_uid }

func isLink(_ path: String) -> Bool { look(path).st_mode & S_IFMT == S_IFLNK }

private func look(_ path: String) -> stat {
    var status = stat()
    lstat(path, &status)
    return status
}

extension ObtainedCredentials {
    /// The notes among the evidence, one after the other.
    var notes: String {
        evidence.map { if case .note(let text) = $0 { text } else { "\($0)" } }
            .joined(separator: "\n")
    }
}

extension ObtainProblem.Reason {
    /// The reason in one line: `refused UnauthorizedException`, `loginNeeded there is no …`.
    var line: String {
        switch self {
        case .refused(let error, _): "refused \(error.code)"
        case .notAWS(let what, _): "notAWS \(what)"
        case .failed(let failure): "failed \(failure.phase.rawValue)"
        case .loginNeeded(let why): "loginNeeded \(why)"
        case .untrusted(let why): "untrusted \(why)"
        case .badAnswer(let why): "badAnswer \(why)"
        case .local(let problem): "local \(problem)"
        case .unavailable, .nothing, .processFailed: "something else"
        }
    }
}
