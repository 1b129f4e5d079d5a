import Model
import Testing

@testable import Resolving

private let config = "/home/app/.aws/config"
private let role = "arn:aws:iam::123456789012:role/"

@Suite struct ProfileChainTests {
    /// The roles of a plan in the order in which they are assumed.
    private func roles(_ plan: Plan) -> [RoleAssumption] {
        plan.steps.compactMap { if case .assumeRole(let role) = $0 { role } else { nil } }
    }

    @Test(arguments: [
        ("[app]\n\(exampleKeys)aws_session_token = ENDLESS\n", "aws_session_token", 4),
        ("[app]\naws_access_key_id = ENDLESS\naws_secret_access_key = x\n", "aws_access_key_id", 2),
        (
            "[app]\nrole_arn = x\nsource_profile = b\nexternal_id = ENDLESS\n[b]\n\(exampleKeys)",
            "external_id", 4
        ),
        (
            "[app]\nrole_arn = x\nsource_profile = b\n[b]\naws_session_token = ENDLESS\n\(exampleKeys)",
            "aws_session_token", 5
        ),
    ])
    func aValueWithoutAnEndIsNotUsed(_ text: String, _ name: String, _ line: Int) throws {
        for (count, isRefused) in [(65_536, false), (65_537, true)] {
            let text = text.replacing("ENDLESS", with: String(repeating: "A", count: count))
            guard
                case .failure(.badSetting(let named, _, .file(let place))) = try plan(
                    "app", .profile, credentials: text)
            else {
                #expect(!isRefused)
                continue
            }
            #expect(isRefused && named == name && place.line == line)
        }
    }

    @Test func aChainOfThreeRoles() throws {
        let plan = try plan(
            "a", .profile, ["AWS_ROLE_SESSION_NAME": "not for chains"],
            credentials: "[d]\n\(exampleKeys)aws_account_id = 123456789012\n",
            config: """
                [profile a]
                role_arn = \(role)A
                source_profile = b
                region = eu-west-1
                [profile b]
                role_arn = \(role)B
                source_profile = c
                external_id = x
                role_session_name = s
                duration_seconds = 900
                region = ap-south-1
                [profile c]
                role_arn = \(role)C
                source_profile = d

                """, modifiedAt: WallTime(seconds: 7)
        ).get()
        #expect(plan.steps.count == 4)
        guard case .keys(let keys) = plan.steps[0] else { return #expect(Bool(false)) }
        #expect(keys.accessKeyID.value == exampleKeyID)
        #expect(keys.accountID == "123456789012")
        #expect(roles(plan).map(\.roleARN.value) == [role + "C", role + "B", role + "A"])
        let second = roles(plan)[1]
        #expect(second.externalID == "x")
        #expect(second.sessionName == "s")
        #expect(second.durationSeconds == 900)
        #expect(roles(plan)[2].sessionName == nil)
        #expect(
            roles(plan).allSatisfy { $0.endpoint.url == "https://sts.eu-west-1.amazonaws.com" })
        #expect(plan.source == "role_arn of [profile a] in \(config):1")
        #expect(plan.sourceModifiedAt == WallTime(seconds: 7))
        #expect(plan.rows.map(\.source) == [.assumeRole, .assumeRole, .assumeRole, .profileKeys])
        #expect(plan.rows.allSatisfy { $0.standing == .chosen })
        #expect(plan.rows.map(\.steps.count) == [4, 3, 2, 1])
        #expect(plan.rows[1].detail == "assumes \(role)B")
        #expect(plan.rows[1].provenance.description == "\(config):6:1")
        #expect(plan.rows[3].title == "[d] in /home/app/.aws/credentials:1")
        #expect(plan.rows[3].accessKeyID == exampleKeyID)
    }

    private static let profiles = """
        [profile a]
        role_arn = \(role)A
        source_profile = keys
        \(exampleKeys)
        [profile keys]
        role_arn = \(role)Ignored
        source_profile = nowhere
        \(exampleKeys)
        [profile self]
        role_arn = \(role)Self
        source_profile = self
        \(exampleKeys)
        [profile selfsource]
        role_arn = \(role)Outer
        source_profile = selfprocess
        [profile selfprocess]
        role_arn = \(role)Inner
        source_profile = selfprocess
        credential_process = x
        [profile web]
        role_arn = \(role)Web
        web_identity_token_file = /token
        source_profile = keys
        credential_source = Environment
        [profile webchain]
        role_arn = \(role)WebChain
        source_profile = web
        [profile process]
        role_arn = \(role)Process
        source_profile = justprocess
        [profile justprocess]
        credential_process = x
        [profile environment]
        role_arn = \(role)Environment
        credential_source = Environment
        [profile ecs]
        role_arn = \(role)Ecs
        credential_source = ecscontainer
        [profile half]
        role_arn = \(role)Half
        source_profile = halfkey
        [profile halfkey]
        role_arn = \(role)HalfKey
        source_profile = keys
        aws_access_key_id = A

        """

    /// What the first credentials come from, and the roles that are assumed with them.
    private static let ends: [(String, [CredentialSource], String)] = [
        // The selected profile's role comes before its keys, a source profile's after them.
        ("a", [.profileKeys, .assumeRole], "A"),
        ("self", [.profileKeys, .assumeRole], "Self"),
        ("selfsource", [.credentialProcess, .assumeRole, .assumeRole], "Outer"),
        ("web", [.webIdentity], "Web"),
        ("webchain", [.webIdentity, .assumeRole], "WebChain"),
        ("process", [.credentialProcess, .assumeRole], "Process"),
        ("environment", [.environmentKeys, .assumeRole], "Environment"),
        ("ecs", [.container, .assumeRole], "Ecs"),
        ("half", [.profileKeys, .assumeRole, .assumeRole], "Half"),
    ]

