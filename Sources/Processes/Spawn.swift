import CLinux
import Glibc

/// A program that was just executed, with our ends of its pipes, which do not block.
struct Spawned {
    var pid: pid_t
    var standardOutput: Int32
    var standardError: Int32
}

/// Executes a command in a process group of its own.
///
/// The child shares our memory until it executes (as vfork does), so the size of this process does not
/// matter, and when this returns the program is already running.
func spawn(_ command: Command) throws(StartFailure) -> Spawned {
    try check(command)
    let input = try Descriptor.memory(holding: command.input)
    let output = try Descriptor.pipe()
    let error = try Descriptor.pipe()
    let path = command.arguments[0]
    if let account = command.account {
        let pid = try launch(
            command, as: account, input: input.number, output: output.writing.number,
            error: error.writing.number)
        return Spawned(
            pid: pid, standardOutput: output.reading.take(), standardError: error.reading.take())
    }

    // A service may have the right to read what is not its own; a hook has not.
    _ = credwatch_hand_down_no_capabilities()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }

    try require("posix_spawn_file_actions") {
        for (descriptor, standard) in [
            (input.number, STDIN_FILENO), (output.writing.number, STDOUT_FILENO),
            (error.writing.number, STDERR_FILENO),
        ] {
            let code = posix_spawn_file_actions_adddup2(&actions, descriptor, standard)
            if code != 0 { return code }
        }
        let code = posix_spawn_file_actions_addchdir_np(&actions, "/")
        return code != 0 ? code : posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    }
    try require("posix_spawnattr") {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        return posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    var pid: pid_t = 0
    let environment = command.environment.map { "\($0)=\($1)" }.sorted()
    let code = withCStrings(command.arguments) { arguments in
        withCStrings(environment) { environment in
            posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
        }
    }
    guard code == 0 else { throw .execution(path: path, code: code) }
    return Spawned(
        pid: pid, standardOutput: output.reading.take(), standardError: error.reading.take())
}

private func check(_ command: Command) throws(StartFailure) {
    guard let path = command.arguments.first else {
        throw .invalidCommand("the command is empty")
    }
    guard path.utf8.first == 0x2F else {
        throw .invalidCommand("the program's path is not absolute")
    }
    let texts = command.arguments + command.environment.flatMap { [$0.key, $0.value] }
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
        throw .invalidCommand("an argument or a variable holds a NUL character")
    }
    guard !command.environment.keys.contains(where: { $0.isEmpty || $0.utf8.contains(0x3D) }) else {
        throw .invalidCommand("a variable's name is empty or holds an equals sign")
    }
}

/// Executes a command as a user, with no more rights than that user has.
///
/// posix_spawn cannot change users. A helper that can, like setpriv, would start with all our rights and
/// the program's environment, and obey an LD_PRELOAD in it; so the child changes itself before it executes.
private func launch(
    _ command: Command, as account: UserAccount, input: Int32, output: Int32, error: Int32
) throws(StartFailure) -> pid_t {
    let report = try Descriptor.pipe()
    let path = command.arguments[0]
    let launch = credwatch_launch(
        input: input, output: output, error: error, report: report.writing.number,
        user: account.user, group: account.group, group_count: account.groups.count)
    let environment = command.environment.map { "\($0)=\($1)" }.sorted()
    let child = withCStrings(command.arguments) { arguments in
        withCStrings(environment) { environment in
            credwatch_fork_and_become(launch, account.groups, path, arguments, environment)
        }
    }
    guard child > 0 else { throw .system(call: "fork", code: errno) }
    guard let (step, code) = failure(from: report) else { return child }
    while waitpid(child, nil, 0) < 0, errno == EINTR {}
    let calls = [
        "execve", "setpgid", "dup2", "chdir", "setgroups", "setresgid", "setresuid", "capset",
        "prctl",
    ]
    guard step > 0, step < calls.count else { throw .execution(path: path, code: code) }
    throw .system(call: calls[step], code: code)
}

/// Waits until a child has executed its program; returns the step that failed, and its `errno`.
private func failure(from report: consuming Pipe) -> (step: Int, code: Int32)? {
    let reading = report.closeWriting()
    _ = fcntl(reading.number, F_SETFL, 0)
    var message: [Int32] = [0, 0]
    let size = message.count * MemoryLayout<Int32>.size
    var count = 0
    repeat { count = read(reading.number, &message, size) } while count < 0 && errno == EINTR
    return count == size ? (Int(message[0]), message[1]) : nil
}

private func require(_ call: String, _ body: () -> Int32) throws(StartFailure) {
    let code = body()
    guard code == 0 else { throw .system(call: call, code: code) }
}

/// Lends texts as the NULL-terminated array of C strings that exec takes.
private func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
