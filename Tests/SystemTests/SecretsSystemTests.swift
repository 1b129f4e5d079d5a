import FoundationEssentials
import Glibc
import Model
import Reporting
import Sandbox
import Support
import Testing

/// A secret and a session token that are made up, put wherever somebody may put them, and looked for in
/// everything that credwatch says.
@Suite(.timeLimit(.minutes(3)))
struct SecretsSystemTests {
    @Test func `the canaries have the form of what they stand for`() {
        #expect(Canaries.secret.utf8.count == 40)
        #expect(Canaries.token.hasPrefix("IQoJb3JpZ2luX2Vj"))
        #expect(!Canaries.leaks(in: "x \(Canaries.secret) y").isEmpty)
        #expect(!Canaries.leaks(in: "x \(Canaries.secret.dropFirst(25)) y").isEmpty)
        #expect(Canaries.leaks(in: "nothing of the kind") == [])
    }

    // MARK: - Sources

    @Test(arguments: SecretCase.all)
    func `no command, log or file tells a secret`(_ place: SecretCase) async throws {
        let site = try Site()
        try place.prepare(site)
        // What is worth a thorough search is what a source says of itself.
        try await search(
            site, "app", environment: place.environment(at: site),
            isThorough: place.program != nil || !place.settings.isEmpty)
    }

    // MARK: - Answers

    @Test(arguments: Echo.allCases)
    func `nor does a server that repeats what it was sent`(_ echo: Echo) async throws {
        let site = try Site()
        let server = try ScriptedServer { request, _ in echo.reply(to: request) }
        try site.write(
            "credentials", mode: 0o600,
            """
            [app]
            aws_access_key_id = ASIAY34FZKBOKMUTVV7A
            aws_secret_access_key = \(Canaries.secret)
            aws_session_token = \(Canaries.token)
            [app-backup]
            aws_access_key_id = \(Canaries.secret)
            aws_secret_access_key = \(site.backup.secret.reveal())
            """)
        makeOld(site.path("credentials"))
        try site.writeConfig(url: server.url)
        try await search(
            site, "app",
            environment: site.files.merging(["AWS_ENDPOINT_URL": server.url, "AWS_PROFILE": "app"])
            { $1 },
            isThorough: true)
        #expect(server.requests.contains { $0.header("x-amz-security-token") == Canaries.token })
    }

    // MARK: - The search

    /// Runs every subcommand that the program has, and the daemon, and searches all that they leave behind.
    private func search(
        _ site: Site, _ profile: String, environment: [String: String], isThorough: Bool
    ) async throws {
        try site.writeSearchedHook()
        let known = Canaries.all(of: site)
        let config = ["--config", site.path("credwatch.yaml")]
        func expectNone(_ text: String, _ what: String) {
            let leaks = Canaries.leaks(in: text, of: known)
            #expect(leaks == [], "\(what) tells \(leaks):\n\(text.prefix(20_000))")
        }
        func run(_ arguments: [String], environment: [String: String] = [:]) async throws {
            let outcome = try await Subprocess.run(
                binary("credwatch"), arguments,
                environment: plainEnvironment.merging(environment) { $1 }, timeLimit: .seconds(60))
            let what = "credwatch \(arguments.joined(separator: " "))"
            #expect(outcome.ending != .timedOut, "\(what)")
            expectNone(outcome.errorText, what)
            // The one command whose business it is.
            if arguments.first != "credentials" { expectNone(outcome.outputText, what) }
        }

        // The daemon: its log, the status file, the state file, what the hook gets, the control socket.
        let daemon = try site.startDaemon(environment: environment)
        let isRunning = await daemon.hasWritten("credwatch 0")
        while isRunning,
            (try? site.status())?.profiles.contains(where: { $0.state == .pending }) ?? true
        {
            try await Task.sleep(for: .milliseconds(20))
        }
        for command in try await subcommands() {
            for arguments in calls(of: command, profile, isThorough: isThorough) {
                try await run(arguments + config)
            }
        }
        // Without a config, as somebody at a terminal would.
        try await run(["check"], environment: environment)
        try await run(["explain"], environment: environment)
        daemon.send(signal: SIGHUP)
        daemon.send(signal: SIGTERM)
        let outcome = await daemon.outcome()
        expectNone(outcome.outputText + outcome.errorText, "the daemon's log")
        for name in ["status.json", "state/state.json", "hook.env", "hook.argv", "hook.in"] {
            expectNone(readText(site.path(name)), name)
        }
        if isRunning {
            #expect(readText(site.path("hook.env")).contains("CREDWATCH_EVENT"))
            #expect(readText(site.path("status.json")).contains(statusSchema))
            #expect(!readText(site.path("state/state.json")).isEmpty)
        }
    }

