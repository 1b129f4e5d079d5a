import Model
import Testing

@testable import Configuring

@Suite struct DecodeConfigurationTests {
    private func decode(_ text: String) -> ConfigurationResult {
        decodeConfiguration(bytes: Array(text.utf8), file: "c.yaml")
    }

    private func decode(fixture name: String) -> ConfigurationResult {
        decodeConfiguration(bytes: contents("Fixtures/config/\(name)"), file: name)
    }

    /// The lines `# expect: LINE:COLUMN RULE` of a fixture.
    private func expectations(of name: String) -> [String] {
        let lines = contents("Fixtures/config/\(name)").split(separator: 0x0A)
        return lines.compactMap { line in
            let text = String(decoding: line, as: UTF8.self)
            guard text.hasPrefix("# expect: ") else { return nil }
            return String(text.dropFirst("# expect: ".count))
        }.sorted()
    }

    private func found(_ problems: [ConfigurationProblem]) -> [String] {
        problems.map { "\($0.location.line):\($0.location.column) \($0.rule)" }.sorted()
    }

    @Test(arguments: fixtures("bad-"))
    func badConfigsAreRefusedWithEveryProblem(name: String) {
        let result = decode(fixture: name)
        #expect(result.configuration == nil)
        let expected = expectations(of: name)
        #expect(!expected.isEmpty)
        #expect(found(result.problems) == expected, "\(result.problems)")
        for problem in result.problems {
            #expect(problem.severity == .error)
            #expect(problem.location.file == name)
            #expect(!problem.message.contains("hunter2"))
            #expect(!problem.message.contains("wJalr"))
            #expect(!problem.message.utf8.contains { $0 < 0x20 })
        }
    }

    @Test(arguments: [("name:app", true), ("names:app", false), ("\"name:app\"", false)])
    func `a colon without a blank behind it is named`(text: String, isNamed: Bool) {
        let problems = decode("profiles:\n  - \(text)\n").problems
        #expect(problems.map(\.rule) == ["wrong-type"])
        #expect(problems.first?.message.contains("a blank behind each colon") == isNamed)
    }

    @Test func everyRuleHasAFixtureOfItsName() {
        let names = Set(fixtures("bad-").map { String($0.dropFirst(4).dropLast(5)) })
        let shown = Set(
            fixtures("bad-").flatMap { decode(fixture: $0).problems.map(\.rule) })
        #expect(shown.subtracting(names).isEmpty)
    }

    @Test(arguments: fixtures("warn-"))
    func doubtfulConfigsAreAcceptedWithWarnings(name: String) {
        guard case .accepted(_, let warnings) = decode(fixture: name) else {
            Issue.record("\(decode(fixture: name).problems)")
            return
        }
        #expect(found(warnings) == expectations(of: name))
        #expect(warnings.allSatisfy { $0.severity == .warning })
    }

    @Test(arguments: fixtures("good-"))
    func goodConfigsAreAcceptedWithoutAWord(name: String) {
        #expect(decode(fixture: name).problems == [])
        #expect(decode(fixture: name).configuration != nil)
    }

