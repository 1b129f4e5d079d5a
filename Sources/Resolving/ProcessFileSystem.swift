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
    /// Nil when our own rights are used: they are not more than the process has.
    private let rights: FileRights?
    private let workingDirectory: String
    private let base = FileSystem()

    /// Without `rights` the process may read every file.
    init(root: ProcessRoot?, rights: FileRights?, workingDirectory: String) {
        self.root = root
        note = root.map { $0.isAnother ? " \($0.note)" : "" } ?? ""
        self.rights = geteuid() == 0 && rights?.user != 0 ? rights : nil
        self.workingDirectory = workingDirectory
    }

    func now() -> Int64 { base.now() }

    func look(at path: String) -> FileLook {
        let look = withFile(path) { base.look(at: $0) }
        switch look {
        case .failure(.missing(let note)): return .missing(note: note)
        case .failure(.problem(let problem)): return .failed(problem)
        case .success(.failed(let problem)): return .failed(rename(problem, path))
        case .success(let look): return look
        }
    }

    func read(_ path: String) -> FileContent {
        let content = withFile(path) { base.read($0) }
        switch content {
        case .failure(.missing(let note)): return .missing(note: note)
        case .failure(.problem(let problem)): return .failed(problem)
        case .success(.failed(let problem)): return .failed(rename(problem, path))
        case .success(let content): return content
        }
    }

    private enum Failure: Error {
        case missing(note: String)
        case problem(ResolveProblem)
    }

    /// Finds what a path names there, and lends it under a name that leads to nothing else.
    private func withFile<Value>(
        _ shown: String, _ body: (String) -> Value
    ) -> Result<Value, Failure> {
        let path = path(shown)
        guard !path.utf8.contains(0) else {
            return .failure(.problem(unreadable(shown, "its path holds a NUL character")))
        }
        let top = openRoot()
        guard top >= 0 else {
            return .failure(.problem(unreadable(shown, errorText(errno))))
        }
        defer { close(top) }
        let found = withRights { () -> Result<Value, Failure> in
            let descriptor = credwatch_open_in_root(top, path)
            guard descriptor >= 0 else { return .failure(failure(errno, shown, path, top)) }
            defer { close(descriptor) }
            return .success(body("/proc/self/fd/\(descriptor)"))
        }
        return found
            ?? .failure(
                .problem(unreadable(shown, "credwatch lacks the right to read it as its user")))
    }

    /// A path as the process would follow it, without what is only for a person.
    private func path(_ shown: String) -> String {
        let path = shown.hasSuffix(note) ? String(shown.dropLast(note.count)) : shown
        return path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
    }

    private func openRoot() -> Int32 {
        open(root?.path ?? "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    private func failure(
        _ code: Int32, _ shown: String, _ path: String, _ top: Int32
    ) -> Failure {
        switch code {
        case ENOENT, ENOTDIR:
            let note = root.map { "no such file in the file system of PID \($0.process)" }
            return .missing(note: note ?? "no such file")
        case ELOOP:
            return .problem(
                unreadable(shown, "its symbolic links lead in a circle or into /proc"))
        case EACCES, EPERM:
            return .problem(
                .fileUnreadable(
                    path: shown, reason: errorText(code), hint: forbidden(path, below: top)))
        case ENOSYS:
            return .problem(
                .fileUnreadable(
                    path: shown, reason: errorText(code),
                    hint:
                        """
                        Files of a process are opened by openat2, which takes Linux 5.6, and which a unit with \
                        RestrictSUIDSGID=yes may not call: set RestrictSUIDSGID=no in a drop-in of credwatch's.
                        """
                ))
        default: return .problem(unreadable(shown, errorText(code)))
        }
    }

    /// Says which directory forbids the way, looked at with the rights of the process.
    private func forbidden(_ path: String, below top: Int32) -> FileHint {
        accessHint(path, reader: "the process", rights?.user ?? geteuid()) { path in
            if path == "/" { return ownership(of: top) }
            let descriptor = credwatch_open_in_root(top, path)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            return ownership(of: descriptor)
        }
    }

    private func rename(_ problem: ResolveProblem, _ path: String) -> ResolveProblem {
        guard case .fileUnreadable(_, let reason, _) = problem else { return problem }
        let top = reason == errorText(EACCES) ? openRoot() : -1
        guard top >= 0 else { return unreadable(path, reason) }
        defer { close(top) }
        let hint = withRights { forbidden(self.path(path), below: top) }
        return .fileUnreadable(path: path, reason: reason, hint: hint ?? "")
    }

    private func unreadable(_ path: String, _ reason: String) -> ResolveProblem {
        let reader = rights.map { "Read as \(PasswordEntry.describe($0.user)), like the process" }
        return .fileUnreadable(
            path: path, reason: reason,
            hint:
                "\(reader ?? "Read by credwatch"): `ls -l` shows whose the file is, and what it is."
        )
    }

    /// Does something with the rights of the process, which are taken by this thread alone; nil when
    /// they cannot be taken.
    private func withRights<Value>(_ body: () -> Value) -> Value? {
        guard let rights else { return body() }
        var before = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
        let count = getgroups(Int32(before.count), &before)
        before = Array(before.prefix(max(0, Int(count))))
        defer { _ = credwatch_take_file_rights(0, getegid(), before.count, before) }
        let taken = credwatch_take_file_rights(
            rights.user, rights.group, rights.groups.count, rights.groups)
        return taken == 0 ? body() : nil
    }
}