    /// How a subcommand is called; one that this test does not know is called with a profile.
    private func calls(of command: String, _ profile: String, isThorough: Bool) -> [[String]] {
        switch command {
        case "run": []
        case "status", "validate": isThorough ? [[command]] : []
        case "hook": isThorough ? [["hook", "test", "app"]] : []
        // The first one is answered with reasons, the second one runs the hook.
        case "failover":
            isThorough
                ? [["failover", "app"], ["failover", "app", "--force"]]
                : [["failover", "app", "--force"]]
        case "failback": isThorough ? [["failback", "app"], ["failback", "app", "--force"]] : []
        case "credentials": [[command, "--profile", profile]]
        case "explain":
            isThorough
                ? [
                    [command, profile], [command, profile, "--json"],
                    [command, profile, "--isolate"],
                ]
                : [[command, profile, "--isolate"]]
        default:
            isThorough
                ? [[command, profile], [command, profile, "--json"]] : [[command, profile]]
        }
    }

    /// The names under SUBCOMMANDS in the help, so that a new one is searched, too.
    private func subcommands() async throws -> [String] {
        let help = try await Subprocess.run(
            binary("credwatch"), ["--help"], environment: plainEnvironment)
        let lines = help.outputText.split(separator: "\n")
        let start = try #require(lines.firstIndex(of: "SUBCOMMANDS:"))
        let names = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.compactMap { line in
            line.hasPrefix("   ") ? nil : line.split(separator: " ").first.map(String.init)
        }
        try #require(names.contains("check") && names.contains("status"))
        return names.filter { $0 != "help" }
    }

    // MARK: - The journal

    @Test(.enabled(Comment(rawValue: TestJournald.needs)) { await TestJournald.isPossible() })
    func `nor does a real journal, in any field`() async throws {
        let site = try Site()
        let server = try ScriptedServer { request, _ in Echo.message.reply(to: request) }
        try site.write(
            "credentials", mode: 0o600,
            "[app-backup]\naws_access_key_id = ASIAY34FZKBOKMUTVV7A\n"
                + "aws_secret_access_key = \(Canaries.secret)\naws_session_token = \(Canaries.token)"
        )
        try site.writeProgram(
            "echo \(Canaries.secret) >&2; echo token=\(Canaries.token) >&2; exit 3")
        try site.writeConfig(url: server.url)
        let script = """
            status=0
            "$@" || status=$?
            journalctl --sync
            journalctl --quiet --output=export --all --no-pager SYSLOG_IDENTIFIER=credwatch
            exit $status
            """
        let command = MountNamespace.command(
            after: TestJournald.script,
            ["sh", "-c", script, "sh", "timeout", "--preserve-status", "6", binary("credwatch")]
                + ["run", "--config", site.path("credwatch.yaml"), "--log", "journal"])
        let outcome = try await Subprocess.run(
            command[0], Array(command[1...]), environment: plainEnvironment,
            timeLimit: .seconds(50))
        let text = outcome.outputText
        #expect(text.contains(EventKind.profileUnknown.messageID), "\(text)\(outcome.errorText)")
        #expect(text.contains("CREDWATCH_EVIDENCE="))
        #expect(Canaries.leaks(in: text, of: Canaries.all(of: site)) == [], "\(text)")
    }

    // MARK: - Memory