    @Test func theDefaultsAreFilledIn() throws {
        let configuration = try #require(decode(fixture: "good-minimal.yaml").configuration)
        let location = Model.SourceLocation(file: "good-minimal.yaml", line: 2, column: 5)
        #expect(
            configuration
                == Configuration(
                    profiles: [ProfileConfiguration(name: "default", location: location)]))
    }

    @Test func whatAGroupDoesByItself() throws {
        let configuration = try #require(decode(fixture: "good-failover.yaml").configuration)
        #expect(
            configuration.groups.map(\.policy) == [
                FailoverPolicy(
                    failback: .auto, failbackSpan: .seconds(1_800),
                    flap: FlapRule(failures: 5, of: 20), cooldown: .seconds(600), mostPerHour: 3,
                    reminds: false),
                FailoverPolicy(),
            ])
    }

    @Test func everyKeyReachesItsPlace() throws {
        let name = "good-full.yaml"
        let configuration = try #require(decode(fixture: name).configuration)
        func at(_ line: Int, _ column: Int) -> Model.SourceLocation {
            Model.SourceLocation(file: name, line: line, column: column)
        }
        func sourced(_ value: String, _ line: Int, _ column: Int) -> Sourced<String> {
            Sourced(value, from: .configuration(at(line, column)))
        }
        let region = sourced("us-east-1", 1, 68)
        let profiles = [
            ProfileConfiguration(
                name: "app", interval: .seconds(60), fastInterval: .seconds(20),
                timeout: .seconds(10), defaultRegion: region,
                expected: ExpectedIdentity(
                    account: "123456789012", arn: "arn:aws:iam::123456789012:user/app"),
                location: at(3, 5)),
            ProfileConfiguration(
                name: "app-backup", awsProfile: "backup of app", interval: .seconds(300),
                fastInterval: .seconds(1), timeout: .milliseconds(250),
                region: sourced("eusc-de-east-1", 10, 13), defaultRegion: region,
                expected: ExpectedIdentity(account: "012345678901"), location: at(6, 5)),
            ProfileConfiguration(
                name: "123456789012", origin: .defaultChain, interval: .seconds(5),
                fastInterval: .seconds(5), timeout: .seconds(10), defaultRegion: region,
                location: at(12, 5)),
        ]
        let group = GroupConfiguration(
            name: "app", primary: "app", backups: ["app-backup", "123456789012"], fall: 5,
            rise: 1, minimumSpan: .zero,
            hook: HookConfiguration(
                command: ["/usr/local/lib/credwatch/switch", "--now", "5", "yes"],
                timeout: .seconds(90), location: at(22, 11)),
            location: at(16, 5), primaryLocation: at(17, 14),
            backupLocations: [at(18, 15), at(18, 27)])
        #expect(configuration.profiles == profiles)
        #expect(configuration.groups == [group])
        #expect(configuration.statusFile == "/run/credwatch/other.json")
        #expect(configuration.pageFile == "/srv/www/credwatch.html")
        #expect(configuration.stateDirectory == "/var/lib/other")
        #expect(configuration.controlSocket == "/run/credwatch/other.sock")
        #expect(configuration.maxInFlight == 64)
        #expect(
            configuration.aws
                == AWSOverrides(
                    credentialsFile: sourced("/etc/aws/credentials", 28, 21),
                    configFile: sourced("/etc/aws/config", 29, 16),
                    endpointURL: sourced("https://sts.example.com:8443/base", 30, 17)))
    }

    @Test func surroundingsDecideWhatAProfileMeans() throws {
        let configuration = try #require(decode(fixture: "good-surroundings.yaml").configuration)
        let found = configuration.profiles.map { profile in
            "\(profile.surroundings) \(profile.origin.rawValue) \(profile.awsProfile)"
        }
        #expect(
            found == [
                "own profile own", "environmentFile(\"/etc/default/app\") default_chain file",
                "unit(\"app@1.service\") default_chain unit",
                "unit(\"app.service\") profile app", "unit(\"app.service\") profile named",
                "environmentFile(\"/etc/default/app\") default_chain chain",
                "credential(\"aws-app\") profile handed", "credential(\"aws app\") profile app",
            ])
    }

    @Test func targetsAreDecoded() throws {
        let name = "good-switch.yaml"
        let configuration = try #require(decode(fixture: name).configuration)
        func at(_ line: Int, _ column: Int) -> Model.SourceLocation {
            Model.SourceLocation(file: name, line: line, column: column)
        }
        #expect(
            configuration.groups.map(\.switchTargets) == [
                [
                    SwitchTarget(
                        .credentialsFile("/home/app/.aws/credentials", profile: "app"),
                        restartUnits: ["app.service"], location: at(7, 9)),
                    SwitchTarget(
                        .environmentFile("/etc/default/app"),
                        restartUnits: ["worker.service", "app@1.service"], location: at(8, 9)),
                ],
                [SwitchTarget(.environmentFile("/etc/default/other"), location: at(12, 13))],
            ])
        #expect(configuration.moverSocket == "/run/other.sock")
    }

    @Test func anAliasRepeatsTheWholeValue() throws {
        let configuration = try #require(decode(fixture: "good-aliases.yaml").configuration)
        #expect(configuration.profiles[1].expected.account == "123456789012")
        #expect(configuration.groups[1].backups == ["app-backup"])
        #expect(configuration.groups[1].hook?.timeout == .seconds(10))
    }

    @Test func messagesSayWhatIsAllowed() {
        let text = """
            profiles:
              - {name: app, intervall: 1m, interval: 60}
            failover:
              - {name: g, primary: ap, backups: [app]}
            """
        #expect(
            decode(text).problems.map(\.description) == [
                "c.yaml:2:17: a profile has no key \"intervall\"; did you mean \"interval\"? "
                    + "(allowed: \(SectionKind.profile.keys.joined(separator: ", "))) [unknown-key]",
                "c.yaml:2:42: `interval` needs a unit, like \"60s\" (allowed: 1s to 31d) "
                    + "[malformed-duration]",
                "c.yaml:4:24: `primary` names \"ap\", which is not among `profiles`; "
                    + "did you mean \"app\"? [unknown-primary]",
            ])
    }

    @Test func theShippedConfigIsAcceptedAsItIs() {
        let result = decodeConfiguration(bytes: contents("packaging/credwatch.yaml"), file: "c")
        #expect(result.problems == [])
        #expect(result.configuration?.profiles.map(\.name) == ["default"])
    }

    @Test func theShippedConfigShowsEveryOptionWithAValueThatWorks() throws {
        let shipped = String(decoding: contents("packaging/credwatch.yaml"), as: UTF8.self)
        let lines = shipped.split(separator: "\n", omittingEmptySubsequences: false).map {
            line -> String in
            let indentation = line.prefix { $0 == " " }
            let rest = line.dropFirst(indentation.count)
            guard rest.hasPrefix("#"), let next = rest.dropFirst().first, next != " " else {
                return String(line)
            }
            return String(indentation + rest.dropFirst())
        }
        let text = lines.joined(separator: "\n")
        let result = decode(text)
        #expect(result.problems == [])
        let configuration = try #require(result.configuration)
        #expect(configuration.groups.map(\.hook?.command.count) == [2])
        #expect(configuration.aws.endpointURL != nil)
        let defaults = Configuration(profiles: [])
        #expect(configuration.statusFile == defaults.statusFile)
        #expect(configuration.stateDirectory == defaults.stateDirectory)
        #expect(configuration.controlSocket == defaults.controlSocket)
        #expect(configuration.maxInFlight == 16)
        for kind in SectionKind.allCases {
            for key in kind.keys { #expect(text.contains("\(key):"), "\(key) is not shown") }
        }
    }

    @Test func aHugeFileIsRefusedUnread() {
        let bytes = [UInt8](repeating: 0x20, count: largestConfiguration + 1)
        let problems = decodeConfiguration(bytes: bytes, file: "c").problems
        #expect(problems.map(\.rule) == ["too-large"])
        #expect(problems.first?.description == "c: the config is larger than 4 MiB [too-large]")
    }

    @Test func countlessProblemsAreCutOff() {
        let text = "profiles: [" + String(repeating: "x,", count: 20_000) + "]"
        #expect(decode(text).problems.count == Decoder.mostProblems)
    }

    @Test func tenThousandProfilesAreRead() throws {
        var text = "profiles:\n"
        for number in 0..<10_000 {
            text += "  - name: app-\(number)\n    interval: 1m\n"
            text += "    expect: {account: \"123456789012\", "
            text += "arn: \"arn:aws:iam::123456789012:user/a-rather-long-path/app-\(number)\"}\n"
        }
        let configuration = try #require(decode(text).configuration)
        #expect(configuration.profiles.count == 10_000)
        #expect(configuration.profiles.last?.name == "app-9999")
    }
}
