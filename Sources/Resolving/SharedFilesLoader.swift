import Model

/// What is kept of the two shared files between two looks at them; used by one thread at a time.
struct SharedFilesLoader {
    private let paths: SharedFilePaths
    private let fileSystem: any FileReading
    private var credentials = Entry()
    private var config = Entry()
    private var current: SharedFiles?

    private struct Entry {
        var state = FileState.missing(note: "no such file")
        var identity: FileIdentity?
        /// Whether the file was so young when it was read that a change may have left no trace.
        var isRacy = false

        mutating func parse(
            _ bytes: [UInt8], _ path: String, _ kind: ProfileFileKind, _ identity: FileIdentity
        ) {
            self.identity = identity
            do {
                let file = try ProfileFile(parsing: bytes, path: path, kind: kind)
                state = .parsed(
                    file, modifiedAt: WallTime(nanoseconds: identity.modified),
                    ownership: identity.ownership)
            } catch {
                state = .failed(error)
            }
        }

        mutating func become(missing note: String) -> Bool {
            identity = nil
            if case .missing(note) = state { return false }
            state = .missing(note: note)
            return true
        }

        mutating func become(failed problem: ResolveProblem) -> Bool {
            identity = nil
            if case .failed(problem) = state { return false }
            state = .failed(problem)
            return true
        }
    }

    /// A file system may stamp files by a clock as coarse as this.
    static let stampGranularity: Int64 = 2_000_000_000

    init(_ paths: SharedFilePaths, _ fileSystem: any FileReading) {
        self.paths = paths
        self.fileSystem = fileSystem
    }

    /// Looks at both files, and reads and parses what changed.
    ///
    /// The result is the very same object while neither changes. `begin` is told each path before
    /// it is touched, so that a hang has a name.
    mutating func load(_ begin: (String) -> Void) -> SharedFiles {
        let first = refresh(&credentials, paths.credentials?.value, .credentials, begin)
        let second = refresh(&config, paths.config?.value, .config, begin)
        if let current, !first, !second { return current }
        let files = SharedFiles(
            generation: (current?.generation ?? 0) + 1, paths: paths,
            credentials: credentials.state, config: config.state)
        current = files
        return files
    }

    /// Brings one file up to date, and says whether its state is another than before.
    private func refresh(
        _ entry: inout Entry, _ path: String?, _ kind: ProfileFileKind, _ begin: (String) -> Void
    ) -> Bool {
        guard let path else { return false }
        begin(path)
        switch fileSystem.look(at: path) {
        case .missing(let note): return entry.become(missing: note)
        case .failed(let problem): return entry.become(failed: problem)
        case .regular(let identity):
            if identity == entry.identity, !entry.isRacy { return false }
        }
        let before = fileSystem.now()
        switch fileSystem.read(path) {
        case .missing(let note): return entry.become(missing: note)
        case .failed(let problem): return entry.become(failed: problem)
        case .bytes(let bytes, let identity):
            let youngest = max(identity.modified, identity.changed)
            entry.isRacy = youngest > before &- Self.stampGranularity
            if identity == entry.identity, let file = entry.state.file, file.bytes == bytes {
                return false
            }
            entry.parse(bytes, path, kind, identity)
            return true
        }
    }
}
