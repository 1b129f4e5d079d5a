import CClock
import CLinux
import Glibc

/// A file as it was read: open, with its bytes.
final class Content {
    /// Ten thousand profiles fit in twice.
    static let limit = 8 << 20
    /// How long somebody who writes the file in place is waited for.
    private static let patience = Duration.seconds(2)

    private let file: Descriptor
    private(set) var bytes: [UInt8]
    private(set) var status: stat

    /// Reads a file of a directory when nobody is writing it; nil when there is none.
    static func read(
        _ name: String, in target: borrowing Target
    ) throws(StepProblem) -> Content? {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let number = openat(target.directory.number, name, flags)
        if number < 0, errno == ENOENT { return nil }
        let file = try Descriptor(number, "it cannot be opened")
        try check(file, target)
        return try Content(file)
    }

    private init(_ file: consuming Descriptor) throws(StepProblem) {
        (bytes, status) = try Self.settled(file)
        self.file = file
    }

    /// Refuses what is no file that may be replaced.
    private static func check(
        _ file: borrowing Descriptor, _ target: borrowing Target
    ) throws(StepProblem) {
        let status = try file.status
        guard status.kind == S_IFREG else { throw .refused("it is not a regular file") }
        guard status.st_size <= limit else { throw .refused("it is larger than 8 MiB") }
        guard status.st_uid == target.owner else {
            throw .refused("it belongs to \(describeUser(status.st_uid))")
        }
        if let reason = whyFixed(file) { throw .refused("it \(reason)") }
    }

    /// Reads until two looks, with nobody who writes in between, see one file.
    private static func settled(
        _ file: borrowing Descriptor
    ) throws(StepProblem) -> (bytes: [UInt8], status: stat) {
        let deadline = ContinuousClock.now + patience
        while true {
            let before = try file.status
            let isWritten = credwatch_is_being_written(file.number)
            let bytes = try file.read(limit: limit)
            let after = try file.status
            guard bytes.count <= limit else { throw .refused("it is larger than 8 MiB") }
            let isWhole = after.isUnchanged(since: before) && bytes.count == Int(after.st_size)
            // Who keeps it open for writing for that long has no part of a text in his hand.
            let isLate = ContinuousClock.now >= deadline
            if isWhole, isWritten == 0 || isLate || (isWritten < 0 && after.isQuiet) {
                return (bytes, after)
            }
            guard !isLate else { throw .failed("another program keeps writing it") }
            usleep(2_000)
        }
    }

    /// Whether the file was written to since it was read, or is being written to.
    func isOutdated() throws(StepProblem) -> Bool {
        try !file.status.isUnchanged(since: status)
            || credwatch_is_being_written(file.number) == 1
    }

    /// Reads the same file again, even when its name is gone; true when it holds something else.
    func readAgain() throws(StepProblem) -> Bool {
        let earlier = bytes
        (bytes, status) = try Self.settled(file)
        return bytes != earlier
    }

    /// Gives a new file what this one has beside its bytes.
    func giveAttributes(to new: borrowing Descriptor) throws(StepProblem) {
        try copyAttributes(from: file, to: new)
    }
}

/// Why a file or directory cannot be changed whatever its mode is; a clause.
func whyFixed(_ file: borrowing Descriptor) -> String? {
    let flags = credwatch_inode_flags(file.number)
    if flags & 0x10 != 0 { return "is immutable (chattr +i)" }
    if flags & 0x20 != 0 { return "may only be appended to (chattr +a)" }
    return nil
}

extension stat {
    /// Whether it was not written to in the last moment, where nobody says who is writing.
    fileprivate var isQuiet: Bool {
        let age = credwatch_clock(CLOCK_REALTIME) - withUnsafePointer(to: self, credwatch_modified)
        // A time to come is no reason to wait for it.
        return age.magnitude > 30_000_000
    }
}
