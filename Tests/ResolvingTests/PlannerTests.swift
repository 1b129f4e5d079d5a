import Model
import Testing

@testable import Resolving

private let credentialsPath = "/home/app/.aws/credentials"
private let configPath = "/home/app/.aws/config"

extension Plan {
    fileprivate var credentials: Credentials? {
        if case .keys(let credentials) = steps.first { credentials } else { nil }
    }
}

@Suite struct PlannerTests {
    private let environmentKeys = [
        "AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT23456", "AWS_SECRET_ACCESS_KEY": "environment secret",
    ]

    @Test func staticKeysWithTheirPlaces() throws {
        let plan = try plan(
            credentials:
                "# mine\n[other]\n[app]\n\(exampleKeys)aws_session_token = \(exampleToken)\n",
            config: "[profile app]\nregion = eu-west-1\n", modifiedAt: WallTime(seconds: 7)
        ).get()
        let credentials = try #require(plan.credentials)
        #expect(credentials.accessKeyID.value == exampleKeyID)
        #expect(credentials.accessKeyID.provenance.description == "\(credentialsPath):4:1")
        #expect(credentials.secretAccessKey.value == Secret(exampleSecret))
        #expect(credentials.secretAccessKey.provenance.description == "\(credentialsPath):5:1")
        #expect(credentials.sessionToken?.value == Secret(exampleToken))
        #expect(credentials.expiresAt == nil)
        #expect(plan.profile == "app")
        #expect(plan.source == "[app] in \(credentialsPath):3")
        #expect(plan.sourceModifiedAt == WallTime(seconds: 7))
        #expect(plan.region.value == "eu-west-1")
        #expect(plan.endpoint.value.url == "https://sts.eu-west-1.amazonaws.com")
        #expect(plan.endpoint.provenance == plan.region.provenance)
        #expect(plan.mainEndpoint?.url == "https://sts.us-east-1.amazonaws.com")
        #expect(plan.rows.map(\.standing) == [.chosen])
    }

    @Test func keysOfTheConfigFile() throws {
        let plan = try plan(config: "[profile app]\n\(exampleKeys)").get()
        #expect(plan.source == "[profile app] in \(configPath):1")
    }

    @Test func theHalvesMayStandInBothFiles() throws {
        let plan = try plan(
            credentials: "[app]\naws_access_key_id = \(exampleKeyID)\n",
            config: "[profile app]\naws_secret_access_key = \(exampleSecret)\n"
        ).get()
        #expect(plan.credentials?.accessKeyID.provenance.description == "\(credentialsPath):2:1")
        #expect(plan.credentials?.secretAccessKey.provenance.description == "\(configPath):2:1")
    }

    @Test(arguments: [
        ("aws_session_token = T\naws_security_token = S\n", "T"),
        ("aws_security_token = S\n", "S"),
        ("aws_session_token =\naws_security_token = S\n", "S"),
        ("aws_session_token =\n", nil),
    ])
    func sessionToken(_ text: String, _ token: String?) throws {
        let plan = try plan(credentials: "[app]\n\(exampleKeys)\(text)").get()
        #expect(plan.credentials?.sessionToken?.value == token.map { Secret($0) })
    }

    @Test(arguments: [
        ("aws_session_expiration = 2026-11-22T15:00:00Z\n", "2026-11-22T15:00:00Z"),
        ("x_security_token_expires = 2026-11-22T15:00:00+01:00\n", "2026-11-22T14:00:00Z"),
        ("expiration = 2026-11-22T15:00:00.5Z\n", "2026-11-22T15:00:00Z"),
        (
            "aws_session_expiration = soon\nexpiration = 2026-11-22T15:00:00Z\n",
            "2026-11-22T15:00:00Z"
        ),
        ("expiration = 9999-12-31T23:59:59Z\n", nil),
        ("expiration = 0000-00-00T00:00:00Z\n", nil),
        ("expiration = soon\n", nil),
    ])
    func expiryHints(_ text: String, _ expected: String?) throws {
        let keys = "[app]\n\(exampleKeys)"
        let session = try plan(credentials: "\(keys)aws_session_token = T\n\(text)").get()
        #expect(session.credentials?.expiresAt?.value.rfc3339 == expected)
        // Without a session there is nothing that could expire.
        #expect(try plan(credentials: keys + text).get().credentials?.expiresAt == nil)
    }

