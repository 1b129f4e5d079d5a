import Glibc
import Model
import Sandbox
import Support
import Testing

/// Applications that get their credentials from the daemon as it is built, with the AWS's own clients.
@Suite(.timeLimit(.minutes(2)))
struct ServingSystemTests {
    private static let token = "0123456789abcdef0123456789abcdef"

    static var hasBoto: Bool {
        get async {
            let outcome = try? await Subprocess.run("python3", ["-c", "import boto3"])
            return outcome?.ending == .exited(0)
        }
    }

    static var hasCLI: Bool {
        get async {
            let outcome = try? await Subprocess.run("sh", ["-c", "command -v aws"])
            return outcome?.ending == .exited(0)
        }
    }

    /// A site whose group is served, with the port that it is served at.
    private func makeSite(duration: String = "15m") async throws
        -> (site: Site, port: String)
    {
        let site = try Site()
        let port =
            try await Subprocess.run(
                "python3",
                [
                    "-c",
                    "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])",
                ]
            ).outputText.split(separator: "\n").map(String.init).first ?? ""
        try writeText(site.path("token"), mode: 0o600, Self.token)
        try site.writeConfig(
            failover:
                "fall: 2, minimum_span: 1s, rise: 2, serve: {listen: \"127.0.0.1:\(port)\", token_file: \(site.path("token")), duration: \(duration)}"
        )
        return (site, port)
    }

    private func container(_ site: Site, _ port: String) -> [String: String] {
        [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(port)/groups/app",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": site.path("token"),
        ]
    }

    /// The variables and the file of a client that has the command as its `credential_process`.
    private func process(_ site: Site) throws -> [String: String] {
        try site.write(
            "client.config", mode: 0o600,
            """
            [profile app]
            credential_process = \(binary("credwatch")) credentials --group app --socket \(site.path("credentials.sock"))
            """)
        return ["AWS_CONFIG_FILE": site.path("client.config"), "AWS_PROFILE": "app"]
    }

    /// A boto3 client that makes a signed call every 50 ms until it has made some with the last key, and prints
    /// a line for each: the key and `ok`, or the error.
    private static let loop = """
        import boto3, os, sys, time
        session = boto3.Session()
        sts = session.client('sts', endpoint_url=sys.argv[1], region_name='us-east-1',
            config=__import__('botocore').config.Config(retries={'total_max_attempts': 1}))
        rest = 10
        end = time.time() + 50
        while rest > 0 and time.time() < end:
            key = ''
            try:
                sts.get_caller_identity()
                key = session.get_credentials().get_frozen_credentials().access_key
                print(key, 'ok', flush=True)
                if key == sys.argv[2]: rest -= 1
            except Exception as error:
                print('error', type(error).__name__, str(error).replace(chr(10), ' '), flush=True)
            time.sleep(0.05)
        """

    private func client(_ environment: [String: String], _ site: Site) throws -> Subprocess {
        try Subprocess(
            "python3", ["-c", Self.loop, site.sandbox.url, site.backup.id],
            environment: Subprocess.inheritedEnvironment.merging(plainEnvironment) { $1 }
                .merging(environment) { $1 },
            timeLimit: .seconds(60))
    }

    @Test(
        .enabled("boto3 is not installed") { await hasBoto }, arguments: [true, false])
    func `a client goes on with the backup when the primary's key is deleted under it`(
        _ isContainer: Bool
    ) async throws {
        // The hook never ends by itself, which the clients do not wait for.
        let (site, port) = try await makeSite()
        try site.write("hook.d", mode: 0o644, "exec sleep 60")
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        let client = try client(
            isContainer ? container(site, port) : process(site), site)
        #expect(await client.hasWritten("\(site.primary.id) ok"))
        try site.sandbox.delete(site.primary)
        let outcome = await client.outcome()
        let lines = outcome.outputText.split(separator: "\n")
        #expect(lines.last == "\(site.backup.id) ok", "\(outcome.outputText)\(outcome.errorText)")
        // First the primary's calls, then those that fail, then the backup's, and none of them in between.
        let kinds = lines.map { line in
            line.hasPrefix(site.primary.id) ? 0 : line.hasPrefix("error") ? 1 : 2
        }
        #expect(kinds == kinds.sorted(), "\(outcome.outputText)")
        #expect(kinds.first == 0 && kinds.count { $0 == 2 } == 10)
        // What the client saw was AWS's refusal of the key that it had, never an empty credential.
        for line in lines where line.hasPrefix("error") {
            #expect(line.contains("InvalidClientTokenId"), "\(line)")
        }
        // The move was served before the hook had ended.
        #expect(!daemon.errorsSoFar.contains("app now uses app-backup"))
        daemon.send(signal: SIGTERM)
        let last = await daemon.outcome()
        for text in [
            last.errorText, last.outputText, readText(site.path("status.json")),
            readText(site.path("state/state.json")), outcome.errorText,
        ] {
            #expect(Canaries.leaks(in: text, of: [Self.token] + Canaries.all(of: site)) == [])
        }
    }

