import Glibc
import Support
import Synchronization
import Testing

@testable import Daemon

/// What stands at the control socket's path before and after the server's start, and who may use it.
@Suite(.timeLimit(.minutes(1)))
struct ControlSocketTests {
    private let folder: TestFolder
    private var path: String { folder.file("control.sock") }

    init() throws { folder = try TestFolder() }

    private func makeServer(_ path: String? = nil) throws -> ControlServer {
        try #require(
            ControlServer(path: path ?? self.path) { request, reply in
                reply(ControlReply(done: true, text: request.group))
            })
    }

    private func problem(_ server: ControlServer) async -> SocketProblem? {
        do throws(SocketProblem) {
            try await server.start()
            return nil
        } catch {
            return error
        }
    }

    private func isAnswering() async -> Bool {
        let path = path
        let request = ControlRequest(command: .failover, group: "app", force: false)
        return await blocking { (try? send(request, to: path))?.text == "app" }
    }

    @Test func `the socket is for its user alone, whatever the umask`() async throws {
        let server = try makeServer()
        try await server.start()
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFSOCK)
        #expect(status.st_mode & 0o7777 == 0o600)
        #expect(status.st_uid == geteuid())
        await server.stop()
    }

    @Test func `files that others make meanwhile keep their modes`() async {
        // In a process of its own: the umask is that of the whole process.
        await #expect(processExitsWith: .success) {
            umask(0o022)
            let folder = try TestFolder()
            let maker = FileMaker(folder)
            async let modes = blocking { maker.run() }
            let server = try #require(ControlServer(path: folder.file("s")) { _, _ in })
            for _ in 0..<500 {
                try await server.start()
                await server.stop()
            }
            maker.stop()
            #expect(await modes == [0o644])
        }
    }

    @Test func `a process without a descriptor left waits at rest for one`() async {
        // In a process of its own: so is the limit.
        await #expect(processExitsWith: .success) {
            let folder = try TestFolder()
            let server = try #require(
                ControlServer(path: folder.file("s")) { request, reply in
                    reply(ControlReply(done: true, text: request.group))
                })
            try await server.start()
            // Dispatch makes its own descriptors at the first wait, and ends the process without them.
            try await Task.sleep(for: .milliseconds(1))
            var limit = rlimit(rlim_cur: 256, rlim_max: 256)
            setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
            var taken: [Int32] = []
            while case let file = open("/dev/null", O_RDONLY | O_CLOEXEC), file >= 0 {
                taken.append(file)
            }
            // The last one is for the client, so none is left for the server.
            close(taken.removeLast())
            let client = try RawClient(folder.file("s"))
            client.send(ControlRequest(command: .failover, group: "app", force: false).line)
            let before = processorTime()
            // Not a sleep of the task: that takes descriptors, too.
            usleep(500_000)
            #expect(processorTime() - before < .milliseconds(100))
            for file in taken { close(file) }
            #expect(await client.reply()?.text == "app")
            await server.stop()
        }
    }

    @Test func `the socket that a dead daemon left is replaced`() async throws {
        do { _ = try RawServer(path) }
        #expect(access(path, F_OK) == 0)
        let server = try makeServer()
        try await server.start()
        #expect(await isAnswering())
        await server.stop()
    }

    @Test func `the socket of a living daemon is left alone`() async throws {
        let living = try makeServer()
        try await living.start()
        let second = try makeServer()
        #expect(
            await problem(second)
                == SocketProblem(operation: "listen on", path: path, code: EADDRINUSE))
        #expect(await isAnswering())
        await second.stop()
        #expect(await isAnswering())
        await living.stop()
    }

    @Test func `a living daemon that takes no more connections holds nobody up`() async throws {
        let living = try RawServer(path, backlog: 0)
        // The queue of the listener is full with the first one that waits.
        let waiting = try RawClient(path)
        #expect(await problem(try makeServer())?.code == EADDRINUSE)
        withExtendedLifetime((living, waiting)) {}
    }

    enum Obstacle: CaseIterable {
        case file, folder, link, missingFolder, longPath
    }

    @Test(arguments: Obstacle.allCases)
    func `what is no socket is refused and stays`(_ obstacle: Obstacle) async throws {
        var (place, code) = (path, EEXIST)
        switch obstacle {
        case .file: try folder.write("control.sock", "precious")
        case .folder: #expect(mkdir(path, 0o700) == 0)
        case .link: #expect(symlink(folder.file("elsewhere"), path) == 0)
        case .missingFolder: (place, code) = (folder.file("missing/control.sock"), ENOENT)
        case .longPath:
            (place, code) = (folder.file(String(repeating: "x", count: 108)), ENAMETOOLONG)
        }
        let server = try makeServer(place)
        #expect(
            await problem(server) == SocketProblem(operation: "listen on", path: place, code: code))
        var status = stat()
        #expect((lstat(place, &status) == 0) == (code == EEXIST))
        #expect(status.st_mode & S_IFMT != S_IFSOCK)
        await server.stop()
        #expect((lstat(place, &status) == 0) == (code == EEXIST))
    }

    @Test func `a start that failed can be tried again`() async throws {
        #expect(mkdir(path, 0o700) == 0)
        let server = try makeServer()
        #expect(await problem(server)?.code == EEXIST)
        #expect(rmdir(path) == 0)
        #expect(await problem(server) == nil)
        #expect(await isAnswering())
        await server.stop()
    }

    /// Sends an order and prints what comes back, in Perl: it belongs to every Debian.
    private static let script = """
        use IO::Socket::UNIX;
        my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or do { print "refused: $!"; exit };
        $SIG{PIPE} = 'IGNORE';
        print $socket qq({"command":"failover","group":"app","force":false}\\n);
        $socket->flush;
        my $reply = <$socket>;
        print defined $reply ? $reply : "closed";
        """

    private func order(asUser user: uid_t) async throws -> String {
        try await Subprocess.run(
            "setpriv",
            [
                "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "perl", "-e", Self.script,
                path,
            ],
            environment: ["PATH": "/usr/bin:/bin"]
        ).outputText
    }

    @Test(
        .enabled(
            if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0
                && access("/usr/bin/perl", X_OK) == 0,
            "needs root, setpriv and perl"))
    func `other users than root and the daemon's own give no orders`() async throws {
        let server = try makeServer()
        try await server.start()
        #expect(chmod(folder.path, 0o755) == 0)
        #expect(try await order(asUser: 0) == #"{"done":true,"text":"app"}"# + "\n")
        #expect(try await order(asUser: 65_534) == "refused: Permission denied")
        // The mode alone is not what keeps them out.
        #expect(chmod(path, 0o666) == 0)
        #expect(try await order(asUser: 65_534) == "closed")
        await server.stop()
    }
}

/// Makes files until it is stopped, and notes their modes.
private final class FileMaker: Sendable {
    private let folder: TestFolder
    private let isOver = Atomic<Bool>(false)

    init(_ folder: TestFolder) {
        self.folder = folder
    }

    func run() -> Set<mode_t> {
        var modes: Set<mode_t> = []
        while !isOver.load(ordering: .relaxed) {
            let file = open(folder.file("f"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
            var status = stat()
            if fstat(file, &status) == 0 { modes.insert(status.st_mode & 0o777) }
            close(file)
            unlink(folder.file("f"))
        }
        return modes
    }

    func stop() {
        isOver.store(true, ordering: .relaxed)
    }
}

/// The processor time that this process has used.
private func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
