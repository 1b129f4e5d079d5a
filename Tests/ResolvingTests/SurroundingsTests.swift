import Dispatch
import Glibc
import Model
import Support
import Testing

@testable import Resolving

@Suite(.timeLimit(.minutes(1))) struct SurroundingsTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func resolver(
        _ variables: [String: String] = [:], _ overrides: AWSOverrides = AWSOverrides()
    ) -> Resolver {
        Resolver(environment: AWSEnvironment(variables: variables), overrides: overrides)
    }

    private func result(
        _ resolver: Resolver, _ profile: ProfileConfiguration
    ) async -> Result<Resolution, ResolveProblem> {
        do throws(ResolveProblem) {
            return .success(try await resolver.resolve(profile))
        } catch {
            return .failure(error)
        }
    }

    // MARK: Environment files

    private var file: ProfileConfiguration {
        ProfileConfiguration(
            name: "x", origin: .defaultChain, surroundings: .environmentFile(directory["env"]),
            timeout: .seconds(50))
    }

    @Test func keysOfAnEnvironmentFileHaveTheirLine() async throws {
        try directory.write(
            "env",
            """
            # keys
            AWS_ACCESS_KEY_ID="\(exampleKeyID)"
            AWS_SECRET_ACCESS_KEY='\(exampleSecret)'
            export AWS_PROFILE=app
            """)
        let resolver = resolver(["AWS_SESSION_TOKEN": "not this one", "AWS_PROFILE": "nor this"])
        let keys = try #require(try await resolver.resolve(file).keys)
        #expect(keys.accessKeyID.value == exampleKeyID)
        #expect(keys.secretAccessKey.value == Secret(exampleSecret))
        #expect(keys.sessionToken == nil)
        #expect(
            keys.accessKeyID.provenance.description
                == "AWS_ACCESS_KEY_ID in environment file \(directory["env"]):2:1")
        let findings = try await resolver.findings(of: file.surroundings)
        #expect(findings.map(\.kind) == [.exportPrefix])
        #expect(try await resolver.explain(file).steps.count == 1)
    }

    @Test func itsProfileIsFoundInTheFilesThatItNames() async throws {
        try directory.write("credentials", "[app]\n\(exampleKeys)")
        try directory.write("other", "[app]\n")
        let names = "AWS_PROFILE=app\nAWS_SHARED_CREDENTIALS_FILE=\(directory["credentials"])\n"
        try directory.write("env", names)
        let place = Sourced(directory["other"], from: .builtIn("for credwatch"))
        let overridden = resolver([:], AWSOverrides(credentialsFile: place))
        #expect(try await overridden.resolve(file).keys?.accessKeyID.value == exampleKeyID)
    }

    @Test func itHasNoHomeThatItDoesNotName() async throws {
        try directory.makeDirectory(".aws")
        try directory.write(".aws/credentials", "[default]\n\(exampleKeys)")
        try directory.write("env", "LANG=C\n")
        let resolver = resolver(["HOME": directory.path])
        switch await result(resolver, file) {
        case .success(let resolution): #expect(resolution.keys == nil)
        case .failure(let problem):
            guard case .noSource = problem else { return #expect(Bool(false), "\(problem)") }
        }
    }

    @Test func aChangeOfAnEnvironmentFileIsSeen() async throws {
        let resolver = resolver()
        for id in ["AKIAONE", "AKIATWO", "AKIATHREE"] {
            try directory.write(
                "env", "AWS_ACCESS_KEY_ID=\(id)\nAWS_SECRET_ACCESS_KEY=x\nAWS_REGION=eu-west-1\n")
            #expect(try await resolver.resolve(file).keys?.accessKeyID.value == id)
        }
        var look = EnvironmentFileLook(directory["env"], AWSOverrides())
        try directory.setModified("env", 1_700_000_000)
        #expect(try look.look(within: .seconds(1)).findings.isEmpty)
        try directory.write("env", "words\n")
        guard case .success = await result(resolver, file) else {
            try directory.write("env", "A=\u{0}")
            guard case .failure(.fileMalformed) = await result(resolver, file) else {
                return #expect(Bool(false))
            }
            try #require(unlink(directory["env"]) == 0)
            guard
                case .failure(.fileUnreadable(_, "no such file", _)) = await result(resolver, file)
            else { return #expect(Bool(false)) }
            return
        }
    }

    @Test func anUnchangedFileIsReadOnce() throws {
        let files = FakeFileSystem()
        files.set("AWS_REGION=eu-west-1", modified: 10, now: 100)
        var watched = WatchedFile("/config", files)
        for _ in 0..<3 { _ = try watched.look() }
        #expect(files.reads == 1)
        files.set("AWS_REGION=eu-west-2", modified: 11, now: 12)
        for _ in 0..<3 { _ = try watched.look() }
        // So young a file may change without a trace.
        #expect(files.reads == 4)
    }

    // MARK: Credentials

    private func handed(_ profile: String? = nil) -> ProfileConfiguration {
        ProfileConfiguration(
            name: "check", awsProfile: profile, surroundings: .credential("aws-app"),
            timeout: .seconds(50))
    }

    private var withDirectory: Resolver {
        resolver([
            "CREDENTIALS_DIRECTORY": directory.path, "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "AKIAOURS", "AWS_PROFILE": "ours",
        ])
    }

    @Test(
        arguments: [
            ("[one]\nKEYS", nil, "one"),
            ("[one]\nKEYS[check]\nKEYS", nil, "check"),
            ("[one]\nKEYS[default]\nKEYS", nil, "default"),
            ("[one]\nKEYS[two]\nKEYS", "two", "two"),
            ("[one]\nKEYS[two]\nKEYS", nil, nil),
            ("[one]\nKEYS", "two", nil),
        ] as [(String, String?, String?)])
    func theSectionOfACredential(text: String, profile: String?, section: String?) async throws {
        let text = text.split(separator: "KEYS", omittingEmptySubsequences: false)
            .joined(separator: exampleKeys)
        try directory.write("aws-app", text)
        let found = await result(withDirectory, handed(profile))
        guard let section else {
            guard case .failure(.profileMissing(_, [directory["aws-app"]], _)) = found else {
                return #expect(Bool(false), "\(found)")
            }
            return
        }
        guard case .success(.ready(let resolved)) = found else {
            return #expect(Bool(false), "\(found)")
        }
        #expect(resolved.source.hasPrefix("[\(section)] in \(directory["aws-app"]):"))
        #expect(resolved.credentials.accessKeyID.value == exampleKeyID)
        #expect(resolved.region.value == "eu-west-1")
        let plan = try await withDirectory.explain(handed(profile))
        #expect(plan.rows.contains { $0.source == .credentialsDirectory && $0.standing == .chosen })
    }

    @Test func aCredentialInJSON() async throws {
        try directory.write(
            "aws-app",
            """
            {"Version": 1, "accesskeyid": "ASIAQNCLJGYSAZAAN74C", "SECRETACCESSKEY": "\(exampleSecret)",
             "SessionToken": "\(exampleToken)", "Expiration": "2026-11-22T14:03:05Z",
             "AccountId": "123456789012", "More": [null]}
            """)
        guard case .ready(let resolved) = try await withDirectory.resolve(handed()) else {
            return #expect(Bool(false))
        }
        let keys = resolved.credentials
        #expect(keys.accessKeyID.value == "ASIAQNCLJGYSAZAAN74C")
        #expect(keys.secretAccessKey.value == Secret(exampleSecret))
        #expect(keys.sessionToken?.value == Secret(exampleToken))
        #expect(keys.expiresAt?.value == WallTime(parsing: "2026-11-22T14:03:05Z"))
        #expect(keys.accountID == "123456789012")
        #expect(keys.accessKeyID.provenance.description == directory["aws-app"])
        #expect(resolved.source == directory["aws-app"])
        #expect(resolved.region.value == "eu-west-1")
        #expect(try await withDirectory.findings(of: handed().surroundings).isEmpty)
    }

    @Test(
        arguments: [
            ("{", "JSON"), ("{\"Version\": 2}", "Version"), ("{}", "neither"),
            ("{\"AccessKeyId\": 5}", "AccessKeyId"), ("{\"AccessKeyId\": \"hunter2\"", "JSON"),
            ("aws_access_key_id = \(exampleKeyID)\n", "section header"), ("\u{0}\u{0}", "NUL"),
        ])
    func aCredentialThatIsNone(text: String, word: String) async throws {
        try directory.write("aws-app", text)
        let found = await result(withDirectory, handed())
        guard case .failure(.fileMalformed(let place, let what)) = found else {
            return #expect(Bool(false), "\(found)")
        }
        #expect(place.file == directory["aws-app"])
        #expect(what.contains(word), "\(what)")
        #expect(!what.contains("hunter2"))
    }

    @Test func halfACredential() async throws {
        try directory.write("aws-app", "{\"SecretAccessKey\": \"\(exampleSecret)\"}")
        guard case .failure(.incomplete("AccessKeyId", _)) = await result(withDirectory, handed())
        else { return #expect(Bool(false)) }
    }

    @Test func aCredentialThatWasNotHandedOver() async throws {
        for resolver in [withDirectory, resolver()] {
            guard
                case .failure(.fileUnreadable(let path, _, let hint)) = await result(
                    resolver, handed())
            else { return #expect(Bool(false)) }
            #expect(path.hasSuffix("/aws-app"))
            #expect(hint.sentence.contains("LoadCredential=aws-app:/"))
        }
    }

    // MARK: Looking

    private struct Hanging: Looking {
        let gate: DispatchSemaphore
        var overdue: ResolveProblem { .timedOut(path: "/hung") }

        mutating func look(within limit: Duration) throws(ResolveProblem) -> Site {
            gate.wait()
            return Site(AWSEnvironment(variables: [:]), AWSOverrides())
        }
    }

    @Test func aLookThatHangsCostsItsTimeOnly() async throws {
        let gate = DispatchSemaphore(value: 0)
        let lookout = Lookout(Hanging(gate: gate))
        for _ in 0..<3 {
            await #expect(throws: ResolveProblem.timedOut(path: "/hung")) {
                try await lookout.site(within: .milliseconds(20))
            }
        }
        let cancelled = Task { try await lookout.site(within: .seconds(600)) }
        cancelled.cancel()
        await #expect(throws: ResolveProblem.timedOut(path: "/hung")) {
            try await cancelled.value
        }
        gate.signal()
        gate.signal()
        _ = try await lookout.site(within: .seconds(50))
    }
}
