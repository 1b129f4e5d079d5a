import Model
import Support
import Testing

@testable import Diagnosing

@Suite struct CommandsTests {
    private static let file = Provenance.file(
        SourceLocation(file: "/home/app/.aws/credentials", line: 7, column: 3))
    private static let unit = Provenance.environment(
        variable: "AWS_SECRET_ACCESS_KEY", of: "the environment of app.service (PID 7)")
    private static let process = Provenance.environment(
        variable: "AWS_SECRET_ACCESS_KEY", of: "the environment of PID 7")
    private static let own = Provenance.environment(variable: "AWS_SESSION_TOKEN")

    @Test func `what systemd handed over is changed where it is from`() {
        let handed = Provenance.file(
            SourceLocation(file: "/run/credentials/credwatch.service/aws-app", line: 2, column: 1))
        #expect(
            commandsToEdit(handed) == [
                "systemctl show --property LoadCredential credwatch.service",
                "systemctl restart credwatch.service",
            ])
        #expect(
            placeToWrite(handed)
                == "the file that LoadCredential=aws-app of credwatch.service names (restart it then)"
        )
        #expect(placeToWrite(Self.file) == "/home/app/.aws/credentials:7:3")
    }

    @Test func `a place is shown`() {
        #expect(commandsToSee(Self.file) == ["sed -n 7p /home/app/.aws/credentials"])
        #expect(
            commandsToSee(.configuration(SourceLocation(file: "/a b", line: 0))) == ["ls -l '/a b'"]
        )
        #expect(commandsToSee(Self.own) == ["printenv AWS_SESSION_TOKEN"])
        #expect(
            commandsToSee(Self.unit) == ["systemctl cat app.service", "systemctl show-environment"])
        #expect(
            commandsToSee(Self.process) == [
                #"tr '\0' '\n' </proc/7/environ | cut -d= -f1 | grep AWS"#
            ])
        #expect(commandsToSee(.builtIn("a default")).isEmpty)
    }

    @Test func `a place is opened, or let go of`() {
        #expect(commandsToEdit(Self.file) == [#""${EDITOR:-vi}" +7 /home/app/.aws/credentials"#])
        #expect(
            commandsToEdit(Self.unit) == [
                "systemctl edit app.service", "systemctl restart app.service",
            ])
        #expect(commandsToEdit(Self.own).isEmpty && commandsToEdit(Self.process).isEmpty)
        #expect(commandsToRemove(Self.own) == ["unset AWS_SESSION_TOKEN"])
        #expect(commandsToRemove(Self.file) == commandsToEdit(Self.file))
    }

    @Test func `what lies in another file system is found through its process`() {
        #expect(pathWord("/a b (in the file system of PID 7)") == "'/proc/7/root/a b'")
        #expect(
            pathWord("/a (in the file system of PID x)") == "'/a (in the file system of PID x)'")
        #expect(pathWord("/a") == "/a")
    }

    /// The mask shows what does not belong, and nothing of the secret.
    @Test func `foreign characters are shown without the secret`() async throws {
        let commands = commandsToSeeForeignCharacters(
            .environment(variable: "AWS_SECRET_ACCESS_KEY"))
        let outcome = try await Subprocess.run(
            "sh", ["-c", try #require(commands.first)],
            environment: [
                "PATH": "/usr/bin:/bin", "AWS_SECRET_ACCESS_KEY": "\(Sample.secret)\u{200B}",
            ])
        let stars = String(repeating: "*", count: 40)
        #expect(outcome.outputText == stars + #"\342\200\213$"# + "\n")
    }

    private static let attacks = [
        "$(touch x);`id`'\u{1B}[201~\n\"& -x", "$(touch x)", "`id`", "x;id", "x' ;id; '", "x && id",
        "-x $(id)", "x|id", "\\$(id)",
    ]

    /// Diagnoses whose every foreign text is an attacker's.
    private static func attacked(by attack: String) -> [Diagnosis] {
        let place = Provenance.file(SourceLocation(file: "/\(attack)", line: 7))
        let environment = Provenance.environment(variable: attack, of: "\(attack).service")
        var list: [Diagnosis] = []
        for place in [place, environment, .environment(variable: attack)] {
            let problems: [ResolveProblem] = [
                .profileMissing(name: attack, searched: [attack], candidates: []),
                .profileMissing(name: attack, searched: ["/a (gone)"], candidates: []),
                .fileUnreadable(path: attack, reason: "Permission denied", hint: ""),
                .fileUnreadable(path: attack, reason: "it is a directory", hint: ""),
                .fileMalformed(SourceLocation(file: attack, line: 1), what: "x"),
                .incomplete(missing: "x", present: place), .badChain(what: "x", place),
                .badSetting(name: attack, what: "x", place), .needsMFA(serial: place),
                .unsupportedSource(property: "x", SourceLocation(file: attack, line: 1)),
                .surroundings(subject: "\(attack).service", what: "x", hint: "x"),
                .surroundings(subject: "/\(attack)", what: "x", hint: "x"),
                .timedOut(path: attack),
            ]
            list += problems.map { diagnosis(of: $0, profile: attack) }
            let credentials = Credentials(
                accessKeyID: Sourced(Sample.keyID, from: place),
                secretAccessKey: Sourced(Secret(Sample.secret), from: place),
                sessionToken: Sourced(Secret(Sample.token), from: place))
            let endpoint = Endpoint(
                url: "https://\(attack)", signingRegion: attack, partition: "aws")
            let subject = Subject(
                profile: attack,
                resolved: ResolvedProfile(
                    credentials: credentials, region: Sourced(attack, from: place),
                    endpoint: Sourced(endpoint, from: place), mainEndpoint: nil, source: attack),
                expected: ExpectedIdentity())
            let answer = Answer(
                question: .asConfigured, endpoint: endpoint, outcome: Sample.unknownKey)
            list += Cause.allCases.map { subject.diagnosis($0, answer) }
            for source in CredentialSource.allCases {
                for reason: ObtainProblem.Reason in [
                    .loginNeeded("x"), .untrusted("x"), .processFailed("x"), .unavailable("x"),
                    .nothing("x"),
                    .refused(ServiceError(code: "Throttling", message: ""), Sample.details()),
                    .refused(ServiceError(code: "AccessDenied", message: ""), Sample.details()),
                ] {
                    let problem = ObtainProblem(source, reason, at: place, endpoint: endpoint)
                    list.append(diagnosis(of: problem, profile: attack, login: attack))
                }
            }
        }
        return list
    }

    /// A shell with every program replaced by one that prints nothing: what is left is what it interprets.
    @Test(arguments: attacks)
    func `no text of a file makes a shell do anything`(_ attack: String) async throws {
        let commands = Set(Self.attacked(by: attack).flatMap(\.commands)).sorted()
        try #require(commands.count > 30)
        for command in commands {
            #expect(
                !command.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F },
                "\(command)")
        }
        // Each in a subshell without any program: an injected one would be looked for, and complained about.
        let script =
            "PATH=/nonexistent; exec 3>&1; command_not_found_handle() { echo \"$1\" >&3; }\n"
            + commands.map { "( \($0) ) 2>&1 </dev/null\n" }.joined()
        let outcome = try await Subprocess.run("bash", ["-c", script])
        let called = Set(outcome.outputText.split(separator: "\n").map(String.init))
        let own: Set<String> = [
            "sed", "tr", "ls", "printenv", "systemctl", "namei", "setfacl", "stat", "timeout",
            "credwatch", "aws", "curl", "openssl", "resolvectl", "getent", "env", "grep", "cut",
            "vi", "timedatectl", "chmod", "journalctl",
        ]
        let strangers = called.filter { line in
            !own.contains(line) && !line.contains("No such file or directory")
                && !line.contains("unset")
        }
        #expect(strangers.isEmpty, "\(strangers)")
    }
}