    @Test(.enabled(if: geteuid() == 0, "only root may become another user"))
    func `the daemon's memory goes into no core file, and no debugger gets at it`() async throws {
        let site = try Site()
        try site.writeConfig()
        for name in ["", "state"] { try #require(chown(site.path(name), 65_534, 65_534) == 0) }
        // By a descriptor, since not everybody may enter the directory of the build.
        let start = "exec 9<\"$0\"; exec setpriv --reuid=65534 --regid=65534 --clear-groups "
        let daemon = try Subprocess(
            "/bin/sh",
            [
                "-c", start + "/proc/self/fd/9 run --log stderr --config \"$1\"",
                binary("credwatch"), site.path("credwatch.yaml"),
            ],
            environment: plainEnvironment, timeLimit: .seconds(40))
        try #require(await daemon.hasWritten("credwatch 0"), "\(daemon.errorsSoFar)")
        let limits = readText("/proc/\(daemon.processID)/limits")
        let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core") })
        #expect(core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
        // The kernel gives root the files of a process that may not be dumped.
        #expect(owner(of: daemon.processID) == 0)
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()

        // The premise: another program of the same user has files of its own.
        let other = try Subprocess(
            "/bin/sh",
            ["-c", start + "sh -c 'echo up; exec sleep 30'", binary("credwatch")],
            environment: plainEnvironment, timeLimit: .seconds(40))
        try #require(await other.hasWritten("up"))
        #expect(owner(of: other.processID) == 65_534)
        other.send(signal: SIGKILL)
        _ = await other.outcome()
    }

    private func owner(of process: Int32) -> UInt32? {
        var information = stat()
        return stat("/proc/\(process)/environ", &information) == 0 ? information.st_uid : nil
    }
}

/// What must be found nowhere.
enum Canaries {
    static let secret = "cAnArY7/Qz+Lk3Vd9Rx2WtB5nHsJ8uEg4iMoTfPy"
    static let token =
        "IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMSJIMEYCIQDcanaryTOKEN7"
        + "kQ9zXw3Vb5Nm1Lk2Jh4Gf6Ds8Aq0Po+Iu9Yt7Re5Wc3Xe1Zr/Tb2Yn4Mu6Ki8Lo0Pj"
        + "h5Gg7Ff9Dd1Ss3Aa5Qq7Ww9Ee2Rr4Tt6Yy8Uu0Ii1Oo3Pp5Ll7Kk9Jj2Hh4Gg6Ff8=="

    /// The canaries, and the secrets of the site's own keys.
    static func all(of site: Site) -> [String] {
        [secret, token, site.primary.secret.reveal(), site.backup.secret.reveal()]
    }

    /// Names the forms in which a text holds a part of a secret: twelve characters of it and more.
    static func leaks(in text: String, of secrets: [String] = [secret, token]) -> [String] {
        let bytes = Array(text.utf8)
        // Every place of twelve bytes that are of a text without blanks, looked up at once.
        var windows: Set<[UInt8]> = []
        var start = 0
        while start + width <= bytes.count {
            windows.insert(Array(bytes[start..<(start + width)]))
            start += 1
        }
        return secrets.flatMap { secret in
            forms(of: secret).compactMap { name, form in
                let form = Array(form.utf8)
                let isFound = (0...(form.count - width)).contains {
                    windows.contains(Array(form[$0..<($0 + width)]))
                }
                return isFound ? "\(secret.prefix(6))… as \(name)" : nil
            }
        }
    }

    private static let width = 12

    private static func forms(of secret: String) -> [(String, String)] {
        let bytes = Array(secret.utf8)
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let percent = secret.reduce(into: "") { text, character in
            switch character {
            case "/": text += "%2F"
            case "+": text += "%2B"
            case "=": text += "%3D"
            default: text.append(character)
            }
        }
        return [
            ("it is", secret), ("base64", Data(bytes).base64EncodedString()),
            ("hex", hex), ("hex in capitals", hex.uppercased()), ("percent-encoding", percent),
            ("JSON", secret.replacing("/", with: "\\/")),
        ]
    }
}

/// How a server repeats what it was sent, or has got hold of otherwise.
enum Echo: String, CaseIterable {
    case message, canonicalRequest, code, requestID, page, redirect, json, jsonType, plain, cutOff
    case date, proxy, identity, forms, nested

