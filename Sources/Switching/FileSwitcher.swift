import CLinux
import Faults
import Glibc
package import Model

/// The writer of keys into files that belong to others: credentials files and files of variables.
///
/// Only the lines of the keys change. The name of the file always leads to the old or to the new file, both
/// whole, wherever a crash comes. Every call blocks; a call is for one thread from beginning to end.
package struct FileSwitcher: Sendable {
    private let lockWait: Duration
    private let watch: Duration

    /// Makes a switcher that waits so long for others of its kind, and looks so long afterwards for
    /// programs that write without the lock.
    package init(
        lockWait: Duration = .seconds(10), watch: Duration = .milliseconds(30)
    ) {
        self.lockWait = lockWait
        self.watch = watch
    }

    /// Looks, without changing anything, whether the place could be written now; returns the key id that
    /// stands there, if any.
    package func inspect(_ place: SwitchPlace) throws(SwitchProblem) -> String? {
        try work(on: place) { target throws(StepProblem) in
            guard let content = try Content.read(target.name, in: target) else { return nil }
            return try text(content.bytes, place).keyID
        }
    }

    /// Writes keys to a place. With the same keys there already nothing is changed.
    ///
    /// A profile, or a file, that is missing is made; of a missing file an empty one is kept.
    package func write(
        _ keys: WrittenKeys, to place: SwitchPlace, now: WallTime
    ) throws(SwitchProblem) -> SwitchedFile {
        try work(on: place) { target throws(StepProblem) in
            try refusing { () throws(EditRefusal) in try checkKeys(keys) }
            func edit(_ bytes: [UInt8]) throws(StepProblem) -> [UInt8]? {
                let text = try text(bytes, place)
                if text.holds(keys) { return nil }
                return try refusing { () throws(EditRefusal) in
                    try text.edited(keys, in: place)
                }
            }
            // A file that is refused is not even given a lock.
            let bytes = try Content.read(target.name, in: target)?.bytes ?? []
            guard try edit(bytes) != nil else {
                cleanUp(target)
                return SwitchedFile(
                    place: place, realPath: target.path, previousKeyID: keys.accessKeyID)
            }
            let lock = try LockFile(of: target, within: lockWait)
            defer { extendLifetime(lock) }
            faultPoint("switch.locked")
            var replacement = Replacement(target, now: now, watch: watch)
            let outcome = try replacement.run(target, edit)
            return SwitchedFile(
                place: place, realPath: target.path,
                keptPath: outcome.kept.map { directory(of: target.path) + $0 },
                previousKeyID: try text(outcome.before, place).keyID)
        }
    }

    /// Puts back what stood there before, if what stands there now is still what was written.
    ///
    /// What others have changed beside the keys since then stays: only the keys are put back then.
    package func restore(_ file: SwitchedFile) throws(SwitchProblem) {
        guard let keptPath = file.keptPath else { return }
        try work(on: file.place) { target throws(StepProblem) in
            let name = String(keptPath.dropFirst(directory(of: target.path).count))
            let copies = KeptCopies(of: target.name)
            guard directory(of: target.path) + name == keptPath,
                copies.names(in: target).last == name
            else { throw .refused("it was switched again since then, or its place is another one") }
            let lock = try LockFile(of: target, within: lockWait)
            defer { extendLifetime(lock) }
            guard let before = try Content.read(name, in: target) else {
                throw .refused("the file as it was before is gone")
            }
            let earlier = try text(before.bytes, file.place)
            var replacement = Replacement(target, now: nil, watch: watch)
            _ = try replacement.run(target) { bytes throws(StepProblem) in
                if bytes == before.bytes { return nil }
                let text = try text(bytes, file.place)
                guard let keys = text.keys else {
                    throw .refused("there are no whole keys in it any more")
                }
                return try refusing { () throws(EditRefusal) in
                    if try earlier.edited(keys, in: file.place) == bytes { return before.bytes }
                    guard let old = earlier.keys else {
                        throw EditRefusal("others have changed it, and it had no keys before")
                    }
                    return text.holds(old) ? nil : try text.edited(old, in: file.place)
                }
            }
        }
    }

    /// Removes what a crash left beside the file of a place, which may hold keys.
    package func tidy(_ place: SwitchPlace) throws(SwitchProblem) {
        try work(on: place) { target throws(StepProblem) in cleanUp(target) }
    }

    /// Does nothing while somebody else has the lock: then it is no left-over.
    private func cleanUp(_ target: borrowing Target) {
        guard Replacement.hasLeftovers(beside: target) else { return }
        do throws(StepProblem) {
            let lock = try LockFile(of: target, within: .zero)
            defer { extendLifetime(lock) }
            _ = Replacement(target, now: nil, watch: watch)
        } catch {}
    }

    // MARK: The way there

    /// Finds the file, takes its owner's rights to files, and does something there.
    private func work<Value>(
        on place: SwitchPlace, _ body: (borrowing Target) throws(StepProblem) -> Value
    ) throws(SwitchProblem) -> Value {
        do throws(StepProblem) {
            let owner = try TargetWalk.find(place.path).owner
            return try withFileRights(of: owner) { () throws(StepProblem) in
                // Walked again with these rights, so that the kernel decides who may go there.
                let target = try TargetWalk.find(place.path)
                guard target.owner == owner else {
                    throw .failed("its directory was replaced while it was looked at")
                }
                try checkDirectory(target)
                return try body(target)
            }
        } catch {
            throw SwitchProblem(error.kind, path: place.path, reason: error.reason)
        }
    }

    private func checkDirectory(_ target: borrowing Target) throws(StepProblem) {
        var system = statvfs()
        if fstatvfs(target.directory.number, &system) == 0, system.f_flag & 1 != 0 {
            throw .refused("its file system is read-only")
        }
        if let reason = whyFixed(target.directory) { throw .refused("its directory \(reason)") }
        guard faccessat(target.directory.number, ".", W_OK | X_OK, AT_EACCESS) == 0 else {
            throw .system("nothing may be written to its directory")
        }
    }

    private func text(_ bytes: [UInt8], _ place: SwitchPlace) throws(StepProblem) -> KeyText {
        try refusing { () throws(EditRefusal) in try KeyText(bytes, of: place) }
    }
}

/// The directory of an absolute path, with the slash at its end.
private func directory(of path: String) -> String {
    String(path[...(path.lastIndex(of: "/") ?? path.startIndex)])
}

private func refusing<Value>(
    _ body: () throws(EditRefusal) -> Value
) throws(StepProblem) -> Value {
    do throws(EditRefusal) {
        return try body()
    } catch {
        throw .refused(error.reason)
    }
}
