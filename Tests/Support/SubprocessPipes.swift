import CDescriptors
import Glibc

/// The three pipes of a subprocess.
struct Pipes: Sendable {
    struct Ends: Sendable {
        var ours: Int32
        var theirs: Int32
    }

    private(set) var input: Ends
    private(set) var output: Ends
    private(set) var errors: Ends

    init() throws(Subprocess.NotStarted) {
        var all: [Int32] = []
        for _ in 0..<3 {
            var pair: [Int32] = [-1, -1]
            guard pipe2(&pair, O_CLOEXEC) == 0 else {
                let number = errno
                for descriptor in all { close(descriptor) }
                throw Subprocess.NotStarted(description: "pipe2 failed with \(number)")
            }
            all += pair
        }
        input = Ends(ours: all[1], theirs: all[0])
        output = Ends(ours: all[2], theirs: all[3])
        errors = Ends(ours: all[4], theirs: all[5])
        for descriptor in [input.ours, output.ours, errors.ours] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    func closeChildEnds() {
        for descriptor in [input.theirs, output.theirs, errors.theirs] { close(descriptor) }
    }

    mutating func closeInput() {
        guard input.ours >= 0 else { return }
        close(input.ours)
        input.ours = -1
    }

    /// Closes what is open still of our own ends.
    func closeAll() {
        for descriptor in [input.ours, output.ours, errors.ours] where descriptor >= 0 {
            close(descriptor)
        }
    }

    /// Waits until bytes can be moved, or so long.
    func wait(milliseconds: Int32) {
        var entries = [
            pollfd(fd: output.ours, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.ours, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input.ours, events: Int16(POLLOUT), revents: 0),
        ]
        _ = poll(&entries, nfds_t(entries.count), milliseconds)
        // At end of file poll returns at once, again and again, while the program still runs.
        if entries.contains(where: { $0.revents & Int16(POLLHUP) != 0 }) {
            usleep(UInt32(milliseconds) * 1_000)
        }
    }

    mutating func write(_ rest: inout ArraySlice<UInt8>) {
        guard input.ours >= 0 else { return }
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send($0) }
            if count < 0 {
                if errno == EAGAIN { return }
                break
            }
            rest = rest.dropFirst(count)
        }
        closeInput()
    }

    /// Reads what there is.
    func read(_ descriptor: Int32) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return result }
            result += buffer[..<count]
        }
    }

    /// Writes to a program that may have closed its input, without SIGPIPE ending the test.
    private func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        var pipe = sigset_t()
        var before = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        let count = Glibc.write(input.ours, bytes.baseAddress, bytes.count)
        let number = errno
        if count < 0, number == EPIPE {
            var none = timespec()
            sigtimedwait(&pipe, nil, &none)
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        errno = number
        return count
    }
}

/// Starts a program as the leader of a process group, with default signals and the child's ends.
func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String], _ pipes: Pipes
) throws(Subprocess.NotStarted) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipes.input.theirs, 0)
    posix_spawn_file_actions_adddup2(&actions, pipes.output.theirs, 1)
    posix_spawn_file_actions_adddup2(&actions, pipes.errors.theirs, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let list = environment.map { "\($0.key)=\($0.value)" }
    var process = pid_t()
    let result = withCStrings(arguments) { argv in
        withCStrings(list) { envp in
            posix_spawnp(&process, program, &actions, &attributes, argv, envp)
        }
    }
    guard result == 0 else {
        let reason = strerror(result).map { String(cString: $0) } ?? "error \(result)"
        throw Subprocess.NotStarted(description: "\(program) cannot be started: \(reason)")
    }
    return process
}

private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer {
        for copy in copies { free(copy) }
    }
    return body(copies + [nil])
}