    func reply(to request: ReceivedRequest) -> ScriptedServer.Reply {
        let sent = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let (secret, token) = (Canaries.secret, Canaries.token)
        switch self {
        case .message:
            return error(
                "InvalidClientTokenId", "The security token \(token) is invalid; secret \(secret).")
        case .canonicalRequest:
            return error(
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match. The Canonical String for this request should have been 'POST\n/\n\n\(sent)', the secret key \(secret)."
            )
        case .code: return error(token, "m")
        case .requestID:
            return error("InvalidClientTokenId", "The token is invalid", id: token)
        case .page:
            return .http(
                403, "<html><title>\(token)</title><body>\(sent)\n\(secret)</body></html>",
                headers: ["Content-Type: text/html"])
        case .redirect:
            return .http(
                302, headers: ["Location: https://login.example/\(token)?secret=\(secret)"])
        case .json:
            return .http(
                400,
                "{\"__type\": \"x#ExpiredTokenException\", \"message\": \"\(token) \(secret)\"}")
        case .jsonType:
            return .http(400, "{\"__type\": \"\(token)\", \"message\": \"m\"}")
        case .plain: return .http(500, "Internal Server Error\n\(sent)\n\(secret)")
        case .cutOff:
            return .cutOff("<ErrorResponse><Error><Code>\(token)</Code><Message>\(secret)")
        case .date:
            return .http(403, "<x/>", headers: ["Date: \(secret)", "x-amzn-RequestId: \(token)"])
        case .proxy:
            return .http(407, sent, headers: ["Proxy-Authenticate: Basic realm=\"\(token)\""])
        case .identity:
            return .http(
                200,
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>\(token)</Arn><UserId>\(secret)</UserId><Account>\(token)</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
                headers: ["x-amzn-RequestId: 1"])
        case .forms:
            let bytes = Data(Array(secret.utf8))
            return error(
                "InvalidClientTokenId",
                "base64 \(bytes.base64EncodedString()) url \(token.replacing("/", with: "%2F"))")
        case .nested:
            return .http(
                403,
                "<!DOCTYPE x [<!ENTITY a \"\(secret)\"><!ENTITY b \"&a;&a;\">]><ErrorResponse><Error><Code>AccessDenied</Code><Message>&b; \(token)</Message></Error></ErrorResponse>"
            )
        }
    }

    private func error(_ code: String, _ message: String, id: String = "4f5bc0f6-8a5a")
        -> ScriptedServer.Reply
    {
        .http(
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>\(id)</RequestId></ErrorResponse>",
            headers: ["x-amzn-RequestId: \(id)", "Content-Type: text/xml"])
    }
}

/// A place where somebody has put a secret, right or wrong.
struct SecretCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// SECRET and TOKEN stand for the canaries, HALF1 and HALF2 for the parts of the secret, FOLDER for the site's.
    var credentials = ""
    var config = ""
    /// The body of a program that [profile app] names.
    var program: String?
    /// What the environment file of the profile has.
    var environmentFile: String?
    var variables: [String: String] = [:]
    /// More lines of the profile in credwatch.yaml.
    var settings = ""

    init(
        _ name: String, credentials: String = "", config: String = "", program: String? = nil,
        environmentFile: String? = nil, variables: [String: String] = [:], settings: String = ""
    ) {
        testDescription = name
        self.credentials = credentials
        self.config = config
        self.program = program
        self.environmentFile = environmentFile
        self.variables = variables
        self.settings = settings
    }

    func environment(at site: Site) -> [String: String] {
        var all = site.files
        all["AWS_PROFILE"] = variables["AWS_ACCESS_KEY_ID"] == nil ? "app" : nil
        return all.merging(variables.mapValues { filled($0, site) }) { $1 }
    }

    func prepare(_ site: Site) throws {
        let backup = """

            [app-backup]
            aws_access_key_id = \(site.backup.id)
            aws_secret_access_key = \(site.backup.secret.reveal())
            """
        try site.write("credentials", mode: 0o600, filled(credentials, site) + backup)
        try site.write("config", mode: 0o600, filled(config, site))
        if let program { try site.writeProgram(filled(program, site)) }
        if let environmentFile {
            try site.write("app.env", mode: 0o600, filled(environmentFile, site))
        }
        try site.writeConfig()
        guard !settings.isEmpty else { return }
        let text = readText(site.path("credwatch.yaml"))
            .replacing("  - name: app\n", with: "  - {name: app, \(filled(settings, site))}\n")
        try site.write("credwatch.yaml", mode: 0o644, text)
    }

