import Answers
import Glibc
import Model
import Support
import Testing

@testable import Obtaining

/// The session of `aws login`.
@Suite struct LoginSourceTests {
    let bench: LoginBench

    init() throws {
        bench = try LoginBench()
    }

    static let key = PossessionProofs.makeKey()
    static let renewed = LoginServer.Reply(
        body: """
            {"accessToken": {"accessKeyId": "ASIAY34FZKBOKMUTVV7A", "secretAccessKey": "hush/2", \
            "sessionToken": "hush-session-2"}, "tokenType": "aws_sigv4", "expiresIn": 900, \
            "refreshToken": "hush-refresh-2"}
            """)

    private func session(endsIn left: Duration, without name: String = "-", key: String = key)
        -> String
    {
        var pem = JSONValue.text(key).bytes
        if name == "dpopKey" { pem = Array("null".utf8) }
        return """
            {"accessToken": {"accessKeyId": "ASIAQNZGKIQY56JQ7WML", "secretAccessKey": "hush/1", \
            "sessionToken": "hush-session-1", "accountId": "028075177508", \
            "expiresAt": "\((LoginBench.start + left).rfc3339)"}, "tokenType": "aws_sigv4", \
            "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "hush-refresh-1", \
            "idToken": "hush-id", "dpopKey": \(String(decoding: pem, as: UTF8.self))}
            """.replacing("\"\(name)\"", with: "\"gone\"")
    }

    @Test func givesTheCredentialsOfTheFile() async throws {
        bench.write(session(endsIn: .seconds(301)))
        let obtained = try await bench.obtain(bench.login())
        let keys = obtained.credentials
        #expect(keys.accessKeyID.value == "ASIAQNZGKIQY56JQ7WML")
        #expect(keys.secretAccessKey.value == Secret("hush/1"))
        #expect(keys.sessionToken?.value == Secret("hush-session-1"))
        #expect(keys.expiresAt?.value == LoginBench.start + .seconds(301))
        #expect(keys.accountID == "028075177508")
        #expect(obtained.endsForGood == nil)
        #expect(obtained.evidence.isEmpty)
        #expect(bench.server.requests(LoginServer.signIn).isEmpty)
    }

    @Test func renewsWithAProofOfItsKey() async throws {
        bench.write(session(endsIn: .seconds(-3_600)))
        bench.server.set(LoginServer.signIn, Self.renewed)
        let obtained = try await bench.obtain(bench.login())
        #expect(obtained.credentials.accessKeyID.value == "ASIAY34FZKBOKMUTVV7A")
        #expect(obtained.credentials.expiresAt?.value == LoginBench.start + .seconds(900))
        #expect(obtained.credentials.accountID == "028075177508")
        #expect(obtained.evidence.isEmpty)
        let request = try #require(bench.server.requests(LoginServer.signIn).first)
        #expect(
            JSONValue(parsing: Array(request.body.utf8))
                == .object([
                    "clientId": .text("arn:aws:signin:::devtools/same-device"),
                    "grantType": .text("refresh_token"), "refreshToken": .text("hush-refresh-1"),
                ]))
        let proof = try #require(request.headers["dpop"])
        let claims = try #require(PossessionProofs.verified(proof)).claims
        #expect(PossessionProofs.member("htu", of: claims) == bench.server.url + "/v1/token")
        #expect(PossessionProofs.member("jti", of: claims).count == 36)
        #expect(claims.contains("\"iat\":\(LoginBench.start.seconds)"))

