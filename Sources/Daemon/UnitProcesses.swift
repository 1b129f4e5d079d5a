import CLinux
import Glibc
import Model
import Scheduling

/// The processes of services, as /proc and the control groups show them.
struct UnitProcesses: Sendable {
    /// Where the kernel shows them; elsewhere in tests.
    var processes = "/proc"
    var controlGroups = "/sys/fs/cgroup"

    private static let mostProcesses = 4_096
    private static let mostGroups = 256
    private static let largest = 8 << 20

    /// What a process has as its access key id in its environment.
    enum Key: Sendable, Hashable {
        case id(String)
        /// Its environment has none.
        case none
        /// It could not be read; the system's reason.
        case hidden(String)
        /// It has ended meanwhile.
        case gone
    }

    /// Reads the access key id in a process's environment; of one that stands there twice, programs see
    /// the first.
    func key(of process: Int32) -> Key {
        let bytes: [UInt8]
        switch read("\(processes)/\(process)/environ") {
        case .success(let found): bytes = found
        case .failure(let failure):
            return failure.isGone
                ? .gone : .hidden(String(cString: strerror(failure.code)))
        }
        let name = Array("AWS_ACCESS_KEY_ID=".utf8)
        for entry in bytes.split(separator: 0) where entry.starts(with: name) {
            return .id(String(decoding: entry.dropFirst(name.count), as: UTF8.self))
        }
        return .none
    }

    /// When a process was started, by the wall clock as it is now, within a hundredth of a second.
    func startTime(of process: Int32) -> WallTime? {
        guard case .success(let bytes) = read("\(processes)/\(process)/stat"),
            let end = bytes.lastIndex(of: 0x29)
        else { return nil }
        let fields = bytes[(end + 1)...].split { $0 == 0x20 || $0 == 0x0A }
        let ticks = sysconf(Int32(_SC_CLK_TCK))
        guard fields.count > 19, let start = Int64(String(decoding: fields[19], as: UTF8.self)),
            ticks > 0
        else { return nil }
        let now = SystemClock.now()
        let sinceBoot = start * (1_000_000_000 / Int64(ticks))
        return WallTime(
            nanoseconds: now.wall.nanoseconds - now.moment.nanoseconds + sinceBoot)
    }

    /// The processes of a control group and of those below it, the main process first.
    func members(of group: String, main: Int32) -> [Int32] {
        var found = main > 0 ? [main] : []
        // The root would be the whole machine.
        guard group.utf8.first == 0x2F, group.utf8.count > 1,
            !group.split(separator: "/").contains("..")
        else { return found }
        var rest = [controlGroups + group]
        var visited = 0
        while let directory = rest.popLast(), visited < Self.mostGroups {
            visited += 1
            if case .success(let bytes) = read("\(directory)/cgroup.procs") {
                for line in bytes.split(separator: 0x0A) where found.count < Self.mostProcesses {
                    guard let process = Int32(String(decoding: line, as: UTF8.self)),
                        process > 0, process != main
                    else { continue }
                    found.append(process)
                }
            }
            rest += children(of: directory)
        }
        return found
    }

    private func children(of path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory), names.count < Self.mostGroups {
            guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append("\(path)/\(name)") }
        }
        return names
    }

    private struct Failure: Error {
        var code: Int32

        var isGone: Bool { code == ENOENT || code == ESRCH }
    }

    private func read(_ path: String) -> Result<[UInt8], Failure> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(Failure(code: errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= Self.largest {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(Failure(code: errno)) }
            if count == 0 { return .success(bytes) }
            bytes += chunk[..<count]
        }
        return .failure(Failure(code: E2BIG))
    }
}

/// When a file was last put in its place, or changed; nil when it is not there.
func changeTime(of path: String) -> WallTime? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return WallTime(nanoseconds: credwatch_changed(&status))
}