    private func filled(_ text: String, _ site: Site) -> String {
        text.replacing("SECRET", with: Canaries.secret)
            .replacing("TOKEN", with: Canaries.token)
            .replacing("HALF1", with: Canaries.secret.prefix(20))
            .replacing("HALF2", with: Canaries.secret.suffix(20))
            .replacing("FOLDER", with: site.folder)
            .replacing("GOODID", with: site.primary.id)
            .replacing("GOODKEY", with: site.primary.secret.reveal())
    }

    private static func file(_ name: String, _ credentials: String) -> SecretCase {
        SecretCase("credentials: \(name)", credentials: credentials)
    }

    private static let id = "aws_access_key_id = AKIAQNCLJGYSAZAAN74C\n"

    static let all: [SecretCase] = files + properties + programs + environments + settingsOfOurs

    private static let files = [
        file("good", "[app]\naws_access_key_id = GOODID\naws_secret_access_key = GOODKEY"),
        file("wrong secret", "[app]\n\(id)aws_secret_access_key = SECRET"),
        file(
            "with a token", "[app]\n\(id)aws_secret_access_key = SECRET\naws_session_token = TOKEN"),
        file("no equals sign", "[app]\n\(id)aws_secret_access_key SECRET"),
        file("a colon", "[app]\n\(id)aws_secret_access_key: SECRET"),
        file("alone on its line", "[app]\n\(id)SECRET\nTOKEN"),
        file("before every section", "SECRET = x\naws_secret_access_key = SECRET\n[app]\n\(id)"),
        file("as a section", "[SECRET]\n\(id)[profile SECRET]\n[TOKEN]\n[app]\n"),
        file(
            "in a header that is not closed", "[app\n[SECRET\n\(id)aws_secret_access_key = SECRET"),
        file("glued to its header", "[app] aws_secret_access_key = SECRET\n\(id)"),
        file("glued to the next header", "[app]\n\(id)aws_secret_access_key = SECRET[next]\nx = y"),
        file("as a property", "[app]\n\(id)SECRET = aws_secret_access_key\nTOKEN = x"),
        file(
            "swapped",
            "[app]\naws_access_key_id = SECRET\naws_secret_access_key = AKIAQNCLJGYSAZAAN74C"),
        file(
            "glued to the id",
            "[app]\naws_access_key_id = AKIAQNCLJGYSAZAAN74CSECRET\naws_secret_access_key = SECRET"),
        file(
            "id and secret by a colon",
            "[app]\naws_access_key_id = AKIAQNCLJGYSAZAAN74C:SECRET\naws_secret_access_key = SECRET"
        ),
        file(
            "quoted", "[app]\n\(id)aws_secret_access_key = \"SECRET\"\naws_session_token = 'TOKEN'"),
        file("smart quotes", "[app]\n\(id)aws_secret_access_key = “SECRET”"),
        file(
            "invisible characters", "[app]\n\(id)aws_secret_access_key = HALF1\u{200B}HALF2\u{A0}"),
        file("broken over two lines", "[app]\n\(id)aws_secret_access_key = HALF1\n  HALF2"),
        file(
            "broken over two lines at the edge", "[app]\n\(id)aws_secret_access_key = HALF1\nHALF2"),
        file("export", "[app]\nexport AWS_SECRET_ACCESS_KEY=SECRET\n\(id)"),
        file("in a comment", "[app]\n# SECRET TOKEN\n\(id)aws_secret_access_key = SECRET ; SECRET"),
        file(
            "in a misspelt property",
            "[app]\n\(id)aws_secret_acces_key = SECRET\naws_sesion_token = TOKEN"),
        file(
            "the secret as the token",
            "[app]\n\(id)aws_secret_access_key = TOKEN\naws_session_token = SECRET"),
        file(
            "twice",
            "[app]\n\(id)aws_secret_access_key = SECRET\naws_secret_access_key = TOKEN\n[app]\n\(id)"
        ),
        file("with carriage returns", "[app]\r\n\(id)aws_secret_access_key = SECRET\r\n"),
        file("with a NUL", "[app]\n\(id)aws_secret_access_key = SEC\u{0}SECRET"),
        file(
            "JSON",
            "{\"AccessKeyId\": \"AKIAQNCLJGYSAZAAN74C\", \"SecretAccessKey\": \"SECRET\", \"SessionToken\": \"TOKEN\"}"
        ),
        file("the console's CSV", "Access key ID,Secret access key\nAKIAQNCLJGYSAZAAN74C,SECRET"),
    ]

