import Glibc
import Linting
package import Model

extension Resolver {
    /// Judges all that lends credentials in some surroundings: the variables and the files as they are now.
    ///
    /// `profiles` are those of the surroundings that are asked about; none for everything that is there.
    /// Each file is read within the limit. What cannot be looked at is a finding.
    package func lint(
        _ profiles: [ProfileConfiguration] = [], in surroundings: Surroundings = .own,
        now: WallTime, within limit: Duration = .seconds(10)
    ) async -> LintReport {
        var linter = SourceLinter(now: now, limit: limit, reader: geteuid())
        switch surroundings {
        case .environmentFile(let path):
            await linter.read(path, FileSystem(), as: .systemdEnvironment, isNamed: true)
        case .credential, .own, .unit, .process: break
        }
        let site: Site
        do throws(ResolveProblem) {
            site = try await self.site(of: surroundings, within: limit)
        } catch {
            linter.add(error, surroundings)
            return linter.report
        }
        await linter.read(site, profiles, surroundings)
        return linter.report
    }

    /// Judges one file by itself.
    package static func lint(
        file path: String, as dialect: LintDialect, now: WallTime,
        within limit: Duration = .seconds(10)
    ) async -> LintReport {
        var linter = SourceLinter(now: now, limit: limit, reader: geteuid())
        linter.judgesPermissions = false
        await linter.read(path, FileSystem(), as: dialect, isNamed: true)
        return linter.report
    }
}

/// Reads one source after the other and keeps what is found.
private struct SourceLinter {
    let now: WallTime
    let limit: Duration
    /// The user that the files are read for.
    var reader: UInt32
    var judgesPermissions = true
    private(set) var report = LintReport()
    /// The profiles that are asked about; nil for all.
    private var names: Set<String>?

    init(now: WallTime, limit: Duration, reader: UInt32) {
        self.now = now
        self.limit = limit
        self.reader = reader
    }

    /// Reads the files of a site, and its variables.
    mutating func read(
        _ site: Site, _ profiles: [ProfileConfiguration], _ surroundings: Surroundings
    ) async {
        let environment = site.planner.environment.environment
        let store = site.store
        reader = environment.user ?? reader
        let files = try? await store.snapshot(within: limit)
        names = profiles.isEmpty ? nil : chain(of: profiles, environment, files)
        if case .credential = surroundings {
            // systemd hands it over with a mode of its own.
            judgesPermissions = false
            names = nil
            guard let path = store.paths.credentials?.value else { return }
            return await readHanded(path, store.fileSystem, site)
        }
        for (path, dialect) in [
            (store.paths.credentials, LintDialect.credentials), (store.paths.config, .config),
        ] {
            guard let path else { continue }
            let isNamed = if case .builtIn = path.provenance { false } else { true }
            await read(path.value, store.fileSystem, as: dialect, isNamed: isNamed)
        }
        if let files, files.problem == nil { judgeNames(of: profiles, in: files) }
        if case .environmentFile = surroundings { return }
        let isAsked =
            surroundings != .own || profiles.isEmpty
            || profiles.contains { $0.origin == .defaultChain }
        if isAsked { read(environment) }
        await judgeHome(environment, store)
    }

    // MARK: Files

    /// Reads one file, and judges its bytes and its mode.
    mutating func read(
        _ path: String, _ fileSystem: any FileReading, as dialect: LintDialect, isNamed: Bool
    ) async {
        let place = Provenance.file(SourceLocation(file: path, line: 0))
        switch await content(of: path, fileSystem, within: limit) {
        case nil:
            add(
                .unreadable, at: place, "Reading the file takes longer than \(limit.text).",
                "Look at the file system that holds it.")
        case .missing(let note)? where isNamed && note != "the null device":
            // Without the config file the credentials file does as well.
            report.findings.append(
                LintFinding(
                    .fileMissing, dialect == .config ? .warning : .error, at: place,
                    "The file is named, and does not exist: \(note)."))
        case .missing?: return
        case .failed(let problem)?:
            guard case .fileUnreadable(_, let reason, let hint) = problem else { return }
            add(.unreadable, at: place, "The file cannot be read: \(reason).", hint.sentence)
        case .bytes(let bytes, let identity)?:
            if judgesPermissions {
                report.findings += permissionFindings(
                    path, identity.ownership, holdsSecret: holdsSecret(bytes), reader: reader)
            }
            report.findings += lint(bytes, path: path, as: dialect, only: names, now: now)
        }
        report.looked.append(path)
    }

