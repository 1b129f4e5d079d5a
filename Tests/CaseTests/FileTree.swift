import Glibc

func systemText(_ what: String) -> CaseFlaw {
    CaseFlaw("\(what): \(String(cString: strerror(errno)))")
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The names in a directory, in their order.
func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "re") else { throw systemText("open \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
        bytes += chunk[..<count]
    }
    return bytes
}

/// A root of files for one case, copied from its folder, removed when the case is over.
final class FileTree: Sendable {
    let path: String

    /// Makes the files of a case.
    convenience init(of folder: CaseFolder) throws {
        try self.init(copying: "\(folder.path)/fs", special: folder.machine.special)
    }

    /// Copies a folder with `@FS@` in its texts replaced by the place of the copy, and adds what a repository
    /// cannot hold.
    init(copying source: String, special: [String: SpecialFile]) throws {
        var template = Array("/tmp/credwatch-case-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw systemText("mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard chmod(path, 0o755) == 0, mkdir("\(path)/home", 0o755) == 0 else {
            throw systemText("prepare \(path)")
        }
        try copy(source, to: path)
        for (name, file) in special { try make(file, at: "\(path)/\(name)") }
    }

    deinit { Self.remove(path) }

    /// Puts the place of the copy into a text.
    func place(in text: String) -> String { text.replacing("@FS@", with: path) }

    private func copy(_ source: String, to target: String) throws {
        for name in entries(of: source) {
            let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
            var status = stat()
            guard stat(from, &status) == 0 else { throw systemText("stat \(from)") }
            if status.st_mode & S_IFMT == S_IFDIR {
                guard mkdir(to, 0o755) == 0 || errno == EEXIST else {
                    throw systemText("mkdir \(to)")
                }
                try copy(from, to: to)
            } else {
                var bytes = try readFile(from)
                if let text = String(validating: bytes, as: UTF8.self), text.contains("@FS@") {
                    bytes = Array(place(in: text).utf8)
                }
                try write(bytes, to: to, mode: status.st_mode & 0o100 == 0 ? 0o600 : 0o755)
            }
        }
    }

    private func make(_ file: SpecialFile, at target: String) throws {
        let parent = String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)])
        guard mkdir(parent, 0o755) == 0 || errno == EEXIST else {
            throw systemText("mkdir \(parent)")
        }
        switch file.kind {
        case .directory: guard mkdir(target, 0o755) == 0 else { throw systemText(target) }
        case .pipe: guard mkfifo(target, 0o600) == 0 else { throw systemText(target) }
        case .link(let destination):
            guard symlink(place(in: destination), target) == 0 else { throw systemText(target) }
            return
        case .text(let text, let times):
            let piece = Array(text.utf8)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(piece.count * times)
            for _ in 0..<times { bytes += piece }
            try write(bytes, to: target, mode: 0o600)
        case .copy: break
        }
        if let mode = file.mode, chmod(target, mode) != 0 { throw systemText("chmod \(target)") }
        if let owner = file.owner, chown(target, owner, owner) != 0 {
            throw systemText("chown \(target)")
        }
    }

    private func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw systemText("open \(path)") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
            fchmod(descriptor, mode) == 0
        else { throw systemText("write \(path)") }
    }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in entries(of: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
