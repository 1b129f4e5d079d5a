import Model

/// What tells one content of a file from another without reading it.
struct FileIdentity: Sendable, Equatable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    /// Nanoseconds since 1970.
    var modified: Int64
    /// When anything about the file last changed, in the same unit; nobody can set it back.
    var changed: Int64
    var ownership: FileOwnership
}

/// What a look at a path shows.
enum FileLook: Sendable, Equatable {
    case missing(note: String)
    case regular(FileIdentity)
    case failed(ResolveProblem)
}

/// What reading a path gives.
enum FileContent: Sendable {
    case missing(note: String)
    /// The bytes, and what the file was before and while they were read.
    case bytes([UInt8], FileIdentity)
    case failed(ResolveProblem)
}

/// The two things that are asked of a file system; both may block for as long as it hangs.
protocol FileReading: Sendable {
    /// Looks at a path without opening it.
    func look(at path: String) -> FileLook

    /// Reads all of a file.
    func read(_ path: String) -> FileContent

    /// The time that the stamps of files are made of, in nanoseconds since 1970.
    func now() -> Int64
}
