import Model
import Testing

@testable import Resolving

@Suite struct DefaultChainTests {
    private let keys = ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"]
    private let web = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:r"]
    private let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"]
    private let off = ["AWS_EC2_METADATA_DISABLED": "true"]

    private func chain(
        _ parts: [[String: String]], config: String? = nil
    ) throws -> Result<Plan, ResolveProblem> {
        let variables = parts.reduce(into: [:]) { $0.merge($1) { _, last in last } }
        return try plan("x", .defaultChain, variables, config: config)
    }

    /// Everything is there; whatever wins is taken away for the next round.
    @Test func theOrder() throws {
        var parts = [keys, web, container]
        var config = "[default]\n\(exampleKeys)"
        var order: [CredentialSource] = []
        for round in 0..<5 {
            let plan = try chain(parts, config: config).get()
            let winner = try #require(plan.rows.first)
            #expect(winner.standing == .chosen)
            #expect(
                plan.rows.dropFirst().allSatisfy { $0.standing == .shadowed(by: winner.source) })
            #expect(plan.rows.count == 5 - round)
            #expect(plan.rows.allSatisfy { $0.steps.count == 1 })
            order.append(winner.source)
            if winner.source == .profileKeys {
                config = "[default]\nregion = eu-west-1\n"
            } else if !parts.isEmpty {
                parts.removeFirst()
            }
        }
        #expect(
            order == [
                .environmentKeys, .webIdentity, .profileKeys, .container, .instanceMetadata,
            ])
    }

    @Test func nothingAnywhere() throws {
        let problem = try chain([off, ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]]).problem
        #expect(
            problem
                == .noSource(searched: [
                    "environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                    "AWS_WEB_IDENTITY_TOKEN_FILE in the environment (skipped, since AWS_ROLE_ARN "
                        + "is not set)",
                    "/home/app/.aws/credentials (no such file)",
                    "/home/app/.aws/config (no such file)",
                    "the instance metadata service (switched off by AWS_EC2_METADATA_DISABLED in "
                        + "the environment)",
                ]))
    }

    @Test func whatWasSkippedIsKept() throws {
        let plan = try chain([["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]]).get()
        #expect(plan.steps.map(\.source) == [.instanceMetadata])
        #expect(plan.searched.count == 4)
        #expect(plan.rows.map(\.standing) == [.notConsulted, .chosen])
        #expect(plan.rows[0].detail == "skipped, since AWS_ROLE_ARN is not set")
        #expect(plan.rows[0].steps.isEmpty)
        #expect(try chain([keys]).get().searched.isEmpty)
    }

    @Test func webIdentityOfTheEnvironment() throws {
        let settings = ["AWS_ROLE_SESSION_NAME": "s", "AWS_REGION": "eu-west-1"]
        let plan = try chain([web, settings]).get()
        guard case .webIdentity(let step) = plan.steps.first else { return #expect(Bool(false)) }
        #expect(step.roleARN.value == "arn:r")
        #expect(step.sessionName == "s")
        #expect(step.tokenFile.value == "/t")
        #expect(
            step.tokenFile.provenance == .environment(variable: "AWS_WEB_IDENTITY_TOKEN_FILE"))
        #expect(step.endpoint.url == "https://sts.eu-west-1.amazonaws.com")
        #expect(plan.source == "AWS_WEB_IDENTITY_TOKEN_FILE in the environment")
        #expect(plan.rows[0].detail == "assumes arn:r")
    }

    /// AWS_PROFILE beats web identity of the environment with a role, not with keys.
    @Test func aNamedProfileWithARole() throws {
        let text = """
            [profile role]
            role_arn = r
            source_profile = keys
            [profile keys]
            \(exampleKeys)
            [profile broken]
            role_arn = r
            credential_source = Environment

            """
        func sources(_ name: String) throws -> [CredentialSource] {
            try chain([web, ["AWS_PROFILE": name]], config: text).get().steps.map(\.source)
        }
        #expect(try sources("role") == [.profileKeys, .assumeRole])
        #expect(try sources("keys") == [.webIdentity])
        #expect(try chain([web, ["AWS_PROFILE": "broken"]], config: text).badChain != nil)
        // Keys of the environment come before either.
        #expect(
            try chain([web, keys, ["AWS_PROFILE": "role"]], config: text).get().steps.map(\.source)
                == [.environmentKeys])
    }

    @Test func missingProfiles() throws {
        guard
            case .profileMissing("nope", _, _) = try chain([container, ["AWS_PROFILE": "nope"]])
                .problem
        else { return #expect(Bool(false)) }
        // Nobody asked for default, and a source before the profile needs none.
        #expect(try chain([container]).get().steps.map(\.source) == [.container])
        #expect(try chain([keys, ["AWS_PROFILE": "nope"]]).problem == nil)
    }

    @Test func aProfileWithoutCredentialsGoesOn() throws {
        let config = "[default]\nsource_profile = x\n[profile app]\nregion = eu-west-1\n"
        let plan = try chain([container, ["AWS_PROFILE": "app"]], config: config).get()
        #expect(plan.steps.map(\.source) == [.container])
        #expect(plan.region.value == "eu-west-1")
        #expect(
            try chain([off], config: config).problem
                == .noSource(searched: [
                    "environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                    "[default] in /home/app/.aws/config:1 (source_profile counts beside role_arn "
                        + "only)",
                    "the instance metadata service (switched off by AWS_EC2_METADATA_DISABLED in "
                        + "the environment)",
                ]))
    }

    private static let names: [([String: String], String?)] = [
        (["AWS_ACCESS_KEY": "a", "AWS_SECRET_KEY": "s"], "a"),
        (["AWS_ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "s"], "a"),
        (["AWS_ACCESS_KEY_ID": "b", "AWS_ACCESS_KEY": "a", "AWS_SECRET_ACCESS_KEY": "s"], "b"),
        (["AWS_ACCESS_KEY": "a"], nil),
        (["AWS_SECRET_KEY": "s"], nil),
        (["SECRET_ACCESS_KEY": "s"], nil),
    ]

    @Test(arguments: names)
    func olderNames(_ variables: [String: String], _ id: String?) throws {
        let result = try chain([variables, off])
        guard let id else {
            guard case .noSource = result.problem else { return #expect(Bool(false)) }
            return
        }
        let plan = try result.get()
        #expect(plan.keys?.accessKeyID.value == id)
        let isOld = variables["AWS_SECRET_ACCESS_KEY"] == nil
        #expect((plan.rows.first?.detail != nil) == isOld)
    }

    @Test func olderTokenAndAccount() throws {
        let others = ["AWS_SECURITY_TOKEN": "t", "AWS_ACCOUNT_ID": "123456789012"]
        let plan = try chain([keys, others]).get()
        #expect(plan.keys?.sessionToken?.value == Secret("t"))
        #expect(plan.keys?.accountID == "123456789012")
    }

    @Test func theEnvironmentOfSomebodyElse() throws {
        let files = try sharedFiles()
        let chain = ProfileConfiguration(name: "app", origin: .defaultChain)
        var environment = AWSEnvironment(
            variables: keys, user: 1000, owner: "the environment of app.service")
        #expect(
            try Planner(environment).plan(chain, in: files).source
                == "AWS_ACCESS_KEY_ID in the environment of app.service")
        environment.variables = web
        guard
            case .webIdentity(let step) = try Planner(environment).plan(chain, in: files).steps
                .first
        else { return #expect(Bool(false)) }
        #expect(step.user == 1000)
    }
}
