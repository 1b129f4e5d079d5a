import Support

/// A moto server of the test's own, with authentication on after the first users were made.
final class Moto: Sendable {
    let url: String
    private let server: Subprocess
    private static let setupCalls = 6
    /// The account that moto gives to everybody.
    static let account = "123456789012"

    static var isInstalled: Bool {
        get async {
            let outcome = try? await Subprocess.run("python3", ["-c", "import moto.server, boto3"])
            return outcome?.ending == .exited(0)
        }
    }

    /// Starts a server; moto that authenticates refuses calls that nobody signs, those by web identity, too.
    init(authenticates: Bool = true) async throws {
        var environment = Subprocess.inheritedEnvironment
        if authenticates {
            environment["INITIAL_NO_AUTH_ACTION_COUNT"] = String(Self.setupCalls)
        }
        environment["PYTHONUNBUFFERED"] = "1"
        // Port 0 lets the system choose; the server says on which port it runs.
        server = try Subprocess(
            "python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            environment: environment, timeLimit: .seconds(90))
        guard await server.hasWritten("Running on http://127.0.0.1:") else {
            throw FileTrouble(
                description: "moto did not start: \(await server.outcome().errorText)")
        }
        url = try await Self.url(in: server)
    }

    deinit {
        server.send(signal: 9)
    }

    private static func url(in server: Subprocess) async throws -> String {
        let text = server.errorsSoFar
        let start = text.firstRange(of: "http://127.0.0.1:")
        guard let start else { throw FileTrouble(description: "no URL in \(text)") }
        let port = text[start.upperBound...].prefix { $0.isNumber }
        return "http://127.0.0.1:\(port)"
    }

    /// Makes a user who may do everything, and a key for it: three calls without authentication.
    func createUser(_ name: String) async throws -> (id: String, secret: String) {
        let outcome = try await python(
            """
            user = sys.argv[2]
            iam.create_user(UserName=user)
            key = iam.create_access_key(UserName=user)['AccessKey']
            iam.put_user_policy(UserName=user, PolicyName='all', PolicyDocument=json.dumps(
                {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))
            print(key['AccessKeyId'], key['SecretAccessKey'])
            """, key: ("setup", "setup"), name)
        let words = outcome.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 2 else { throw FileTrouble(description: "moto: \(outcome)") }
        return (words[0], words[1])
    }

    func deleteKey(of user: String, _ id: String, using key: (id: String, secret: String))
        async throws
    {
        _ = try await python(
            "iam.delete_access_key(UserName=sys.argv[2], AccessKeyId=sys.argv[3])", key: key, user,
            id)
    }

    /// Makes a role that the account may assume, and that may do everything.
    func createRole(_ name: String, using key: (id: String, secret: String)) async throws {
        _ = try await python(
            """
            def policy(**more): return json.dumps({'Version': '2012-10-17', 'Statement': [
                {'Effect': 'Allow', **more}]})
            iam.create_role(RoleName=sys.argv[2], AssumeRolePolicyDocument=policy(
                Action='sts:AssumeRole', Principal={'AWS': '*'}))
            iam.put_role_policy(RoleName=sys.argv[2], PolicyName='all', PolicyDocument=policy(
                Action='*', Resource='*'))
            """, key: key, name)
    }

    /// Runs a piece of Python with `iam`, a client of IAM, as the owner of a key.
    func perform(
        _ script: String, using key: (id: String, secret: String), _ arguments: String...
    ) async throws {
        _ = try await python(script, key: key, arguments)
    }

    func check(_ key: (id: String, secret: String)) async throws -> Subprocess.Outcome {
        try await Subprocess.run(
            binary("credwatch"), ["check", "--json"],
            environment: plainEnvironment.merging([
                "AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret,
                "AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1",
            ]) { $1 })
    }

    private func python(
        _ script: String, key: (id: String, secret: String), _ arguments: String...
    ) async throws -> String {
        try await python(script, key: key, arguments)
    }

    private func python(
        _ script: String, key: (id: String, secret: String), _ arguments: [String]
    ) async throws -> String {
        let head = """
            import boto3, json, sys
            iam = boto3.client('iam', endpoint_url=sys.argv[1], region_name='us-east-1')

            """
        var environment = Subprocess.inheritedEnvironment
        environment["AWS_ACCESS_KEY_ID"] = key.id
        environment["AWS_SECRET_ACCESS_KEY"] = key.secret
        let outcome = try await Subprocess.run(
            "python3", ["-c", head + script, url] + arguments, environment: environment)
        guard outcome.ending == .exited(0) else {
            throw FileTrouble(description: outcome.errorText)
        }
        return outcome.outputText
    }
}