        let file = bench.content
        #expect(
            file["accessToken"]
                == .object([
                    "accessKeyId": .text("ASIAY34FZKBOKMUTVV7A"),
                    "secretAccessKey": .text("hush/2"), "sessionToken": .text("hush-session-2"),
                    "accountId": .text("028075177508"),
                    "expiresAt": .text("2026-11-22T14:15:00Z"),
                ]))
        #expect(file["refreshToken"] == .text("hush-refresh-2"))
        #expect(file["dpopKey"] == .text(Self.key))
        #expect(file["idToken"] == .text("hush-id"))
        #expect(permissions(bench.file) == 0o600)
    }

    @Test func neverUsesAProofTwice() async throws {
        bench.write(session(endsIn: .seconds(0)))
        bench.server.set(LoginServer.signIn, .init(status: 500))
        _ = try await bench.problem(bench.login())
        #expect(bench.server.requests(LoginServer.signIn).count == 1)
        bench.advance(.seconds(30))
        _ = try await bench.problem(bench.login())
        let proofs = bench.server.requests(LoginServer.signIn).map { $0.headers["dpop"] }
        #expect(Set(proofs).count == 2)
    }

    @Test(arguments: [
        (
            LoginServer.Reply(
                status: 401, body: #"{"error": "TOKEN_EXPIRED", "message": "hush"}"#,
                errorType: "AccessDeniedException"),
            "loginNeeded the login is over by AWS's word; `aws login` starts a new one"
        ),
        (
            LoginServer.Reply(
                status: 403, body: #"{"error": "USER_CREDENTIALS_CHANGED", "message": "x"}"#,
                errorType: "AccessDeniedException"),
            "loginNeeded the user's password or other credentials changed after the login; `aws login`"
        ),
        (
            LoginServer.Reply(
                status: 403, body: #"{"error": "INSUFFICIENT_PERMISSIONS", "message": "x"}"#),
            "loginNeeded the user may not renew it (permission signin:CreateOAuth2Token)"
        ),
        (
            LoginServer.Reply(
                status: 400, body: #"{"error": "INVALID_REQUEST", "message": "hush-refresh-1"}"#,
                errorType: "ValidationException"), "refused ValidationException"
        ),
        (
            LoginServer.Reply(
                status: 429, body: #"{"error": "INVALID_REQUEST", "message": "x"}"#,
                errorType: "TooManyRequestsError"), "refused TooManyRequestsError"
        ),
        (
            LoginServer.Reply(
                status: 500, body: #"{"error": "server_error", "message": "x"}"#,
                errorType: "InternalServerException"), "refused InternalServerException"
        ),
        (LoginServer.Reply(status: 200, body: "<html>"), "notAWS an HTML page"),
        (
            LoginServer.Reply(body: #"{"accessToken": "hush", "expiresIn": 900}"#),
            "notAWS JSON that is not AWS's"
        ),
        (
            LoginServer.Reply(
                body: #"{"accessToken": {"accessKeyId": "ASIAY34FZKBOKMUTVV7A"}, "expiresIn": 900}"#
            ), "badAnswer the new credentials have no secretAccessKey"
        ),
        (
            LoginServer.Reply(body: #"{"accessToken": {}, "expiresIn": 0}"#),
            "badAnswer the new credentials have no expiresIn"
        ),
    ])
    func saysWhatSignInAnswers(_ reply: LoginServer.Reply, _ reason: String) async throws {
        bench.write(session(endsIn: .seconds(60)))
        bench.server.set(LoginServer.signIn, reply)
        let obtained = try await bench.obtain(bench.login())
        #expect(obtained.notes.hasPrefix("the login could not be renewed before its end: "))
        #expect(!obtained.notes.contains("hush"))
        let isFinal = reason.hasPrefix("loginNeeded")
        #expect(obtained.endsForGood == (isFinal ? LoginBench.start + .seconds(60) : nil))
        bench.advance(.seconds(60))
        guard !isFinal else {
            // Only AWS can say that they are over; a person has to act in any case.
            let over = try await bench.obtain(bench.login())
            #expect(over.credentials.accessKeyID.value == "ASIAQNZGKIQY56JQ7WML")
            #expect(over.endsForGood == LoginBench.start + .seconds(60))
            return #expect("loginNeeded \(over.notes)".hasPrefix(reason))
        }
        let problem = try await bench.problem(bench.login())
        #expect(problem.source == .loginSession)
        #expect(problem.reason.line.hasPrefix(reason))
    }

    @Test(arguments: [
        ("accessToken", "it has no accessToken"), ("accessKeyId", "it has no accessKeyId"),
        ("secretAccessKey", "it has no secretAccessKey"),
        ("sessionToken", "it has no sessionToken"),
        ("expiresAt", "it has no expiresAt"),
    ])
    func saysWhatTheFileLacks(_ name: String, _ what: String) async throws {
        bench.write(session(endsIn: .seconds(3_600), without: name))
        let problem = try await bench.problem(bench.login())
        #expect(
            problem.reason.line == "badAnswer the cached login \(bench.file) is no use: \(what)")
    }

    @Test(arguments: ["refreshToken", "clientId", "dpopKey"])
    func handsOutWhatIsOverForAWSToJudge(_ name: String) async throws {
        bench.write(session(endsIn: .seconds(60), without: name))
        let obtained = try await bench.obtain(bench.login())
        #expect(obtained.endsForGood == LoginBench.start + .seconds(60))
        bench.advance(.seconds(60))
        let over = try await bench.obtain(bench.login())
        #expect(over.credentials.sessionToken?.value == Secret("hush-session-1"))
        #expect(over.credentials.expiresAt?.value == LoginBench.start + .seconds(60))
        #expect(over.endsForGood == LoginBench.start + .seconds(60))
        #expect(
            over.notes
                == "the login ended at 2026-11-22T14:01:00Z, and it cannot be renewed "
                + "without \(name); `aws login` starts a new one")
        #expect(bench.server.requests(LoginServer.signIn).isEmpty)
    }

    @Test func saysThatTheKeyIsNone() async throws {
        bench.write(session(endsIn: .seconds(0), key: "hush no key"))
        #expect(
            try await bench.problem(bench.login()).reason.line.hasSuffix(
                "its dpopKey is no private key on the curve P-256"))
        #expect(bench.server.requests(LoginServer.signIn).isEmpty)
    }

    @Test func saysWhenTheAccountIsAnother() async throws {
        bench.write(session(endsIn: .seconds(3_600)))
        let obtained = try await bench.obtain(bench.login("arn:aws:iam::171436882533:user/app"))
        #expect(
            obtained.evidence == [
                .expectation(field: "account", expected: "171436882533", actual: "028075177508")
            ])
        #expect(try await bench.obtain(bench.login("no arn")).evidence.isEmpty)
    }

    @Test func saysWhatToRunWhenThereIsNoLogin() async throws {
        #expect(
            try await bench.problem(bench.login()).reason.line
                == "loginNeeded there is no \(bench.file); `aws login` makes it")
    }
}
