import Glibc
import Model
import Processes
import Testing

@testable import Obtaining

private let place = Provenance.file(SourceLocation(file: "/home/app/.aws/config", line: 2))
private let good = #"{"Version":1,"AccessKeyId":"ASIAX","SecretAccessKey":"s","SessionToken":"t"}"#

@Suite struct ProcessSourceTests {
    private let source = ProcessSource(processes: ProcessRunner())

    private func step(
        _ command: String, owner: UInt32 = geteuid(), mode: UInt32 = 0o600,
        environment: [String: String] = ["PATH": "/usr/bin:/bin"], user: UInt32? = nil
    ) -> CredentialProcess {
        CredentialProcess(
            command: Sourced(Secret(command), from: place),
            file: FileOwnership(user: owner, group: owner, mode: mode),
            environment: AWSEnvironment(variables: environment, user: user))
    }

    private func run(
        _ step: CredentialProcess, within limit: Duration = .seconds(30)
    ) async throws(ObtainProblem) -> Credentials {
        try await source.credentials(for: step, within: limit).credentials
    }

    private func problem(
        _ step: CredentialProcess, within limit: Duration = .seconds(30)
    ) async -> ObtainProblem? {
        do throws(ObtainProblem) {
            _ = try await run(step, within: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test func whatItPrintsAreTheCredentials() async throws {
        let found = try await run(step("echo '\(good)'"))
        #expect(found.accessKeyID == Sourced("ASIAX", from: place))
        #expect(found.secretAccessKey.value == Secret("s"))
        #expect(found.sessionToken?.value == Secret("t"))
        #expect(found.expiresAt == nil)
    }

    @Test func aShellReadsTheCommandInTheApplicationsEnvironment() async throws {
        let command = #"printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s"}' "$A B" $#"#
        let variables = ["PATH": "/usr/bin:/bin", "A": "one  two"]
        let found = try await run(step(command, environment: variables))
        #expect(found.accessKeyID.value == "one  two B")
        #expect(found.secretAccessKey.value == Secret("0"))
    }

    @Test(arguments: [
        ("exit 3", "exit ended with exit code 3"),
        ("kill -9 $$", "kill was killed by signal 9"),
        ("/opt/x/get-creds --pin 4711", "get-creds ended with exit code 127, saying: "),
        ("head -c 65537 /dev/zero", "head printed more than 64 KiB"),
        ("yes", "yes printed more than 64 KiB"),
        ("'my tool' --secret", "the program ended with exit code 127, saying: "),
        ("TOKEN=abc123 false", "the program ended with exit code 1"),
    ])
    func aFailureSaysWhatHappened(command: String, clause: String) async throws {
        let problem = try #require(await problem(step(command)))
        guard case .processFailed(let found) = problem.reason else {
            Issue.record("\(problem.reason)")
            return
        }
        #expect(clause.hasSuffix(": ") ? found.hasPrefix(clause) : found == clause)
        #expect(problem.source == .credentialProcess)
        #expect(problem.place == place)
    }

    @Test func itHasItsTimeAndNoMore() async throws {
        let problem = try #require(
            await problem(step("sleep 600; echo"), within: .milliseconds(300)))
        #expect(problem.reason == .processFailed("sleep did not end within 300ms"))
    }

    @Test func itsStandardErrorIsQuotedWithoutSecrets() async throws {
        let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        let folder = try TestFolder()
        try folder.write(
            "get-creds",
            """
            echo first >&2
            echo "user $2 has ${VAULT_TOKEN}, not $1" >&2
            echo >&2
            echo "key \(key)" >&2
            printf 'Error\\tMessage\\033[0m\\377' >&2
            exit 1
            """)
        let problem = try #require(
            await problem(
                step(
                    "sh \(folder["get-creds"]) --pin=4711 'hunter2'",
                    environment: ["PATH": "/usr/bin:/bin", "VAULT_TOKEN": "hvs.CAESIJ"])))
        let lines = [
            "first", "user <redacted> has <redacted>, not --pin=<redacted>", "key <redacted>",
            #"Error Message\u{1B}[0m\u{FFFD}"#,
        ]
        #expect(problem.evidence.count == lines.count)
        for (found, line) in zip(problem.evidence, lines) {
            let line = line.replacing(#"\u{FFFD}"#, with: "\u{FFFD}")
            #expect(found == .note("sh wrote to its standard error: \(line)"))
        }
        guard case .processFailed(let clause) = problem.reason else {
            Issue.record("\(problem.reason)")
            return
        }
        #expect(clause.hasPrefix("sh ended with exit code 1, saying: Error Message"))
    }

    @Test func theEndOfItsStandardErrorIsKept() async throws {
        let script = #"for i in 1 2 3 4 5 6 7; do echo "line $i" >&2; done; exit 1"#
        let problem = try #require(await problem(step(script)))
        #expect(problem.evidence.count == 5)
        #expect(
            problem.reason == .processFailed("for ended with exit code 1, saying: <redacted> 7"))
    }

    @Test func manyRunAtOnce() async {
        let count = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    (try? await run(step("echo '\(good)' # \(number)"))) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 40)
    }

