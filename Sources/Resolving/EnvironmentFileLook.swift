import Model

/// Looks at an environment file, which systemd reads anew at each start of its service.
struct EnvironmentFileLook: Looking {
    private var file: WatchedFile
    private let overrides: AWSOverrides
    private var known: Result<Site, ResolveProblem>?

    init(_ path: String, _ overrides: AWSOverrides) {
        file = WatchedFile(path)
        self.overrides = overrides
    }

    var overdue: ResolveProblem { .timedOut(path: file.path) }

    mutating func look(within limit: Duration) throws(ResolveProblem) -> Site {
        switch try file.look() {
        case .none: break
        case .missing(let note):
            throw .fileUnreadable(
                path: file.path, reason: note,
                hint: "Put the environment file there, or correct environment_file.")
        case .bytes(let bytes): known = site(bytes)
        }
        guard let known else { throw overdue }
        return try known.get()
    }

    /// The file does not say whose it is, so no home directory belongs to it but the one it sets.
    private func site(_ bytes: [UInt8]) -> Result<Site, ResolveProblem> {
        do throws(ResolveProblem) {
            let parsed = try EnvironmentFile(parsing: bytes, path: file.path)
            let environment = AWSEnvironment(
                variables: parsed.variables, owner: "environment file \(file.path)",
                locations: parsed.locations)
            var overrides = overrides
            if environment["AWS_SHARED_CREDENTIALS_FILE"] != nil { overrides.credentialsFile = nil }
            if environment["AWS_CONFIG_FILE"] != nil { overrides.configFile = nil }
            return .success(Site(environment, overrides, findings: parsed.findings))
        } catch {
            return .failure(error)
        }
    }
}
