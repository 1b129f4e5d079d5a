import Model

/// A file that is read again when it changed; used by one thread at a time.
struct WatchedFile {
    enum Change {
        /// Nothing that a look could show.
        case none
        case missing(note: String)
        case bytes([UInt8])
    }

    let path: String
    private let fileSystem: any FileReading
    private var identity: FileIdentity?
    /// Whether the file was so young when it was read that a change may have left no trace.
    private var isRacy = false

    init(_ path: String, _ fileSystem: any FileReading = FileSystem()) {
        self.path = path
        self.fileSystem = fileSystem
    }

    /// Looks at the file, and reads it if it is not the one that was read before.
    mutating func look() throws(ResolveProblem) -> Change {
        let before = identity
        identity = nil
        switch fileSystem.look(at: path) {
        case .missing(let note): return .missing(note: note)
        case .failed(let problem): throw problem
        case .regular(let found):
            if found == before, !isRacy {
                identity = found
                return .none
            }
        }
        let now = fileSystem.now()
        switch fileSystem.read(path) {
        case .missing(let note): return .missing(note: note)
        case .failed(let problem): throw problem
        case .bytes(let bytes, let found):
            let youngest = max(found.modified, found.changed)
            isRacy = youngest > now &- SharedFilesLoader.stampGranularity
            identity = found
            return .bytes(bytes)
        }
    }
}