    /// Settings in whose place a secret stands.
    private static let properties = [
        "region", "endpoint_url", "role_arn", "source_profile", "credential_source", "mfa_serial",
        "sso_session", "sso_start_url", "sso_account_id", "sso_role_name", "sso_region", "services",
        "web_identity_token_file", "duration_seconds", "role_session_name", "external_id",
        "sts_regional_endpoints", "use_fips_endpoint", "aws_account_id", "login_session", "s3",
    ].map { name in
        // A role without a source says nothing, so most of them come with what they need.
        let more =
            switch name {
            case "source_profile", "credential_source", "mfa_serial", "duration_seconds",
                "role_session_name", "external_id":
                "role_arn = arn:aws:iam::123456789012:role/x\n"
                    + (name == "source_profile" || name == "credential_source"
                        ? "" : "source_profile = app-backup\n")
            case "web_identity_token_file": "role_arn = arn:aws:iam::123456789012:role/x\n"
            case "role_arn": "source_profile = app-backup\n"
            case "sso_start_url", "sso_account_id", "sso_role_name", "sso_region":
                [
                    "sso_start_url = https://d-1.awsapps.com/start",
                    "sso_account_id = 123456789012",
                    "sso_role_name = r", "sso_region = eu-west-1",
                ]
                .filter { !$0.hasPrefix(name) }.joined(separator: "\n") + "\n"
            case "sso_session": "sso_account_id = 123456789012\nsso_role_name = r\n"
            case "login_session": ""
            default: id + "aws_secret_access_key = SECRET\n"
            }
        return SecretCase(
            "config: \(name)", config: "[profile app]\n\(more)\(name) = SECRET\n")
    }

    private static let programs = [
        SecretCase(
            "program: on standard error",
            program: "echo SECRET >&2; echo 'token: TOKEN' >&2; exit 1"),
        SecretCase(
            "program: traced", program: "set -x; KEY=SECRET; : \"$KEY\" --token=TOKEN; exit 2"),
        SecretCase("program: no JSON", program: "echo SECRET TOKEN"),
        SecretCase(
            "program: another version",
            program: "echo '{\"Version\": \"SECRET\", \"SecretAccessKey\": \"SECRET\"}'"),
        SecretCase(
            "program: wrong names",
            program: "echo '{\"Version\": 1, \"SECRET\": \"TOKEN\", \"SecretKey\": \"SECRET\"}'"),
        SecretCase(
            "program: an end that is none",
            program:
                "echo '{\"Version\": 1, \"AccessKeyId\": \"AKIAQNCLJGYSAZAAN74C\", \"SecretAccessKey\": \"SECRET\", \"Expiration\": \"TOKEN\"}'"
        ),
        SecretCase(
            "program: cut off", program: "printf '{\"Version\": 1, \"SecretAccessKey\": \"SECRET'"),
        SecretCase(
            "program: swapped",
            program:
                "echo '{\"Version\": 1, \"AccessKeyId\": \"SECRET\", \"SecretAccessKey\": \"AKIAQNCLJGYSAZAAN74C\"}'"
        ),
        SecretCase(
            "program: in its arguments",
            config:
                "[profile app]\ncredential_process = /bin/sh -c \"echo $0 >&2; exit 1\" SECRET --token TOKEN\n"
        ),
        SecretCase(
            "program: that does not exist",
            config: "[profile app]\ncredential_process = /SECRET --x TOKEN\n"),
        SecretCase(
            "program: an open quote", config: "[profile app]\ncredential_process = x \"SECRET\n"),
    ]

