import CLinux
import Glibc
import Model

/// The files as a process sees them: below its own root, and with its own rights to files.
///
/// As root, credwatch could read what the process cannot, and would be led by the symbolic links of
/// others; so the path is followed with the rights of the process, and no link leads out of its root.
struct ProcessFileSystem: FileReading {
    /// What stands behind each path for a person; no part of the path itself.
    let note: String
    private let root: ProcessRoot?
    /// Nil when the process is ours, or we may not take on its rights.
    private let rights: FileRights?
    private let workingDirectory: String
    private let base = FileSystem()

    init(root: ProcessRoot?, rights: FileRights, workingDirectory: String) {
        self.root = root
        note = root.map { $0.isAnother ? " \($0.note)" : "" } ?? ""
        self.rights = geteuid() == 0 && rights.user != 0 ? rights : nil
        self.workingDirectory = workingDirectory
    }

    func now() -> Int64 { base.now() }

    func look(at path: String) -> FileLook {
        switch open(path) {
        case .failure(let failure):
            switch failure {
            case .missing(let note): return .missing(note: note)
            case .problem(let problem): return .failed(problem)
            }
        case .success(let descriptor):
            defer { close(descriptor) }
            let look = withRights { base.look(at: "/proc/self/fd/\(descriptor)") }
            if case .failed(let problem) = look { return .failed(rename(problem, path)) }
            return look
        }
    }

    func read(_ path: String) -> FileContent {
        switch open(path) {
        case .failure(let failure):
            switch failure {
            case .missing(let note): return .missing(note: note)
            case .problem(let problem): return .failed(problem)
            }
        case .success(let descriptor):
            defer { close(descriptor) }
            let content = withRights { base.read("/proc/self/fd/\(descriptor)") }
            if case .failed(let problem) = content { return .failed(rename(problem, path)) }
            return content
        }
    }

    private enum Failure: Error {
        case missing(note: String)
        case problem(ResolveProblem)
    }

    /// Finds what a path names there; the descriptor can only be looked at.
    private func open(_ shown: String) -> Result<Int32, Failure> {
        var path = shown.hasSuffix(note) ? String(shown.dropLast(note.count)) : shown
        guard !path.utf8.contains(0) else {
            return .failure(.problem(unreadable(shown, "its path holds a NUL character")))
        }
        if !path.hasPrefix("/") { path = "\(workingDirectory)/\(path)" }
        let top = Glibc.open(root?.path ?? "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard top >= 0 else {
            return .failure(.problem(unreadable(shown, errorText(errno))))
        }
        defer { close(top) }
        let (descriptor, code) = withRights { () -> (Int32, Int32) in
            let descriptor = credwatch_open_in_root(top, path)
            return (descriptor, errno)
        }
        if descriptor >= 0 { return .success(descriptor) }
        switch code {
        case ENOENT, ENOTDIR:
            let note = root.map { "no such file in the file system of PID \($0.process)" }
            return .failure(.missing(note: note ?? "no such file"))
        case ELOOP:
            return .failure(
                .problem(unreadable(shown, "its symbolic links lead in a circle or into /proc")))
        default: return .failure(.problem(unreadable(shown, errorText(code))))
        }
    }

    private func rename(_ problem: ResolveProblem, _ path: String) -> ResolveProblem {
        guard case .fileUnreadable(_, let reason, _) = problem else { return problem }
        return unreadable(path, reason)
    }

    private func unreadable(_ path: String, _ reason: String) -> ResolveProblem {
        let reader = rights.map { "Read as \(PasswordEntry.describe($0.user)), like the process" }
        return .fileUnreadable(
            path: path, reason: reason,
            hint:
                "\(reader ?? "Read by credwatch"): `ls -l` shows whose the file is, and what it is."
        )
    }

    /// Does something with the rights of the process, which are taken by this thread alone.
    private func withRights<Value>(_ body: () -> Value) -> Value {
        guard let rights else { return body() }
        var before = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
        let count = getgroups(Int32(before.count), &before)
        before = Array(before.prefix(max(0, Int(count))))
        // Where that is not allowed, our own rights have to do.
        _ = credwatch_take_file_rights(
            rights.user, rights.group, rights.groups.count, rights.groups)
        defer { _ = credwatch_take_file_rights(0, getegid(), before.count, before) }
        return body()
    }
}
