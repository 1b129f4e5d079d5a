import CLinux
import Faults
import Glibc
import Model

/// The replacement of a locked file's bytes, so that its name always leads to a whole file.
///
/// Others may write the file without the lock. So the new file changes places with the old one, and what
/// was really replaced is looked at: what somebody else has written is then the text in which the
/// keys are changed once more.
struct Replacement: ~Copyable {
    /// What came out of it.
    struct Outcome {
        /// The bytes in which the keys were changed.
        var before: [UInt8]
        /// The name of the copy; nil when nothing had to be changed.
        var kept: String?
    }

    /// How long it is tried against others who keep writing.
    private static let patience = Duration.seconds(10)
    /// The distance at which writers without a lock are looked for afterwards.
    private static let pause: useconds_t = 10_000

    private let watch: Duration
    private let copies: KeptCopies
    private let temporary: String
    private static func temporary(_ name: String) -> String { ".\(name).credwatch-new" }
    /// Nil when what is replaced is not to be kept.
    private let now: WallTime?
    private var kept: (name: String, bytes: [UInt8])?
    /// Whether the name has led to a new file.
    private var isPlaced = false

    init(_ target: borrowing Target, now: WallTime?, watch: Duration) {
        self.watch = watch
        copies = KeptCopies(of: target.name)
        temporary = Self.temporary(target.name)
        self.now = now
        copies.cleanUp(target)
        unlinkat(target.directory.number, temporary, 0)
    }

