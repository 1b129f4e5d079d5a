package import Model

/// What one of the shared AWS files was found to be.
package enum FileState: Sendable {
    /// There is no such file, which is normal; the note says what is special, like a dangling link.
    case missing(note: String)
    /// The content, and what the file was when its bytes were read.
    case parsed(ProfileFile, modifiedAt: WallTime, ownership: FileOwnership)
    case failed(ResolveProblem)
}

/// Both shared AWS files as they were at one moment.
package final class SharedFiles: Sendable {
    /// Grows with every change of either file.
    package let generation: Int
    package let paths: SharedFilePaths
    package let credentials: FileState
    package let config: FileState

    package init(
        generation: Int, paths: SharedFilePaths, credentials: FileState, config: FileState
    ) {
        self.generation = generation
        self.paths = paths
        self.credentials = credentials
        self.config = config
    }

    /// Why the files as a whole say nothing; what one of them hides could change any profile.
    package var problem: ResolveProblem? {
        for case .failed(let problem) in [credentials, config] { return problem }
        return nil
    }

    /// Finds a profile; nil when neither file has it.
    package func profile(_ name: String) -> SharedProfile? {
        SharedProfile(name, credentials: credentials.file, config: config.file)
    }

    /// Finds a `[services x]` section, which only the config file has.
    package func services(_ name: String) -> SharedProfile? {
        SharedProfile(name, kind: .services, credentials: nil, config: config.file)
    }

    /// Every profile's name in either file, in no order.
    package var profileNames: [String] {
        let first = credentials.file.map { Array($0.profileNames) } ?? []
        guard let config = config.file else { return first }
        return first + config.profileNames.filter { credentials.file?.profiles[$0] == nil }
    }

    /// What the SDKs skip in both files.
    package var findings: [FileFinding] {
        (credentials.file?.findings ?? []) + (config.file?.findings ?? [])
    }

    /// Finds a `[sso-session x]` section, which only the config file has.
    func ssoSession(_ name: String) -> SharedProfile? {
        SharedProfile(name, kind: .ssoSession, credentials: nil, config: config.file)
    }

    /// When a file was last modified, and whose it was when it was read.
    func facts(of file: ProfileFile) -> (modifiedAt: WallTime, ownership: FileOwnership)? {
        for case .parsed(let parsed, let modifiedAt, let ownership) in [credentials, config]
        where parsed === file {
            return (modifiedAt, ownership)
        }
        return nil
    }

    /// The paths of both files for a person, with what is special about them for a profile's name.
    func searched(for profile: String) -> [String] {
        [
            note(paths.credentials?.value, credentials, profile, "shared credentials file"),
            note(paths.config?.value, config, profile, "config file"),
        ]
    }

    private func note(
        _ path: String?, _ state: FileState, _ profile: String, _ role: String
    ) -> String {
        guard let path else { return "the \(role) (no home directory is known)" }
        switch state {
        case .missing(let note): return "\(path) (\(note))"
        case .failed: return "\(path) (not readable)"
        case .parsed(let file, _, _):
            let skipped = file.findings.first { $0.kind.skippedProfile == profile }
            guard let skipped else { return path }
            let wanted = file.kind == .config ? "[profile \(profile)]" : "[\(profile)]"
            return "\(path) (line \(skipped.location.line) has to be \(wanted))"
        }
    }
}

extension FileState {
    /// The file, when it was read and parsed.
    package var file: ProfileFile? {
        if case .parsed(let file, _, _) = self { file } else { nil }
    }
}
