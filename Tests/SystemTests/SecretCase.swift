import Model
import Sandbox
import Testing

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
