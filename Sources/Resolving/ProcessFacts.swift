import Glibc
import Model

/// What tells a process from a later one of the same id, and one program in it from the next.
struct ProcessStamp: Sendable, Equatable {
    /// Clock ticks since the machine started.
    var startTime: UInt64
    /// Where the environment stands in memory, which is elsewhere after each exec; 0 when it is a secret.
    var environmentStart: UInt64
    var environmentEnd: UInt64
    var isOver: Bool

    /// Parses `/proc/PID/stat`; nil when it has another form.
    init?(parsing bytes: [UInt8]) {
        // The name in front may hold anything, parentheses and blanks too.
        guard let end = bytes.lastIndex(of: 0x29) else { return nil }
        let fields = bytes[(end + 1)...].split { $0 == 0x20 || $0 == 0x0A }
        func number(_ index: Int) -> UInt64? {
            UInt64(String(decoding: fields[index], as: UTF8.self))
        }
        guard fields.count >= 49, let start = number(19), let environmentStart = number(47),
            let environmentEnd = number(48)
        else { return nil }
        startTime = start
        self.environmentStart = environmentStart
        self.environmentEnd = environmentEnd
        isOver = fields[0].elementsEqual([0x5A]) || fields[0].elementsEqual([0x58])
    }
}

/// The rights to files that a process has.
struct FileRights: Sendable, Equatable {
    var user: UInt32
    var group: UInt32
    var groups: [UInt32]
    /// Whether no file is closed to it: `CAP_DAC_OVERRIDE` or `CAP_DAC_READ_SEARCH` is in effect.
    var readsEverything = false

    /// Parses `/proc/PID/status`: the effective ids, all groups, and the capabilities to read.
    init?(parsing bytes: [UInt8]) {
        var user: UInt32?
        var group: UInt32?
        groups = []
        for line in bytes.split(separator: 0x0A) {
            let words = line.split { $0 == 0x20 || $0 == 0x09 }.map {
                String(decoding: $0, as: UTF8.self)
            }
            switch words.first {
            case "Uid:" where words.count > 2: user = UInt32(words[2])
            case "Gid:" where words.count > 2: group = UInt32(words[2])
            case "Groups:": groups = words.dropFirst().compactMap { UInt32($0) }
            case "CapEff:" where words.count > 1:
                readsEverything = (UInt64(words[1], radix: 16) ?? 0) & 0b110 != 0
            default: break
            }
        }
        guard let user, let group else { return nil }
        self.user = user
        self.group = group
    }
}

/// Parses `/proc/PID/environ`; of a variable that stands there twice, programs see the first.
func environmentVariables(_ bytes: [UInt8]) -> [String: String] {
    var variables: [String: String] = [:]
    for entry in bytes.split(separator: 0) {
        guard let equals = entry.dropFirst().firstIndex(of: 0x3D) else { continue }
        let name = String(decoding: entry[..<equals], as: UTF8.self)
        guard variables[name] == nil else { continue }
        variables[name] = String(decoding: entry[(equals + 1)...], as: UTF8.self)
    }
    return variables
}

/// Says whether `/proc/PID/cgroup` shows a process to be one of a unit's.
func isOfUnit(_ unit: String, cgroup bytes: [UInt8]) -> Bool {
    // systemd puts _ in front of names that the kernel has a use for.
    let names = [Array(unit.utf8), [0x5F] + unit.utf8]
    return bytes.split(separator: 0x0A).contains { line in
        line.split(separator: 0x2F).dropFirst().contains { part in
            names.contains { part.elementsEqual($0) }
        }
    }
}

/// The files of /proc, read with bounds.
enum ProcessFile {
    /// More than any environment can have.
    static let maxSize = 8 << 20

    struct Failure: Error, Equatable {
        var code: Int32

        var isMissing: Bool { code == ENOENT || code == ESRCH }
        var isForbidden: Bool { code == EACCES || code == EPERM }
    }

    /// Reads all of a file of a process; `E2BIG` when it is larger than 8 MiB.
    static func read(_ process: Int32, _ name: String) throws(Failure) -> [UInt8] {
        let descriptor = open("/proc/\(process)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(code: errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            if bytes.count > maxSize { throw Failure(code: E2BIG) }
        }
    }

    /// Reads where a link of a process leads; nil when it cannot be read.
    static func link(_ process: String, _ name: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { room in
            room.baseAddress.map { readlink("/proc/\(process)/\(name)", $0, room.count) } ?? -1
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