    @Test(.enabled("the AWS CLI is not installed") { await hasCLI }, arguments: [true, false])
    func `the AWS CLI takes both ways`(_ isContainer: Bool) async throws {
        let (site, port) = try await makeSite()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        let environment = isContainer ? container(site, port) : try process(site)
        let outcome = try await Subprocess.run(
            "aws",
            [
                "sts", "get-caller-identity", "--endpoint-url", site.sandbox.url, "--region",
                "us-east-1", "--query", "Arn", "--output", "text",
            ],
            environment: Subprocess.inheritedEnvironment.merging(plainEnvironment) { $1 }
                .merging(environment) { $1 },
            timeLimit: .seconds(40))
        #expect(outcome.outputText.hasSuffix(":user/app\n"), "\(outcome.errorText)")
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    @Test func `the command prints what the daemon has proven, and when to ask again`() async throws
    {
        let (site, _) = try await makeSite(duration: "20m")
        let daemon = try site.startDaemon()
        // The first request is the reason for the first check: nobody has to wait for the schedule.
        #expect(await daemon.hasWritten("credwatch 0"))
        let before = WallTime(seconds: Int64(time(nil)))
        let outcome = try await ask(site)
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let json = try #require(JSONValue(parsing: outcome.standardOutput))
        #expect(json["AccessKeyId"]?.text == site.primary.id)
        #expect(json["SecretAccessKey"]?.text == site.primary.secret.reveal())
        #expect(json["SessionToken"] == nil)
        let end = try #require(
            json["Expiration"]?.text.flatMap { WallTime(parsing: $0) })
        #expect(end - before >= .seconds(1_199) && end - before < .seconds(1_240))

        // A file that changes is not served before it is proven.
        try site.writeCredentials(primarySecret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        #expect(await daemon.hasWritten("app is failing"))
        let refused = try await ask(site)
        #expect(refused.ending == .exited(1) || refused.outputText.contains(site.backup.id))
        if refused.ending == .exited(1) {
            #expect(refused.outputText.isEmpty)
            #expect(refused.errorText.contains("CredentialsRefused"))
        }
        let unknown = try await ask(site, group: "none")
        #expect(unknown.ending == .exited(1) && unknown.outputText.isEmpty)
        #expect(unknown.errorText.contains("AccessDenied"))
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    @Test func `without a daemon it is the profile that was used last`() async throws {
        let (site, _) = try await makeSite()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
        let outcome = try await site.run(
            "credentials", "--group", "app", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let json = try #require(JSONValue(parsing: outcome.standardOutput))
        #expect(json["AccessKeyId"]?.text == site.backup.id)
        #expect(json["Expiration"]?.text != nil)
    }

    @Test func `a profile that asks for its own group is noticed`() async throws {
        let site = try Site()
        let command =
            "\(binary("credwatch")) credentials --group app --config \(site.path("credwatch.yaml"))"
        try site.write("credentials", mode: 0o600, "")
        try site.write(
            "config", mode: 0o600,
            "[profile app]\ncredential_process = \(command)\n[profile app-backup]\nregion = eu-west-1"
        )
        try site.writeConfig(failover: "serve: {users: []}")
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("credwatch 0"))
        while (try? site.status().profiles.contains { $0.state == .pending }) ?? true {
            try await Task.sleep(for: .milliseconds(20))
        }
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
        let outcome = try await site.run(
            "credentials", "--group", "app", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending != .exited(0) && outcome.outputText.isEmpty)
        #expect(outcome.errorText.contains("app"), "\(outcome.errorText)")
    }

    @Test func `a reload starts, moves and stops the endpoint`() async throws {
        let (site, port) = try await makeSite()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(try await fetch(site, port) == "200")
        try site.writeConfig()
        let reload = try await site.run("reload", "--config", site.path("credwatch.yaml"))
        #expect(reload.ending == .exited(0), "\(reload.errorText)")
        for _ in 0..<100 where try await fetch(site, port) != "none" {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await fetch(site, port) == "none")
        #expect(try await ask(site).ending == .exited(1))
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    /// Asks the endpoint again and again until it hands out a key, and prints a line for each answer: the key, or
    /// how long the refusal took.
    private static let poll = """
        import json, sys, time, urllib.request
        request = urllib.request.Request(sys.argv[1], headers={"Authorization": sys.argv[2]})
        key, end = '', time.time() + 50
        while key != sys.argv[3] and time.time() < end:
            begin = time.time()
            try: key = json.load(urllib.request.urlopen(request, timeout=5))['AccessKeyId']
            except urllib.error.HTTPError as error: key = f'refused {time.time() - begin:.2f}'
            print(key, flush=True)
            time.sleep(0.02)
        """

    @Test func `who asks while a failure is confirmed waits for the backup`() async throws {
        let (site, port) = try await makeSite()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        let client = try Subprocess(
            "python3",
            [
                "-c", Self.poll, "http://127.0.0.1:\(port)/groups/app", Self.token, site.backup.id,
            ],
            environment: Subprocess.inheritedEnvironment, timeLimit: .seconds(60))
        #expect(await client.hasWritten(site.primary.id))
        try site.sandbox.delete(site.primary)
        let lines = await client.outcome().outputText.split(separator: "\n")
        #expect(lines.last.map(String.init) == site.backup.id, "\(lines)")
        for line in lines where line.hasPrefix("refused") {
            #expect(Double(line.dropFirst(8)).map { $0 > 1.4 } == true, "\(line)")
        }
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    @Test func `while nothing answers at AWS, the good one is kept`() async throws {
        let (site, port) = try await makeSite()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        site.sandbox.stop()
        #expect(await daemon.hasWritten("app is unknown"))
        #expect(try await fetch(site, port) == "200")
        #expect(try await ask(site).outputText.contains(site.primary.id))
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    @Test func `an answer of the daemon takes little more than a start of the program`()
        async throws
    {
        let (site, _) = try await makeSite()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        func best(_ arguments: [String]) async throws -> Duration {
            var times: [Duration] = []
            for _ in 0..<15 {
                let start = ContinuousClock.now
                let outcome = try await site.run(list: arguments)
                times.append(ContinuousClock.now - start)
                #expect(outcome.ending == .exited(0))
            }
            return times.min() ?? .zero
        }
        let plain = try await best(["--version"])
        let asking = try await best(
            ["credentials", "--group", "app", "--socket", site.path("credentials.sock")])
        // 20 ms is the aim for a release build on a quiet machine; this finds what waits or reads too much.
        #expect(asking < plain * 3 + .milliseconds(20), "\(plain) \(asking)")
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    private func ask(_ site: Site, group: String = "app") async throws -> Subprocess.Outcome {
        try await site.run(
            "credentials", "--group", group, "--socket", site.path("credentials.sock"))
    }

    /// The status of the endpoint's answer; `none` when nobody listens.
    private func fetch(_ site: Site, _ port: String) async throws -> String {
        let outcome = try await Subprocess.run(
            "python3",
            [
                "-c",
                """
                import sys, urllib.request
                request = urllib.request.Request(sys.argv[1], headers={"Authorization": sys.argv[2]})
                try: print(urllib.request.urlopen(request, timeout=5).status)
                except urllib.error.HTTPError as error: print(error.code)
                except urllib.error.URLError: print("none")
                """, "http://127.0.0.1:\(port)/groups/app", Self.token,
            ])
        return outcome.outputText.split(separator: "\n").first.map(String.init) ?? ""
    }
}