    private static let environments = [
        SecretCase(
            "variables: wrong secret",
            variables: [
                "AWS_ACCESS_KEY_ID": "AKIAQNCLJGYSAZAAN74C", "AWS_SECRET_ACCESS_KEY": "SECRET",
            ]),
        SecretCase(
            "variables: swapped",
            variables: [
                "AWS_ACCESS_KEY_ID": "SECRET", "AWS_SECRET_ACCESS_KEY": "AKIAQNCLJGYSAZAAN74C",
                "AWS_SESSION_TOKEN": "SECRET",
            ]),
        SecretCase(
            "variables: half a key",
            variables: ["AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "TOKEN"]),
        SecretCase("variables: as a profile", variables: ["AWS_PROFILE": "SECRET"]),
        SecretCase(
            "variables: everywhere else",
            variables: [
                "AWS_REGION": "SECRET", "AWS_ROLE_ARN": "SECRET",
                "AWS_WEB_IDENTITY_TOKEN_FILE": "/TOKEN",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://SECRET/",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "TOKEN",
            ]),
        SecretCase(
            "variables: older names",
            variables: [
                "AWS_ACCESS_KEY": "AKIAQNCLJGYSAZAAN74C", "AWS_SECRET_KEY": "SECRET",
                "AWS_SECURITY_TOKEN": "TOKEN",
            ]),
        SecretCase(
            "environment file: as meant",
            environmentFile:
                "AWS_ACCESS_KEY_ID=AKIAQNCLJGYSAZAAN74C\nAWS_SECRET_ACCESS_KEY=SECRET\nAWS_SESSION_TOKEN=\"TOKEN\"",
            settings: "environment_file: FOLDER/app.env"),
        SecretCase(
            "environment file: wrong places",
            environmentFile:
                "SECRET\nexport AWS_SECRET_ACCESS_KEY=SECRET\nSECRET=x\n= TOKEN\n[TOKEN]\nAWS_PROFILE=SECRET\nAWS_ACCESS_KEY_ID=\"SECRET\n",
            settings: "environment_file: FOLDER/app.env"),
        SecretCase(
            "environment file: swapped",
            environmentFile:
                "AWS_ACCESS_KEY_ID=SECRET\nAWS_SECRET_ACCESS_KEY='TOKEN\nAWS_REGION=SECRET",
            settings: "environment_file: FOLDER/app.env"),
        SecretCase(
            "web identity: a token that is refused",
            config:
                "[profile app]\nrole_arn = arn:aws:iam::123456789012:role/x\nweb_identity_token_file = FOLDER/app.env\n",
            environmentFile: "eyJhbGciOiJSUzI1NiJ9.SECRET.TOKEN"),
    ]

    private static let settingsOfOurs = [
        SecretCase("credwatch.yaml: a property of AWS", settings: "aws_secret_access_key: SECRET"),
        SecretCase("credwatch.yaml: region", settings: "region: \"SECRET\""),
        SecretCase("credwatch.yaml: a key", settings: "SECRET: TOKEN"),
        SecretCase("credwatch.yaml: profile", settings: "profile: \"SECRET\""),
        SecretCase(
            "credwatch.yaml: expect", settings: "expect: {account: \"SECRET\", arn: \"TOKEN\"}"),
        SecretCase("credwatch.yaml: interval", settings: "interval: SECRET"),
    ]
}

extension Site {
    /// Writes a hook that keeps all that it gets.
    func writeSearchedHook() throws {
        try write(
            "hook", mode: 0o755,
            """
            #!/bin/sh
            env >\(path("hook.env"))
            echo "$0" "$@" >\(path("hook.argv"))
            cat >\(path("hook.in"))
            """)
    }

    /// Writes a program, and the profile `app` of the config that names it.
    func writeProgram(_ body: String) throws {
        try write("program", mode: 0o755, "#!/bin/sh\n\(body)")
        try write(
            "config", mode: 0o600, "[profile app]\ncredential_process = \(path("program"))")
    }
}
