import Answers
import Glibc
import HTTP
import Model
import Testing

@testable import Obtaining

/// How a cached token is renewed, and what becomes of its file.
@Suite struct LoginRenewalTests {
    let bench: LoginBench

    init() throws {
        bench = try LoginBench()
    }

    static let renewed = LoginServer.Reply(
        body: """
            {"accessToken": "hush-access-2", "expiresIn": 28800, "refreshToken": "hush-refresh-2", \
            "tokenType": "Bearer"}
            """)

    @Test(arguments: [Optional("hush-refresh-2"), nil])
    func renewsATokenThatNearsItsEnd(_ refresh: String?) async throws {
        bench.write(
            LoginBench.token(
                endsIn: .seconds(240), more: #", "other": [1, 2.5, {"a": "\u00fc\""}, null, true]"#)
        )
        chmod(bench.file, 0o640)
        bench.server.set(
            LoginServer.oidc,
            refresh == nil
                ? LoginServer.Reply(body: #"{"accessToken": "hush-access-2", "expiresIn": 28800}"#)
                : Self.renewed)
        let obtained = try await bench.obtain(bench.sso())
        #expect(obtained.evidence.isEmpty)
        #expect(obtained.endsForGood == WallTime(parsing: "2026-12-22T14:00:00Z"))
        let asked = try #require(bench.server.requests(LoginServer.oidc).first)
        #expect(asked.headers["content-type"] == "application/json")
        #expect(
            JSONValue(parsing: Array(asked.body.utf8))
                == .object([
                    "clientId": .text("client-1"), "clientSecret": .text("hush-client"),
                    "grantType": .text("refresh_token"), "refreshToken": .text("hush-refresh-1"),
                ]))
        #expect(
            bench.server.requests(LoginServer.portal).first?.headers["x-amz-sso_bearer_token"]
                == "hush-access-2")
        #expect(
            bench.content
                == .object([
                    "accessToken": .text("hush-access-2"),
                    "expiresAt": .text("2026-11-22T22:00:00Z"),
                    "refreshToken": .text(refresh ?? "hush-refresh-1"),
                    "registrationExpiresAt": .text("2026-12-22T14:00:00Z"),
                    "clientId": .text("client-1"), "clientSecret": .text("hush-client"),
                    "region": .text("eu-west-1"),
                    "startUrl": .text("https://d-1.awsapps.com/start"),
                    "other": .array([
                        .integer(1), .number(2.5), .object(["a": .text("ü\"")]), .null, .bool(true),
                    ]),
                ]))
        #expect(permissions(bench.file) == 0o600)
        #expect(bench.names == ["cached.json"])
        _ = try await bench.obtain(bench.sso())
        #expect(bench.server.requests(LoginServer.oidc).count == 1)
    }

    @Test(arguments: [(301, 0), (300, 1), (0, 1), (-86_400, 1)])
    func renewsInTheLastFiveMinutesAndAfterwards(_ left: Int, _ count: Int) async throws {
        bench.write(LoginBench.token(endsIn: .seconds(left)))
        bench.server.set(LoginServer.oidc, Self.renewed)
        _ = try await bench.obtain(bench.sso())
        #expect(bench.server.requests(LoginServer.oidc).count == count)
    }

    @Test func takesURLsWithASlashAtTheirEnd() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        bench.server.set(LoginServer.oidc, Self.renewed)
        guard case .sso(var step) = bench.sso() else { return }
        step.portalURL += "/"
        step.oidcURL += "/"
        #expect(try await bench.obtain(.sso(step)).evidence.isEmpty)
    }

    @Test func writesTheNamesOfMembersAsTheSDKsDo() async throws {
        bench.write(
            LoginBench.token(endsIn: .seconds(0)).replacing("accessToken", with: "AccessToken"))
        bench.server.set(LoginServer.oidc, Self.renewed)
        _ = try await bench.obtain(bench.sso())
        #expect(bench.content["AccessToken"] == nil)
        #expect(bench.content["accessToken"] == .text("hush-access-2"))
    }

    static let failures: [(LoginServer.Reply, String, String, Bool)] = [
        (
            .init(status: 400, body: #"{"error": "invalid_grant", "error_description": "hush"}"#),
            "loginNeeded AWS does not renew the login (invalid_grant); `aws sso login --sso-session dev`",
            "AWS does not renew the login (invalid_grant)", true
        ),
        (
            .init(
                status: 400, body: #"{"error": "expired_token"}"#,
                errorType: "ExpiredTokenException:x"),
            "loginNeeded AWS does not renew the login (ExpiredTokenException)",
            "AWS does not renew the login (ExpiredTokenException)", true
        ),
        (
            .init(status: 401, body: #"{"error": "invalid_client"}"#),
            "loginNeeded AWS does not renew the login (invalid_client)",
            "AWS does not renew the login (invalid_client)", true
        ),
        (
            .init(status: 400, body: #"{"error": "slow_down"}"#, errorType: "SlowDownException"),
            "refused SlowDownException", "AWS answered SlowDownException", false
        ),
        (
            .init(
                status: 500, body: #"{"error": "server_error"}"#,
                errorType: "InternalServerException"),
            "refused InternalServerException", "AWS answered InternalServerException", false
        ),
        (
            .init(status: 200, body: "<html>hush</html>"), "notAWS an HTML page",
            "the answer was an HTML page", false
        ),
        (
            .init(body: #"{"accessToken": "hush-access-2"}"#),
            "badAnswer the new token has no expiresIn", "the new token has no expiresIn", false
        ),
        (
            .init(body: #"{"accessToken": "hush-access-2", "expiresIn": -1}"#),
            "badAnswer the new token has no expiresIn", "the new token has no expiresIn", false
        ),
        (
            .init(body: #"{"expiresIn": 28800}"#), "notAWS JSON that is not AWS's",
            "the answer was JSON that is not AWS's", false
        ),
    ]

    @Test(arguments: failures)
    func goesOnWithTheOldTokenWhileItLasts(
        _ reply: LoginServer.Reply, _ reason: String, _ note: String, _ isFinal: Bool
    ) async throws {
        let before = LoginBench.token(endsIn: .seconds(100))
        bench.write(before)
        bench.server.set(LoginServer.oidc, reply)
        let obtained = try await bench.obtain(bench.sso())
        #expect(obtained.notes.hasPrefix("the login could not be renewed before its end: \(note)"))
        #expect(!obtained.notes.contains("hush"))
        let end = isFinal ? LoginBench.start + .seconds(100) : nil
        #expect(obtained.endsForGood == end ?? WallTime(parsing: "2026-12-22T14:00:00Z"))
        #expect(readFile(bench.file) == Array(before.utf8))

        bench.advance(.seconds(100))
        #expect(try await bench.problem(bench.sso()).reason.line.hasPrefix(reason))
    }

    @Test func waitsAfterAFailure() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(10)))
        bench.server.set(LoginServer.oidc, .init(status: 400, body: #"{"error": "invalid_grant"}"#))
        _ = try await bench.obtain(bench.sso())
        bench.advance(.seconds(29))
        let problem = try await bench.problem(bench.sso())
        #expect(problem.reason.line.contains("AWS does not renew the login (invalid_grant)"))
        #expect(bench.server.requests(LoginServer.oidc).count == 1)
        bench.advance(.seconds(1))
        _ = try await bench.problem(bench.sso())
        #expect(bench.server.requests(LoginServer.oidc).count == 2)
        // A clock that was set back must not make the wait a long one.
        bench.advance(.seconds(-40))
        _ = try await bench.obtain(bench.sso())
        #expect(bench.server.requests(LoginServer.oidc).count == 3)
        // A new login does not wait.
        bench.write(LoginBench.token(endsIn: .seconds(20), refresh: "hush-refresh-9"))
        bench.server.set(LoginServer.oidc, Self.renewed)
        #expect(try await bench.obtain(bench.sso()).evidence.isEmpty)
        #expect(bench.server.requests(LoginServer.oidc).count == 4)
    }

    @Test func givesUpATokenServiceThatIsSilent() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(10)))
        bench.server.set(LoginServer.oidc, .init(delay: .seconds(30)))
        let obtained = try await bench.obtain(bench.sso(), within: .seconds(2))
        #expect(obtained.notes.hasPrefix("the login could not be renewed before its end: "))
    }

    @Test func renewsOnceForAllWhoAskAtTheSameTime() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        bench.server.set(
            LoginServer.oidc,
            .init(body: Self.renewed.body, delay: .milliseconds(50)),
            .init(status: 400, body: #"{"error": "invalid_grant"}"#))
        let good = await withTaskGroup(of: Bool.self) { group in
            for role in 0..<12 {
                group.addTask { [bench] in
                    (try? await bench.obtain(bench.sso(role: "r\(role)"))) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(good == 12)
        #expect(bench.server.requests(LoginServer.oidc).count == 1)
        #expect(bench.server.requests(LoginServer.portal).count == 12)
    }

    @Test func leavesAFileThatWasReplacedMeanwhile() async throws {
        let file = bench.file
        let other = LoginBench.token("hush-access-9", endsIn: .seconds(7_200))
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        bench.server.set(
            LoginServer.oidc, .init(body: Self.renewed.body, meanwhile: { writeFile(other, file) }))
        let obtained = try await bench.obtain(bench.sso())
        #expect(obtained.notes.hasPrefix("\(file) was replaced while its login was renewed"))
        #expect(readFile(file) == Array(other.utf8))
        _ = try await bench.obtain(bench.sso())
        #expect(
            bench.server.requests(LoginServer.portal).map { $0.headers["x-amz-sso_bearer_token"] }
                == ["hush-access-2", "hush-access-9"])
    }

    @Test func takesTheTokenOfAToolThatWasQuicker() async throws {
        let file = bench.file
        let other = LoginBench.token("hush-access-9", endsIn: .seconds(7_200))
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        bench.server.set(
            LoginServer.oidc,
            .init(
                status: 400, body: #"{"error": "invalid_grant"}"#,
                meanwhile: { writeFile(other, file) }))
        #expect(try await bench.obtain(bench.sso()).evidence.isEmpty)
        #expect(
            bench.server.requests(LoginServer.portal).first?.headers["x-amz-sso_bearer_token"]
                == "hush-access-9")
    }

    @Test func leavesAFileAwayThatWasRemovedMeanwhile() async throws {
        let file = bench.file
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        bench.server.set(
            LoginServer.oidc, .init(body: Self.renewed.body, meanwhile: { unlink(file) }))
        _ = try await bench.obtain(bench.sso())
        #expect(bench.names.isEmpty)
        #expect(
            try await bench.problem(bench.sso()).reason.line.hasPrefix("loginNeeded there is no"))
    }

    @Test func goesOnWithATokenThatItCannotWrite() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        let obstacle = bench.folder + "/.cached.json.credwatch-\(getpid())"
        mkdir(obstacle, 0o700)
        bench.server.set(LoginServer.oidc, Self.renewed, .init(status: 500))
        for _ in 0..<2 {
            let obtained = try await bench.obtain(bench.sso())
            #expect(
                obtained.notes.hasPrefix(
                    "the renewed login could not be written to \(bench.file): File exists; "))
        }
        #expect(bench.server.requests(LoginServer.oidc).count == 1)
        #expect(bench.content["accessToken"] == .text("hush-access-1"))
        // Renewed again, it uses what it has, and writes it where it can.
        rmdir(obstacle)
        bench.advance(.seconds(28_700))
        bench.server.set(LoginServer.oidc, Self.renewed)
        #expect(try await bench.obtain(bench.sso()).evidence.isEmpty)
        #expect(bench.server.requests(LoginServer.oidc)[1].body.contains("hush-refresh-2"))
        #expect(bench.content["accessToken"] == .text("hush-access-2"))
    }

    @Test func takesANewLoginBeforeATokenThatItCouldNotWrite() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        let obstacle = bench.folder + "/.cached.json.credwatch-\(getpid())"
        mkdir(obstacle, 0o700)
        defer { rmdir(obstacle) }
        bench.server.set(LoginServer.oidc, Self.renewed)
        _ = try await bench.obtain(bench.sso())
        bench.write(LoginBench.token("hush-access-9", endsIn: .seconds(7_200)))
        #expect(try await bench.obtain(bench.sso()).evidence.isEmpty)
        #expect(
            bench.server.requests(LoginServer.portal).last?.headers["x-amz-sso_bearer_token"]
                == "hush-access-9")
    }
}