    // MARK: Whom it runs as

    @Test(
        arguments: [
            (0o602, "everybody may write the file that names the program"),
            (0o620, "the group \(geteuid()) may write the file that names the program"),
            (0o666, "everybody may write the file that names the program"),
        ] as [(UInt32, String)])
    func aFileThatOthersMayWriteNamesNoProgram(mode: UInt32, clause: String) async throws {
        let problem = try #require(await problem(step("echo '\(good)'", mode: mode)))
        #expect(problem.reason == .untrusted(clause))
    }

    /// Who owns the file, whose environment it is, who we are; and who it runs as, or why not.
    @Test(
        arguments: [
            (0, nil, 0, nil, nil),
            (65_534, nil, 0, 65_534, nil),
            (0, 65_534, 0, 65_534, nil),
            (65_534, 65_534, 0, 65_534, nil),
            (65_534, 0, 0, nil, "but it would run as root (uid 0)"),
            (
                54_321, 65_534, 0, nil,
                "belongs to uid 54321, but it would run as nobody (uid 65534)"
            ),
            (65_534, nil, 65_534, nil, nil),
            (0, nil, 65_534, nil, nil),
            (54_321, nil, 65_534, nil, "belongs to uid 54321, but it would run as nobody"),
            (54_321, 54_321, 65_534, nil, "has to run as uid 54321, and credwatch, which runs as"),
            (0, 0, 65_534, nil, "has to run as root (uid 0), and credwatch"),
            (54_321, nil, 0, nil, "uid 54321, whom the user database does not know"),
        ] as [(UInt32, UInt32?, UInt32, UInt32?, String?)])
    func itRunsAsTheUserOrNotAtAll(
        owner: UInt32, user: UInt32?, me: UInt32, runsAs: UInt32?, refusal: String?
    ) {
        switch whoRuns(step("true", owner: owner, user: user), for: me) {
        case .success(let account):
            #expect(refusal == nil)
            #expect(account?.user == runsAs)
        case .failure(let found):
            #expect("\(found.reason)".contains(refusal ?? "nothing"))
        }
    }

    private static let whoAmI =
        #"printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s"}'"#
        + #" "$(id -u):$(id -g):$(id -G)" "$HOME:$USER:$LOGNAME:$SECRET""#

    @Test(.enabled(if: isRoot, needsRoot))
    func theOwnerOfTheFileGetsNoneOfOurEnvironment() async throws {
        let variables = ["PATH": "/usr/bin:/bin", "HOME": "/root", "SECRET": "ours"]
        let found = try await run(
            step(Self.whoAmI, owner: nobody, environment: variables))
        let account = try #require(UserAccount(lookingUp: nobody))
        #expect(found.accessKeyID.value == "65534:65534:65534")
        #expect(found.secretAccessKey.value == Secret("\(account.home):nobody:nobody:"))
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func theApplicationsUserHasTheApplicationsEnvironment() async throws {
        let variables = ["PATH": "/usr/bin:/bin", "HOME": "/srv/app", "SECRET": "its own"]
        let found = try await run(
            step(Self.whoAmI, owner: 0, environment: variables, user: nobody))
        #expect(found.accessKeyID.value == "65534:65534:65534")
        #expect(found.secretAccessKey.value == Secret("/srv/app:nobody:nobody:its own"))
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func itCannotReadWhatTheUserCannot() async throws {
        let folder = try TestFolder()
        try folder.write("root-only", good)
        try folder.write("own", good, owner: nobody)
        let refused = try #require(
            await problem(step("cat \(folder["root-only"])", owner: nobody)))
        guard case .processFailed(let clause) = refused.reason else {
            Issue.record("\(refused.reason)")
            return
        }
        #expect(clause.hasSuffix("Permission denied"))
        #expect(
            try await run(step("cat \(folder["own"])", owner: nobody)).accessKeyID.value == "ASIAX")
    }

    @Test func allEndWhenTheRunnerDoes() async throws {
        let runner = ProcessRunner()
        let source = ProcessSource(processes: runner)
        let folder = try TestFolder()
        try #require(mkfifo(folder["started"], 0o600) == 0)
        let step = step("echo x > \(folder["started"]); sleep 600")
        let task = Task {
            do throws(ObtainProblem) {
                _ = try await source.credentials(for: step, within: .seconds(60))
                return ObtainProblem.Reason?.none
            } catch {
                return error.reason
            }
        }
        _ = await offThread(key: "started", within: .seconds(30)) {
            let file = open(folder["started"], O_RDONLY)
            defer { close(file) }
            var byte: UInt8 = 0
            // Returns when the program has written; without a reader it would be killed.
            return read(file, &byte, 1)
        }
        await runner.terminateAll(grace: .milliseconds(500))
        #expect(
            await task.value
                == .processFailed(
                    "echo was ended, because credwatch stops or the check was given up"))
    }
}