    /// Reads a file of `$CREDENTIALS_DIRECTORY`: sections, or JSON.
    private mutating func readHanded(
        _ path: String, _ fileSystem: any FileReading, _ site: Site
    ) async {
        guard case .credential(.keys(let keys, _)) = site.kind else {
            return await read(path, fileSystem, as: .credentials, isNamed: true)
        }
        report.looked.append(path)
        report.findings += findings(
            in: WrittenCredentials(
                accessKeyID: WrittenValue(
                    "AccessKeyId", Secret(keys.accessKeyID.value),
                    at: .whole(keys.accessKeyID.provenance)),
                secretAccessKey: WrittenValue(
                    "SecretAccessKey", keys.secretAccessKey.value,
                    at: .whole(keys.secretAccessKey.provenance)),
                sessionToken: keys.sessionToken.map {
                    WrittenValue("SessionToken", $0.value, at: .whole($0.provenance))
                }))
        if let end = keys.expiresAt {
            let written = WrittenValue(
                "Expiration", Secret(end.value.rfc3339), at: .whole(end.provenance))
            if let finding = expiryFinding(of: written, now: now) {
                report.findings.append(finding)
            }
        }
    }

    // MARK: Profiles

    /// The names of the profiles that are asked about, with those that they rest on.
    private func chain(
        of profiles: [ProfileConfiguration], _ environment: AWSEnvironment, _ files: SharedFiles?
    ) -> Set<String> {
        var names: Set<String> = []
        for profile in profiles {
            var next: String? = profile.name(in: environment)
            while let name = next, names.insert(name).inserted {
                let found = files?.profile(name)
                next =
                    found?.has(.roleARN) == true ? found?.text(.sourceProfile)?.value : nil
            }
        }
        return names
    }

    private mutating func judgeNames(of profiles: [ProfileConfiguration], in files: SharedFiles) {
        for profile in profiles where profile.origin == .profile {
            let name = profile.awsProfile
            guard files.profile(name) == nil else { continue }
            let near = nearestNames(to: name, in: files.profileNames)
            let hint = near.isEmpty ? "" : "There are: \(near.joined(separator: ", "))."
            let place = files.paths.credentials ?? files.paths.config
            add(
                .profileMissing,
                at: .file(SourceLocation(file: place?.value ?? "~/.aws/credentials", line: 0)),
                "There is no profile \(name) in "
                    + "\(files.searched(for: name).joined(separator: " and ")).",
                hint)
        }
    }

    // MARK: Environments

    private mutating func read(_ environment: AWSEnvironment) {
        report.looked.append(environment.owner ?? "the environment")
        var collector = LintCollector()
        let variables = environment.variables.keys.sorted().map { name in
            let place = Provenance.environment(variable: name, of: environment.owner)
            return SetVariable(
                name: name, value: Secret(environment.variables[name] ?? ""), place: place,
                valuePlace: .whole(place))
        }
        lintVariables(variables, now: now, into: &collector)
        report.findings += collector.findings(in: "")
    }

    private mutating func judgeHome(_ environment: AWSEnvironment, _ store: FileStore) async {
        let homes = OtherHome.all(of: environment) { PasswordEntry(name: $0)?.home }
        let (fileSystem, paths) = (store.fileSystem, store.paths)
        let found = await offQueue(within: limit) {
            homeFindings(environment, paths, homes) { path in
                if case .missing = fileSystem.look(at: path) { false } else { true }
            }
        }
        report.findings += found ?? []
    }

    // MARK: Problems

    /// Tells why surroundings cannot be looked at.
    mutating func add(_ problem: ResolveProblem, _ surroundings: Surroundings) {
        switch problem {
        case .surroundings(let subject, let what, let hint):
            report.looked.append(subject)
            add(
                .unknownSurroundings, at: .builtIn(subject),
                "Its environment cannot be looked at: \(what).", hint)
        case .timedOut(let path):
            add(
                .unreadable, at: .file(SourceLocation(file: path, line: 0)),
                "Reading the file takes longer than \(limit.text).", "")
        case .fileUnreadable(let path, let reason, let hint):
            // An environment file was read, and told of, already.
            guard !report.looked.contains(path) else { return }
            report.looked.append(path)
            add(
                .unreadable, at: .file(SourceLocation(file: path, line: 0)),
                "The file cannot be read: \(reason).", hint.sentence)
        case .fileMalformed(let place, let what):
            guard !report.looked.contains(place.file) else { return }
            report.looked.append(place.file)
            add(.unreadable, at: .file(place), "The file cannot be read: \(what).", "")
        case .incomplete(let missing, let present):
            add(.halfKey, at: present, "Half of the key is there, and \(missing) is missing.", "")
        case .profileMissing, .noSource, .unsupportedSource, .badSetting, .badChain, .needsMFA:
            break
        }
    }

    private mutating func add(
        _ code: LintCode, at place: Provenance, _ message: String, _ remedy: String
    ) {
        report.findings.append(LintFinding(code, .error, at: place, message, remedy: remedy))
    }
}

extension ProfileConfiguration {
    /// The profile of the shared files that it leads to.
    fileprivate func name(in environment: AWSEnvironment) -> String {
        guard origin == .defaultChain else { return awsProfile }
        return environment["AWS_PROFILE"]?.value ?? environment["AWS_DEFAULT_PROFILE"]?.value
            ?? "default"
    }
}
