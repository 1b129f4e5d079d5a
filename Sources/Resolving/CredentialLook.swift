import Answers
import Glibc
import Model

/// Looks at a file that systemd put into `$CREDENTIALS_DIRECTORY` for credwatch.
struct CredentialLook: Looking {
    private let name: String
    private let environment: AWSEnvironment
    private let overrides: AWSOverrides
    /// Nil when systemd gave credwatch no directory.
    private var file: WatchedFile?
    private var known: Result<Site, ResolveProblem>?

    /// `environment` is credwatch's own, for the directory and the settings that are no credentials.
    init(_ name: String, _ environment: AWSEnvironment, _ overrides: AWSOverrides) {
        self.name = name
        self.environment = environment.withoutCredentials
        self.overrides = AWSOverrides(endpointURL: overrides.endpointURL)
        file = (environment["CREDENTIALS_DIRECTORY"]?.value ?? Self.directoryOfService).map {
            WatchedFile("\($0)/\(name)")
        }
    }

    /// Where systemd keeps the credentials of the running service, which root at a terminal may read too.
    private static var directoryOfService: String? {
        let path = "/run/credentials/credwatch.service"
        return access(path, R_OK | X_OK) == 0 ? path : nil
    }

    private var shownPath: String { file?.path ?? "$CREDENTIALS_DIRECTORY/\(name)" }

    var overdue: ResolveProblem { .timedOut(path: shownPath) }

    private var hint: FileHint {
        """
        Hand it to the unit of credwatch by LoadCredential=\(name):/path/of/the/file (`systemctl edit \
        credwatch`), and restart it; at a terminal only root sees what the service has.
        """
    }

    mutating func look(within limit: Duration) throws(ResolveProblem) -> Site {
        guard let change = try file?.look() else {
            throw .fileUnreadable(
                path: shownPath, reason: "systemd gave this process no directory of credentials",
                hint: hint)
        }
        switch change {
        case .none: break
        case .missing(let note):
            throw .fileUnreadable(path: shownPath, reason: note, hint: hint)
        case .bytes(let bytes): known = site(bytes)
        }
        guard let known else { throw overdue }
        return try known.get()
    }

    private func site(_ bytes: [UInt8]) -> Result<Site, ResolveProblem> {
        let place = SourceLocation(file: shownPath, line: 0)
        let paths = SharedFilePaths(
            credentials: Sourced(shownPath, from: .builtIn("in $CREDENTIALS_DIRECTORY")),
            config: nil)
        guard bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == 0x7B else {
            return .success(
                Site(
                    Planner(environment, overrides), FileStore(paths),
                    kind: .credential(.sections(path: shownPath))))
        }
        do throws(ResolveProblem) {
            let credentials = try Credentials(json: bytes, at: place)
            var environment = environment
            // Only ever read back by the planner, which thinks of a region and an endpoint for them.
            environment.variables["AWS_ACCESS_KEY_ID"] = credentials.accessKeyID.value
            environment.variables["AWS_SECRET_ACCESS_KEY"] = "-"
            let none = SharedFiles(
                generation: 1, paths: paths, credentials: .missing(note: "JSON"),
                config: .missing(note: "JSON"))
            return .success(
                Site(
                    Planner(environment, overrides), FileStore(paths), fixed: none,
                    kind: .credential(.keys(credentials, path: shownPath))))
        } catch {
            return .failure(error)
        }
    }
}

/// What a file of `$CREDENTIALS_DIRECTORY` holds, and how it becomes a plan.
enum HandedCredential: Sendable {
    /// Sections as the shared AWS files have them.
    case sections(path: String)
    /// What a `credential_process` would print.
    case keys(Credentials, path: String)

    /// The profile as the planner has to look for it.
    func profile(
        for profile: ProfileConfiguration, in files: SharedFiles
    ) throws(ResolveProblem) -> ProfileConfiguration {
        var profile = profile
        switch self {
        case .sections(let path):
            profile.origin = .profile
            profile.awsProfile = try section(for: profile, in: files, path)
        case .keys: profile.origin = .defaultChain
        }
        return profile
    }

    /// Says in a plan where its keys come from.
    func complete(_ plan: inout Plan) {
        switch self {
        case .sections:
            for index in plan.rows.indices where plan.rows[index].source == .profileKeys {
                plan.rows[index].source = .credentialsDirectory
            }
        case .keys(let credentials, let path):
            plan.steps = [.keys(credentials)]
            plan.rows = [
                Plan.Row(
                    source: .credentialsDirectory, provenance: credentials.accessKeyID.provenance,
                    accessKeyID: credentials.accessKeyID.value, standing: .chosen, title: path,
                    steps: plan.steps)
            ]
            plan.profile = nil
            plan.source = path
        }
    }

    /// The section that is named, or else the only one, or `default`.
    private func section(
        for profile: ProfileConfiguration, in files: SharedFiles, _ path: String
    ) throws(ResolveProblem) -> String {
        if let problem = files.problem { throw problem }
        let names = files.profileNames
        if names.contains(profile.awsProfile) { return profile.awsProfile }
        // A name that nobody gave is only the check's own.
        if profile.awsProfile == profile.name {
            if names.count == 1 { return names[0] }
            if names.contains("default") { return "default" }
        }
        throw .profileMissing(
            name: profile.awsProfile, searched: [path],
            candidates: nearestNames(to: profile.awsProfile, in: names))
    }
}

extension Credentials {
    /// Reads the form that a `credential_process` prints; the case of the keys does not matter.
    fileprivate init(json bytes: [UInt8], at place: SourceLocation) throws(ResolveProblem) {
        guard let value = JSONValue(parsing: bytes), value.isObject else {
            throw .fileMalformed(place, what: "it begins like JSON, and is none")
        }
        func member(_ name: String) throws(ResolveProblem) -> String? {
            guard let member = value.member(ignoringCase: name), member != .null else { return nil }
            guard let text = member.text else {
                throw .fileMalformed(place, what: "\(name) is not a text")
            }
            return text.isEmpty ? nil : text
        }
        if let version = value.member(ignoringCase: "Version"), version.integer != 1 {
            throw .fileMalformed(place, what: "its Version is not 1")
        }
        let provenance = Provenance.file(place)
        let (id, secret) = (try member("AccessKeyId"), try member("SecretAccessKey"))
        let token = try member("SessionToken")
        let expiration = try member("Expiration")
        guard let id, let secret else {
            if id == nil, secret == nil {
                throw .fileMalformed(
                    place, what: "there is neither an AccessKeyId nor a SecretAccessKey in it")
            }
            throw .incomplete(
                missing: id == nil ? "AccessKeyId" : "SecretAccessKey", present: provenance)
        }
        self.init(
            accessKeyID: Sourced(id, from: provenance),
            secretAccessKey: Sourced(Secret(secret), from: provenance),
            sessionToken: token.map { Sourced(Secret($0), from: provenance) },
            expiresAt: expiration.flatMap { parseExpiry(Sourced($0, from: provenance)) },
            accountID: try member("AccountId"))
    }
}

extension AWSEnvironment {
    /// The settings alone: regions, endpoints, files of certificates.
    fileprivate var withoutCredentials: AWSEnvironment {
        var copy = self
        for name in [
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
            "AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ] {
            copy.variables[name] = nil
        }
        return copy
    }
}
