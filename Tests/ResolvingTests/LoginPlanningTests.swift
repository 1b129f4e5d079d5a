import Model
import Testing

@testable import Resolving

private let config = "/home/app/.aws/config"

@Suite struct LoginPlanningTests {
    private let session = """
        [sso-session dev]
        sso_region = us-east-2
        sso_start_url = https://d-1.awsapps.com/start
        sso_registration_scopes = sso:account:access

        """
    private let account = "sso_account_id = 123456789012\nsso_role_name = Reader\n"

    private func login(
        _ variables: [String: String] = [:], _ text: String
    ) throws -> SSOLogin? {
        let plan = try plan("app", .profile, variables, config: text).get()
        if case .sso(let login) = plan.steps.first { return login } else { return nil }
    }

    @Test func aSession() throws {
        let login = try #require(
            try login([:], "[profile app]\nsso_session = dev\n\(account)\(session)"))
        #expect(login.session == "dev")
        #expect(login.startURL.value == "https://d-1.awsapps.com/start")
        #expect(login.startURL.provenance.description == "\(config):7:1")
        #expect(login.region == "us-east-2")
        #expect(login.accountID == "123456789012")
        #expect(login.roleName == "Reader")
        // sha1("dev")
        #expect(
            login.cacheFile
                == "/home/app/.aws/sso/cache/34c6fceca75e456f25e7e99531e2425c6c1de443.json")
        #expect(login.portalURL == "https://portal.sso.us-east-2.amazonaws.com")
        #expect(login.oidcURL == "https://oidc.us-east-2.amazonaws.com")
    }

    @Test func theOlderKeys() throws {
        let text = """
            [profile app]
            sso_start_url = https://test.url/start
            sso_region = us-east-1
            region = eu-west-1
            \(account)
            """
        let login = try #require(try login([:], text))
        #expect(login.session == nil)
        #expect(login.region == "us-east-1")
        // sha1("https://test.url/start")
        #expect(
            login.cacheFile
                == "/home/app/.aws/sso/cache/f395038c92f1828cbb3991d2d6152d326b895606.json")
        #expect(try plan(config: text).get().endpoint.value.signingRegion == "eu-west-1")
    }

    private static let overrides: [([String: String], String?, String?)] = [
        (["AWS_ENDPOINT_URL_SSO": "https://sso.example"], "https://sso.example", nil),
        (["AWS_ENDPOINT_URL_SSO_OIDC": "https://oidc.example/x/"], nil, "https://oidc.example/x"),
        (["AWS_ENDPOINT_URL": "https://all.example"], "https://all.example", "https://all.example"),
        (
            ["AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"],
            "https://portal.sso-fips.us-east-2.api.aws", "https://oidc-fips.us-east-2.api.aws"
        ),
    ]

    @Test(arguments: overrides)
    func endpoints(_ variables: [String: String], _ portal: String?, _ oidc: String?) throws {
        let login = try #require(
            try login(variables, "[profile app]\nsso_session = dev\n\(account)\(session)"))
        #expect(login.portalURL == portal ?? "https://portal.sso.us-east-2.amazonaws.com")
        #expect(login.oidcURL == oidc ?? "https://oidc.us-east-2.amazonaws.com")
    }

    @Test func servicesSection() throws {
        let login = try #require(
            try login(
                [:],
                "[profile app]\nservices = s\nsso_session = dev\n\(account)\(session)"
                    + "[services s]\nsso =\n  endpoint_url = https://a.example\n"
                    + "sso_oidc =\n  endpoint_url = https://b.example\n"))
        #expect(login.portalURL == "https://a.example")
        #expect(login.oidcURL == "https://b.example")
    }

    private static let incomplete: [(String, String, Int)] = [
        ("sso_session = dev\n", "gives a token for services, not credentials", 2),
        ("sso_start_url = https://x\n", "gives a token for services, not credentials", 2),
        ("sso_session = dev\nsso_role_name = r\n", "sso_role_name needs sso_account_id", 3),
        ("sso_session = dev\nsso_account_id = 1\n", "sso_account_id needs sso_role_name", 3),
        ("sso_session = dve\nACCOUNT", "no [sso-session dve]; there are: dev, bare", 2),
        ("sso_session = bare\nACCOUNT", "[sso-session bare] has no sso_start_url", 2),
        ("sso_session = dev\nsso_start_url = https://d-2\nACCOUNT", "another one than that", 3),
        ("sso_session = dev\nsso_region = eu-west-1\nACCOUNT", "another one than that", 3),
        ("sso_region = eu-west-1\nACCOUNT", "sso_account_id needs sso_start_url", 3),
        ("sso_start_url = https://x\nACCOUNT", "sso_start_url needs sso_region", 2),
    ]

    @Test(arguments: incomplete)
    func incompleteLogins(_ text: String, _ what: String, _ line: Int) throws {
        let text = text.replacing("ACCOUNT", with: account)
        let found = try plan(
            config: "[profile app]\n\(text)\(session)[sso-session bare]\nsso_region = x\n"
        ).badChain
        #expect(found?.what.contains(what) == true, "\(found?.what ?? "nothing")")
        #expect(found?.place == "\(config):\(line):1")
    }

    @Test func aRegionThatIsNone() throws {
        let text =
            "[profile app]\nsso_start_url = https://x\nsso_region = evil.example/\n\(account)"
        guard case .badSetting("sso_region", _, let place) = try plan(config: text).problem else {
            return #expect(Bool(false))
        }
        #expect(place.description == "\(config):3:1")
    }

    private static let logins: [([String: String], String?, String?)] = [
        ([:], nil, nil),
        (["AWS_LOGIN_CACHE_DIRECTORY": "~/c"], "/home/app/c/", nil),
        (["AWS_LOGIN_CACHE_DIRECTORY": "/var/c"], "/var/c/", nil),
        (["AWS_REGION": "cn-north-1"], nil, "https://cn-north-1.signin.amazonaws.cn"),
        (["AWS_ENDPOINT_URL_SIGNIN": "https://s.example"], nil, "https://s.example"),
    ]

    @Test(arguments: logins)
    func loginSession(
        _ variables: [String: String], _ directory: String?, _ url: String?
    ) throws {
        let arn = "arn:aws:iam::123456789012:user/me"
        let plan = try plan(
            "app", .profile, variables,
            config: "[profile app]\nregion = eu-west-1\nlogin_session = \(arn)\n"
        ).get()
        guard case .loginSession(let login) = plan.steps.first else { return #expect(Bool(false)) }
        #expect(login.session.value == arn)
        // sha256 of the ARN
        let digest = "286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f"
        #expect(login.cacheFile == (directory ?? "/home/app/.aws/login/cache/") + "\(digest).json")
        #expect(login.signInURL == url ?? "https://eu-west-1.signin.aws.amazon.com")
        #expect(login.region == variables["AWS_REGION"] ?? "eu-west-1")
    }

    @Test func aLoginWithoutAHome() throws {
        let files = try sharedFiles(config: "[profile app]\nlogin_session = x\n")
        let planner = Planner(AWSEnvironment(variables: [:]))
        let problem = problemOf { () throws(ResolveProblem) in
            try planner.plan(ProfileConfiguration(name: "app"), in: files)
        }
        guard case .badChain(let what, _) = problem else { return #expect(Bool(false)) }
        #expect(what.contains("no home directory"))
    }

    /// By the rules of the services' endpoints.
    private static let rules: [(KnownProperty, String, Bool, Bool, String)] = [
        (.sso, "us-gov-west-1", true, false, "portal.sso.us-gov-west-1.amazonaws.com"),
        (.sso, "us-gov-west-1", true, true, "portal.sso-fips.us-gov-west-1.api.aws"),
        (.sso, "cn-north-1", false, false, "portal.sso.cn-north-1.amazonaws.com.cn"),
        (.sso, "eu-west-1", false, true, "portal.sso.eu-west-1.api.aws"),
        (.ssoOIDC, "eu-west-1", true, false, "oidc-fips.eu-west-1.amazonaws.com"),
        (.ssoOIDC, "us-gov-east-1", true, false, "oidc.us-gov-east-1.amazonaws.com"),
        (.signIn, "us-gov-west-1", false, false, "us-gov-west-1.signin.amazonaws-us-gov.com"),
        (.signIn, "eusc-de-east-1", false, false, "signin.eusc-de-east-1.amazonaws.eu"),
        (.signIn, "us-east-1", true, false, "signin-fips.us-east-1.amazonaws.com"),
        (.signIn, "us-east-1", false, true, "signin.us-east-1.api.aws"),
        (.signIn, "us-east-1", true, true, "signin-fips.us-east-1.api.aws"),
    ]

    @Test(arguments: rules)
    func loginURLs(
        _ service: KnownProperty, _ region: String, _ fips: Bool, _ dualStack: Bool, _ host: String
    ) {
        let variant = EndpointVariant(isFIPS: fips, isDualStack: dualStack)
        #expect(variant.loginURL(service, in: region) == "https://" + host)
    }
}
