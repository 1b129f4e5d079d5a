import Dispatch
import Glibc

/// What a child process left behind.
struct Finished {
    /// The exit code, or 128 and the signal.
    var status: Int32
    /// Standard output and standard error, in the order in which they came.
    var output: String
}

struct SpawnProblem: Error {
    var program: String
    var code: Int32
}

/// Runs a program to its end, with no input, on a thread that may block.
func run(_ command: [String], environment: [String: String] = [:]) async throws -> Finished {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Result { try runAndWait(command, environment) })
        }
    }
}

private func runAndWait(_ command: [String], _ environment: [String: String]) throws -> Finished {
    var ends: [Int32] = [-1, -1]
    // Not a pipe: this is closed at exec from the start, also in children of tests that run beside.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
        throw SpawnProblem(program: "socketpair", code: errno)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)

    let own = ["PATH", "HOME", "LD_LIBRARY_PATH"].compactMap { (name: String) in
        getenv(name).map { "\(name)=\(String(cString: $0))" }
    }
    let settings = own + environment.map { "\($0.key)=\($0.value)" }
    var arguments = command.map { $0.withCString { strdup($0) } } + [nil]
    var variables = settings.map { $0.withCString { strdup($0) } } + [nil]
    defer { (arguments + variables).forEach { free($0) } }

    var child: pid_t = 0
    let code = posix_spawnp(&child, command[0], &actions, nil, &arguments, &variables)
    close(ends[1])
    defer { close(ends[0]) }
    guard code == 0 else { throw SpawnProblem(program: command[0], code: code) }

    let output = readToEnd(ends[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return Finished(
        status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
        output: String(decoding: output, as: UTF8.self))
}

/// Reads a descriptor to its end.
func readToEnd(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            bytes.append(contentsOf: piece[..<count])
        } else if count == 0 || errno != EINTR {
            return bytes
        }
    }
}