    @Test(arguments: [
        ("aws_access_key_id = A\n", "aws_secret_access_key", 2),
        ("aws_secret_access_key = S\n", "aws_access_key_id", 2),
        ("aws_access_key_id =\naws_secret_access_key = S\n", "aws_access_key_id", 3),
        ("credential_process = x\naws_access_key_id = A\n", "aws_secret_access_key", 3),
    ])
    func halfAKey(_ text: String, _ missing: String, _ line: Int) throws {
        let place = SourceLocation(file: credentialsPath, line: line, column: 1)
        #expect(
            try plan(credentials: "[app]\n\(text)").problem
                == .incomplete(missing: missing, present: .file(place)))
    }

    @Test(arguments: [
        ("role_arn = arn\ncredential_source = EcsContainer", CredentialSource.assumeRole),
        ("role_arn = arn\nweb_identity_token_file = /t", .webIdentity),
        (
            "sso_account_id = 1\nsso_role_name = r\nsso_start_url = https://x\nsso_region = eu-west-1",
            .sso
        ),
        ("login_session = arn:aws:iam::1:user/me", .loginSession),
        ("sso_session = s", nil), ("sso_start_url = https://x", nil), ("source_profile = x", nil),
        ("credential_source = Environment", nil),
    ])
    func staticKeysComeAfter(_ config: String, _ before: CredentialSource?) throws {
        let plan = try plan(
            "app", .profile, ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"],
            credentials: "[app]\n\(exampleKeys)credential_process = x\n",
            config: "[profile app]\n\(config)\n"
        ).get()
        let winner = before ?? .profileKeys
        #expect(plan.rows.first { $0.standing == .chosen }?.source == winner)
        let hidden = plan.rows.filter { $0.standing == .shadowed(by: winner) }.map(\.source)
        #expect(hidden == (before == nil ? [] : [.profileKeys]) + [.credentialProcess])
    }

    @Test func aMissingProfileNamesWhatMayBeMeant() throws {
        #expect(
            try plan("pap", credentials: "[app]\n[web]\n").problem
                == .profileMissing(
                    name: "pap",
                    searched: [credentialsPath, "\(configPath) (no such file)"],
                    candidates: ["app", "web"]))
    }

    @Test func aProfileWithoutASource() throws {
        #expect(
            try plan(config: "[profile app]\nregion = x\n").problem
                == .noSource(searched: ["[profile app] in \(configPath):1"]))
    }

    @Test func aNamedProfileDoesNotUseTheEnvironmentsKeys() throws {
        let plan = try plan(
            "app", .profile, environmentKeys, credentials: "[app]\n\(exampleKeys)"
        ).get()
        #expect(plan.credentials?.accessKeyID.value == exampleKeyID)
        #expect(plan.rows.map(\.source) == [.environmentKeys, .profileKeys])
        #expect(plan.rows.map(\.standing) == [.notConsulted, .chosen])
    }

    @Test func theDefaultChainBeginsWithTheEnvironment() throws {
        let plan = try plan(
            "anything", .defaultChain, environmentKeys,
            credentials: "[default]\n\(exampleKeys)", config: "[default]\nregion = eu-west-3\n"
        ).get()
        #expect(plan.credentials?.accessKeyID.value == "AKIAENVIRONMENT23456")
        #expect(
            plan.credentials?.secretAccessKey.provenance
                == .environment(variable: "AWS_SECRET_ACCESS_KEY"))
        #expect(plan.source == "AWS_ACCESS_KEY_ID in the environment")
        #expect(plan.region.value == "eu-west-3")
        let hidden = Plan.Standing.shadowed(by: .environmentKeys)
        #expect(plan.rows.map(\.source) == [.environmentKeys, .profileKeys, .instanceMetadata])
        #expect(plan.rows.map(\.standing) == [.chosen, hidden, hidden])
        #expect(plan.sourceModifiedAt == nil)
    }

    @Test func sessionAndExpiryOfTheEnvironment() throws {
        var variables = environmentKeys
        variables["AWS_CREDENTIAL_EXPIRATION"] = "2026-11-22T15:00:00Z"
        #expect(try plan("x", .defaultChain, variables).get().credentials?.expiresAt == nil)
        variables["AWS_SESSION_TOKEN"] = exampleToken
        let credentials = try #require(try plan("x", .defaultChain, variables).get().credentials)
        #expect(
            credentials.sessionToken
                == Sourced(Secret(exampleToken), from: .environment(variable: "AWS_SESSION_TOKEN")))
        #expect(credentials.expiresAt?.value.rfc3339 == "2026-11-22T15:00:00Z")
        variables["AWS_SESSION_TOKEN"] = ""
        #expect(try plan("x", .defaultChain, variables).get().credentials?.sessionToken == nil)
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "A"], "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        (
            ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "S"], "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY"
        ),
    ])
    func halfAKeyInTheEnvironment(
        _ variables: [String: String], _ missing: String, _ present: String
    ) throws {
        let result = try plan(
            "app", .defaultChain, variables, credentials: "[default]\n\(exampleKeys)")
        #expect(
            result.problem
                == .incomplete(missing: missing, present: .environment(variable: present)))
    }

    @Test(arguments: [
        ([:], "[default] in \(credentialsPath):1"),
        (
            ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": " "],
            "[default] in \(credentialsPath):1"
        ),
        (["AWS_PROFILE": "app"], "[app] in \(credentialsPath):4"),
        (["AWS_DEFAULT_PROFILE": "app"], "[app] in \(credentialsPath):4"),
        (
            ["AWS_PROFILE": "default", "AWS_DEFAULT_PROFILE": "app"],
            "[default] in \(credentialsPath):1"
        ),
    ])
    func theDefaultChainGoesOnWithAProfile(
        _ variables: [String: String], _ source: String
    ) throws {
        let plan = try plan(
            "x", .defaultChain, variables,
            credentials: "[default]\n\(exampleKeys)[app]\n\(exampleKeys)")
        #expect(try plan.get().source == source)
    }

    /// What a file hides may change any profile, but keys of the environment need no file.
    @Test func aFileThatCannotBeReadStopsProfilesOnly() throws {
        let problem = ResolveProblem.fileUnreadable(path: configPath, reason: "r", hint: "h")
        let readable = try sharedFiles(credentials: "[default]\n\(exampleKeys)")
        let files = SharedFiles(
            generation: 1, paths: readable.paths, credentials: readable.credentials,
            config: .failed(problem))
        let planner = Planner(AWSEnvironment(variables: environmentKeys))
        let named = ProfileConfiguration(name: "default")
        #expect(
            problemOf { () throws(ResolveProblem) in try planner.plan(named, in: files) }
                == problem)
        let chain = ProfileConfiguration(name: "default", origin: .defaultChain)
        #expect(
            try planner.plan(chain, in: files).credentials?.accessKeyID.value
                == "AKIAENVIRONMENT23456")
        let bare = Planner(AWSEnvironment(variables: [:]))
        #expect(
            problemOf { () throws(ResolveProblem) in try bare.plan(chain, in: files) }
                == problem)
        let webIdentity = Planner(
            AWSEnvironment(variables: [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn",
            ]))
        #expect(try webIdentity.plan(chain, in: files).steps.map(\.source) == [.webIdentity])
    }
}