    @Test(arguments: ends)
    func whatEndsAChain(_ name: String, _ sources: [CredentialSource], _ last: String) throws {
        let variables = [
            "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c",
        ]
        let plan = try plan(name, .profile, variables, config: Self.profiles).get()
        #expect(plan.steps.map(\.source) == sources)
        let arn =
            switch try #require(plan.steps.last) {
            case .assumeRole(let step): step.roleARN.value
            case .webIdentity(let step): step.roleARN.value
            default: ""
            }
        #expect(arn == role + last)
        // No row stands twice, whether the chain uses the source or not.
        #expect(Set(plan.rows.map(\.provenance)).count == plan.rows.count)
    }

    private static let nowhere: [(String, String, Int)] = [
        ("role_arn = r\n", "role_arn needs source_profile", 2),
        (
            "role_arn = r\nsource_profile = app\ncredential_source = Environment\n",
            "only one of them", 4
        ),
        ("role_arn = r\nsource_profile = app\n", "no credentials of its own", 3),
        ("role_arn = r\nsource_profile = nowhere\n", "there is no profile nowhere", 3),
        ("role_arn = r\nsource_profile = empty\n", "[profile empty] in \(config):7 has no", 3),
        ("role_arn = r\nsource_profile = back\n", "form a loop: app → back → app", 6),
        ("role_arn = r\ncredential_source = Environment\n", "the environment has no keys", 3),
        ("role_arn = r\ncredential_source = EcsContainer\n", "no container endpoint", 3),
        ("web_identity_token_file = /t\n", "needs role_arn beside it", 2),
    ]

    @Test(arguments: nowhere)
    func chainsThatLeadNowhere(_ text: String, _ what: String, _ line: Int) throws {
        let rest =
            "[profile back]\nrole_arn = r\nsource_profile = app\n[profile empty]\noutput = x\n"
        let found = try plan(config: "[profile app]\n\(text)\(rest)").badChain
        #expect(found?.what.contains(what) == true, "\(found?.what ?? "nothing")")
        #expect(found?.place == "\(config):\(line):1")
    }

    @Test func aLongLoopIsNamedShort() throws {
        let text = (0..<50).map { number in
            "[profile p\(number)]\nrole_arn = r\nsource_profile = p\((number + 1) % 50)\n"
        }
        let found = try plan("p0", config: text.joined()).badChain
        #expect(found?.what == "the source profiles form a loop: p0 → p1 → p2 → … → p48 → p49 → p0")
        #expect(found?.place == "\(config):150:1")
    }

    @Test func aProfileWithTheWrongHeaderIsNamed() throws {
        let found = try plan(
            config: "[profile app]\nrole_arn = r\nsource_profile = base\n[base]\n\(exampleKeys)"
        ).badChain
        #expect(found?.what.contains("(line 4 has to be [profile base])") == true)
    }

    @Test func halfAKeyInASourceProfile() throws {
        let place = SourceLocation(file: config, line: 5, column: 1)
        #expect(
            try plan(
                config: "[profile app]\nrole_arn = r\nsource_profile = b\n[profile b]\n"
                    + "aws_access_key_id = A\n"
            ).problem == .incomplete(missing: "aws_secret_access_key", present: .file(place)))
    }

    @Test(arguments: ["899", "43201", "900s", "1e3", "-900"])
    func durationsThatAWSRefuses(_ value: String) throws {
        let text =
            "[profile app]\nrole_arn = r\nsource_profile = app\nduration_seconds = \(value)\n"
        guard
            case .badSetting("duration_seconds", _, let place) = try plan(
                config: text + exampleKeys
            ).problem
        else { return #expect(Bool(false)) }
        #expect(place.description == "\(config):4:1")
    }

    @Test func anMFADeviceNeedsAPerson() throws {
        let text = """
            [profile app]
            role_arn = r
            source_profile = middle
            [profile middle]
            role_arn = r
            source_profile = middle
            mfa_serial = arn:aws:iam::1:mfa/me

            """
        // The first of them, since a source profile's keys end the chain before its own role.
        let selected = text.replacing("[profile middle]", with: "mfa_serial = x\n[profile middle]")
        let place = SourceLocation(file: config, line: 4, column: 1)
        #expect(
            try plan(config: selected + exampleKeys).problem == .needsMFA(serial: .file(place)))
        #expect(try plan(config: text + exampleKeys).problem == nil)
        let process = SourceLocation(file: config, line: 7, column: 1)
        #expect(
            try plan(config: text + "credential_process = x\n").problem
                == .needsMFA(serial: .file(process)))
        // What is wrong with the chain comes first.
        #expect(try plan(config: text).badChain != nil)
        // Without a role nobody is asked.
        #expect(try plan(config: "[profile app]\nmfa_serial = x\n\(exampleKeys)").problem == nil)
    }

    @Test func unknownCredentialSource() throws {
        guard
            case .badSetting("credential_source", _, let place) = try plan(
                config: "[profile app]\nrole_arn = r\ncredential_source = Custom\n"
            ).problem
        else { return #expect(Bool(false)) }
        #expect(place.description == "\(config):3:1")
    }

    @Test func instanceMetadataByName() throws {
        let text = "[profile app]\nrole_arn = r\ncredential_source = Ec2InstanceMetadata\n"
        guard case .instanceMetadata(let metadata) = try plan(config: text).get().steps[0] else {
            return #expect(Bool(false))
        }
        #expect(metadata.isNamed)
        let off = ["AWS_EC2_METADATA_DISABLED": "True"]
        #expect(
            try plan("app", .profile, off, config: text).badChain?.what.contains("switched off")
                == true)
    }
}