    /// Whether a replacement was cut short by a crash, or is under way.
    static func hasLeftovers(beside target: borrowing Target) -> Bool {
        var status = stat()
        let names: [String] = [temporary(target.name), KeptCopies(of: target.name).temporary]
        let directory = target.directory.number
        return names.contains { fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW) == 0 }
    }

    /// Changes the file by a function of its bytes, which returns nil when they are right already.
    ///
    /// A missing file has no bytes.
    mutating func run(
        _ target: borrowing Target, _ edit: ([UInt8]) throws(StepProblem) -> [UInt8]?
    ) throws(StepProblem) -> Outcome {
        defer {
            unlinkat(target.directory.number, temporary, 0)
            // Nothing was replaced, so there is nothing to go back to.
            if !isPlaced, let kept { unlinkat(target.directory.number, kept.name, 0) }
        }
        /// What others have written, when that is not what the name leads to by now.
        var lost: Content?
        var written: [UInt8] = []
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            let current = try Content.read(target.name, in: target)
            // Somebody has gone on from ours; that is the later text.
            if let current, current.bytes != written { lost = nil }
            let source = lost?.bytes ?? current?.bytes ?? []
            guard let new = try edit(source) else {
                if lost != nil {
                    lost = nil
                    continue
                }
                return finish(target, source)
            }
            // One copy is there before anything is replaced. It is made again at the end only, since it takes
            // its time, in which others write again.
            if kept == nil { try keep(source, target) }
            guard let placed = try place(new, over: current, like: lost ?? current, target) else {
                continue
            }
            written = new
            switch try look(after: placed, target, edit) {
            case .nobody:
                // What others wrote meanwhile, with the keys from before; without room for it, the first copy
                // has these as well.
                try? keep(source, target)
                return finish(target, source)
            case .name: lost = nil
            case .other(let content): lost = content
            }
        }
        throw .failed("other programs keep changing it")
    }

    private func finish(_ target: borrowing Target, _ source: [UInt8]) -> Outcome {
        // Somebody else has put the same keys there.
        guard isPlaced, let kept else { return Outcome(before: source, kept: nil) }
        copies.prune(target, sparing: kept.name)
        return Outcome(before: kept.bytes, kept: kept.name)
    }

    /// Keeps what is to be replaced, in place of what was kept before others wrote.
    private mutating func keep(
        _ bytes: [UInt8], _ target: borrowing Target
    ) throws(StepProblem) {
        guard let now, kept?.bytes != bytes else { return }
        let name = try copies.keep(bytes, in: target, now: now)
        if let kept { unlinkat(target.directory.number, kept.name, 0) }
        kept = (name, bytes)
    }

    // MARK: Placing

    /// A new file in its place.
    private struct Placed {
        var status: stat
        /// What stood there; nil when nothing did.
        var replaced: Content?
        /// Whether that is what was looked at before.
        var isExpected: Bool
    }

    /// Puts bytes in the place of a file; nil when that is another one by now.
    private mutating func place(
        _ bytes: [UInt8], over current: Content?, like model: Content?, _ target: borrowing Target
    ) throws(StepProblem) -> Placed? {
        let directory = target.directory.number
        unlinkat(directory, temporary, 0)
        let what = "the new file cannot be written"
        let file = try Descriptor(
            temporary, in: target.directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600, what: what)
        faultPoint("switch.created")
        try file.write(bytes, what: what)
        faultPoint("switch.written")
        if let model {
            try model.giveAttributes(to: file)
        } else {
            guard fchmod(file.number, 0o600) == 0 else { throw .system(what) }
        }
        try file.sync(what: what)
        faultPoint("switch.synced")
        let status = try file.status
        guard let current else {
            guard credwatch_rename_new(directory, temporary, target.name) == 0 else {
                guard errno == EEXIST else { throw .system("it cannot be put in its place") }
                return nil
            }
            isPlaced = true
            try settle(target)
            return Placed(status: status, replaced: nil, isExpected: true)
        }
        var found = stat()
        guard fstatat(directory, target.name, &found, AT_SYMLINK_NOFOLLOW) == 0,
            found.isSameFile(as: current.status), try !current.isOutdated()
        else { return nil }
        let replaced = try exchange(current, target)
        try settle(target)
        return Placed(
            status: status, replaced: replaced, isExpected: replaced.bytes == current.bytes)
    }

    /// Lets the new file and the one in its place change names; returns what was replaced.
    private mutating func exchange(
        _ current: Content, _ target: borrowing Target
    ) throws(StepProblem) -> Content {
        let directory = target.directory.number
        if credwatch_exchange(directory, temporary, target.name) != 0 {
            guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) else {
                throw .system("it cannot be put in its place")
            }
            // A file system without exchanges: what was looked at is taken for what is replaced.
            guard renameat(directory, temporary, directory, target.name) == 0 else {
                throw .system("it cannot be put in its place")
            }
            isPlaced = true
            faultPoint("switch.renamed")
            return current
        }
        let wasPlaced = isPlaced
        isPlaced = true
        faultPoint("switch.renamed")
        do throws(StepProblem) {
            guard let replaced = try Content.read(temporary, in: target) else {
                throw .failed("what was replaced is gone")
            }
            return replaced
        } catch {
            // No file that may be replaced was put there in the last moment.
            if credwatch_exchange(directory, temporary, target.name) == 0 { isPlaced = wasPlaced }
            throw error
        }
    }

    private func settle(_ target: borrowing Target) throws(StepProblem) {
        try target.directory.sync(
            what: "it was switched, but a power cut may undo it: its directory")
        faultPoint("switch.settled")
    }

    // MARK: Others

    /// Who has written since the text was read in which the keys were changed.
    private enum Others {
        case nobody
        /// The name leads to a file without the keys.
        case name
        /// They wrote the file that was replaced.
        case other(Content)
    }

    /// Looks for writers without a lock, for a moment.
    ///
    /// Two kinds are late: who had the old file open, and who had read the old file and opens the new one.
    private func look(
        after placed: Placed, _ target: borrowing Target,
        _ edit: ([UInt8]) throws(StepProblem) -> [UInt8]?
    ) throws(StepProblem) -> Others {
        if !placed.isExpected, let replaced = placed.replaced { return .other(replaced) }
        let deadline = ContinuousClock.now + watch
        while true {
            if let replaced = placed.replaced, try replaced.isOutdated(),
                try replaced.readAgain()
            {
                return .other(replaced)
            }
            var found = stat()
            if fstatat(target.directory.number, target.name, &found, AT_SYMLINK_NOFOLLOW) != 0
                || !found.isUnchanged(since: placed.status)
            {
                guard let current = try Content.read(target.name, in: target),
                    try edit(current.bytes) == nil
                else { return .name }
            }
            guard ContinuousClock.now < deadline else { return .nobody }
            usleep(Self.pause)
        }
    }
}
