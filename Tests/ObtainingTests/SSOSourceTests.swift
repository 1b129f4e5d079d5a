import Answers
import Glibc
import HTTP
import Model
import Testing

@testable import Obtaining

/// What `aws sso login` left, and what the portal makes of it; renewing has a suite of its own.
@Suite struct SSOSourceTests {
    let bench: LoginBench

    init() throws {
        bench = try LoginBench()
    }

    @Test func getsTheCredentialsOfTheRole() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(3_600)))
        let obtained = try await bench.obtain(bench.sso(role: "Ops+Admin @eu/1"))
        let keys = obtained.credentials
        #expect(keys.accessKeyID.value == "ASIAQNZGKIQY56JQ7WML")
        #expect(keys.secretAccessKey.value == Secret("hush/role"))
        #expect(keys.sessionToken?.value == Secret("hush-session"))
        #expect(keys.expiresAt?.value == WallTime(parsing: "2026-11-22T15:00:00Z"))
        #expect(keys.accountID == "028075177508")
        #expect(keys.accessKeyID.provenance == LoginBench.place)
        #expect(obtained.endsForGood == WallTime(parsing: "2026-12-22T14:00:00Z"))
        #expect(obtained.evidence.isEmpty)
        let request = try #require(bench.server.requests(LoginServer.portal).first)
        #expect(
            request.target
                == "/federation/credentials?role_name=Ops%2BAdmin%20%40eu%2F1&account_id=028075177508"
        )
        #expect(request.headers["x-amz-sso_bearer_token"] == "hush-access-1")
        #expect(bench.server.requests(LoginServer.oidc).isEmpty)
    }

    @Test(arguments: [
        "2026-11-22T14:10:00Z", "2026-11-22T14:10:00UTC", "2026-11-22T15:10:00+01:00",
        "2026-11-22T14:10:00.123Z",
    ])
    func readsTheFormsOfTime(_ time: String) async throws {
        bench.write(#"{"accessToken": "hush-access-1", "expiresAt": "\#(time)"}"#)
        let obtained = try await bench.obtain(bench.sso(session: nil))
        let end = try #require(obtained.endsForGood)
        #expect(end.rfc3339 == "2026-11-22T14:10:00Z")
    }

    @Test func readsMembersWhateverTheirLetterCase() async throws {
        bench.write(#"{"AccessToken": "hush-a", "ExpiresAt": "2026-11-22T14:10:00Z"}"#)
        _ = try await bench.obtain(bench.sso())
        #expect(
            bench.server.requests(LoginServer.portal).first?.headers["x-amz-sso_bearer_token"]
                == "hush-a")
    }

    @Test(arguments: [
        ("", "badAnswer the cached login FILE is no use: it holds no JSON object"),
        ("<html>hush</html>", "badAnswer the cached login FILE is no use: it holds no JSON object"),
        (#"["hush"]"#, "badAnswer the cached login FILE is no use: it holds no JSON object"),
        (
            #"{"expiresAt": "2026-11-22T15:00:00Z"}"#,
            "badAnswer the cached login FILE is no use: it has no accessToken"
        ),
        (
            #"{"accessToken": "", "expiresAt": "2026-11-22T15:00:00Z"}"#,
            "badAnswer the cached login FILE is no use: it has no accessToken"
        ),
        (
            #"{"accessToken": 7, "expiresAt": "2026-11-22T15:00:00Z"}"#,
            "badAnswer the cached login FILE is no use: it has no accessToken"
        ),
        (
            #"{"accessToken": "hush"}"#,
            "badAnswer the cached login FILE is no use: it has no expiresAt"
        ),
        (
            #"{"accessToken": "hush", "expiresAt": "hush"}"#,
            "badAnswer the cached login FILE is no use: its expiresAt is no time"
        ),
        (
            #"{"accessToken": "hush", "expiresAt": 1795359600}"#,
            "badAnswer the cached login FILE is no use: it has no expiresAt"
        ),
        (
            String(repeating: " ", count: 70_000),
            "badAnswer the cached login FILE is no use: it is larger than 64 KiB"
        ),
    ])
    func saysWhatIsWrongWithTheFile(_ content: String, _ reason: String) async throws {
        bench.write(content)
        let problem = try await bench.problem(bench.sso())
        #expect(problem.source == .sso)
        #expect(problem.reason.line == reason.replacing("FILE", with: bench.file))
        #expect(bench.server.requests(LoginServer.portal).isEmpty)
    }

    @Test func saysWhatToRunWhenThereIsNoLogin() async throws {
        let new = try await bench.problem(bench.sso())
        #expect(
            new.reason.line
                == "loginNeeded there is no \(bench.file); `aws sso login --sso-session dev` makes it"
        )
        let old = try await bench.problem(bench.sso(session: nil))
        #expect(old.reason.line.contains("`aws sso login --profile PROFILE` makes it"))
        #expect(
            old.evidence == [.location(.file(SourceLocation(file: bench.file, line: 0)))])
    }

    @Test func namesAFileThatCannotBeRead() async throws {
        mkdir(bench.file, 0o700)
        defer { rmdir(bench.file) }
        let problem = try await bench.problem(bench.sso())
        guard case .local(.fileUnreadable(bench.file, "it is a directory", _)) = problem.reason
        else {
            Issue.record("\(problem.reason)")
            return
        }
    }

    @Test(arguments: [
        (
            Optional("dev"), Optional("hush-refresh-1"), Optional<String>.none,
            "it cannot be renewed without registrationExpiresAt"
        ),
        ("dev", nil, "2026-12-22T14:00:00Z", "it cannot be renewed without refreshToken"),
        (
            "dev", "hush-refresh-1", "2026-11-22T13:00:00Z",
            "the registration of its client ended at 2026-11-22T13:00:00Z"
        ),
        ("dev", "hush-refresh-1", "soon", "its registrationExpiresAt is no time"),
        (
            nil, "hush-refresh-1", "2026-12-22T14:00:00Z",
            "only that of an sso-session can be renewed"
        ),
    ])
    func asksForALoginWhenTheTokenIsOverAndCannotBeRenewed(
        _ session: String?, _ refresh: String?, _ registration: String?, _ why: String
    ) async throws {
        bench.write(
            LoginBench.token(endsIn: .seconds(60), refresh: refresh, registration: registration))
        let obtained = try await bench.obtain(bench.sso(session: session))
        #expect(obtained.endsForGood == LoginBench.start + .seconds(60))
        bench.advance(.seconds(60))
        let problem = try await bench.problem(bench.sso(session: session))
        #expect(
            problem.reason.line.hasPrefix(
                "loginNeeded the login ended at 2026-11-22T14:01:00Z, and \(why); `aws sso login"))
        #expect(bench.server.requests(LoginServer.oidc).isEmpty)
        // Asked all the same; that it answers makes no application take the token.
        #expect(bench.server.requests(LoginServer.portal).count == 2)
    }

    /// What the portal says of a token that is over by our clock, and what is made of it.
    @Test(arguments: [
        (
            LoginServer.Reply(
                status: 401, body: #"{"message": "Session token not found or invalid"}"#,
                errorType: "UnauthorizedException"), "refused UnauthorizedException"
        ),
        (LoginBench.roleAnswer, "loginNeeded the login ended at 2026-11-22T13:59:00Z"),
        (
            LoginServer.Reply(
                status: 403, body: #"{"message": "No access"}"#, errorType: "ForbiddenException"),
            "loginNeeded the login ended at"
        ),
        (
            LoginServer.Reply(
                status: 429, body: #"{"message": "x"}"#, errorType: "TooManyRequestsException"),
            "loginNeeded the login ended at"
        ),
        (LoginServer.Reply(status: 503), "loginNeeded the login ended at"),
        (LoginServer.Reply(status: 401, body: "<html>"), "loginNeeded the login ended at"),
        (LoginServer.Reply(delay: .seconds(30)), "loginNeeded the login ended at"),
    ])
    func thePortalDecidesWhetherATokenIsOver(
        _ reply: LoginServer.Reply, _ reason: String
    ) async throws {
        bench.write(LoginBench.token(endsIn: .seconds(-60), refresh: nil))
        bench.server.set(LoginServer.portal, reply)
        let problem = try await bench.problem(bench.sso(), within: .milliseconds(500))
        #expect(problem.reason.line.hasPrefix(reason))
        let asked = try #require(bench.server.requests(LoginServer.portal).first)
        #expect(asked.headers["x-amz-sso_bearer_token"] == "hush-access-1")
    }

    @Test func thePortalDecidesAfterARenewalThatIsRefusedForGood() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(-60)))
        bench.server.set(
            LoginServer.oidc, .init(status: 400, body: #"{"error": "invalid_grant"}"#))
        bench.server.set(
            LoginServer.portal,
            .init(
                status: 401, body: #"{"message": "x"}"#, errorType: "UnauthorizedException"))
        #expect(
            try await bench.problem(bench.sso()).reason.line == "refused UnauthorizedException")
        // While nobody can be asked about the renewal, nothing is known.
        bench.write(LoginBench.token("hush-access-2", endsIn: .seconds(-60)))
        bench.server.set(LoginServer.oidc, .init(status: 503))
        #expect(
            try await bench.problem(bench.sso()).reason.line
                == "notAWS an empty answer with HTTP status 503")
    }

    @Test(arguments: [
        (
            LoginServer.Reply(
                status: 401,
                body: #"{"message": "Session token hush-access-1 not found or invalid"}"#,
                errorType: "UnauthorizedException"), "refused UnauthorizedException"
        ),
        (
            LoginServer.Reply(
                status: 401,
                body:
                    ##"{"message": "x", "__type": "com.amazonaws.switchboard.portal#UnauthorizedException"}"##
            ), "refused UnauthorizedException"
        ),
        (
            LoginServer.Reply(
                status: 403, body: #"{"message": "No access"}"#,
                errorType: "ForbiddenException:http://internal.amazon.com/"),
            "refused ForbiddenException"
        ),
        (
            LoginServer.Reply(
                status: 404, body: #"{"message": "x"}"#, errorType: "ResourceNotFoundException"),
            "refused ResourceNotFoundException"
        ),
        (
            LoginServer.Reply(
                status: 429, body: #"{"message": "HTTP 429 Unknown Code"}"#,
                errorType: "TooManyRequestsException"), "refused TooManyRequestsException"
        ),
        (
            LoginServer.Reply(status: 401, body: "<html>hush</html>"),
            "notAWS an HTML page with HTTP status 401"
        ),
        (LoginServer.Reply(status: 500, body: "oops"), "notAWS text with HTTP status 500"),
        (LoginServer.Reply(status: 503), "notAWS an empty answer with HTTP status 503"),
        (LoginServer.Reply(body: "<!doctype html>"), "notAWS an HTML page"),
        (LoginServer.Reply(body: #"{"roleCredentials": null}"#), "notAWS JSON that is not AWS's"),
        (
            LoginServer.Reply(
                body:
                    #"{"roleCredentials": {"accessKeyId": "ASIAQNZGKIQY56JQ7WML", "secretAccessKey": "hush"}}"#
            ), "badAnswer the credentials of the role lack a key id, a secret or a token"
        ),
    ])
    func saysWhatThePortalAnswers(_ reply: LoginServer.Reply, _ reason: String) async throws {
        bench.write(LoginBench.token(endsIn: .seconds(3_600)))
        bench.server.set(LoginServer.portal, reply)
        let problem = try await bench.problem(bench.sso())
        #expect(problem.reason.line == reason)
    }

    @Test func givesAPortalThatIsSilentUp() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(3_600)))
        bench.server.set(LoginServer.portal, LoginServer.Reply(delay: .seconds(30)))
        let problem = try await bench.problem(bench.sso(), within: .milliseconds(300))
        guard case .failed(let failure) = problem.reason else {
            Issue.record("\(problem.reason)")
            return
        }
        #expect(failure.timedOut)
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func takesAnyNumberForTheEnd(_ end: Int64) async throws {
        bench.write(LoginBench.token(endsIn: .seconds(3_600)))
        bench.server.set(
            LoginServer.portal,
            LoginServer.Reply(
                body: LoginBench.roleAnswer.body.replacing("1795359600000", with: "\(end)")))
        let obtained = try await bench.obtain(bench.sso())
        #expect(obtained.credentials.expiresAt != nil)
    }

    @Test func sendsNoTokenThatWouldBreakTheHeader() async throws {
        bench.write(LoginBench.token(#"hush\r\nX: y"#, endsIn: .seconds(3_600)))
        #expect(try await bench.problem(bench.sso()).reason.line == "failed setup")
    }
}
