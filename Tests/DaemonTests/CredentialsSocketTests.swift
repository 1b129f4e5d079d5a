import Glibc
import Model
import Support
import Testing

@testable import Daemon

/// The socket for programs of this machine.
@Suite(.timeLimit(.minutes(1)))
struct CredentialsSocketTests {
    private let folder: TestFolder
    private var path: String { folder.file("credentials.sock") }
    private static let end = WallTime(seconds: 1_795_356_190)

    init() throws { folder = try TestFolder() }

    private func start(users: [String: [String]] = ["app": [], "web": []]) async throws
        -> CredentialsSocket
    {
        let place = Provenance.builtIn("a test")
        let made = CredentialsSocket(path: path) { group, reply in
            guard group == "app" else {
                return reply(.none(.refused(group: group, profile: "web-main")))
            }
            reply(
                .credentials(
                    Credentials(
                        accessKeyID: Sourced("ASIAIOSFODNN7EXAMPLE", from: place),
                        secretAccessKey: Sourced(Secret("secret"), from: place),
                        sessionToken: Sourced(Secret("token"), from: place),
                        accountID: "123456789012"), end: Self.end))
        }
        let socket = try #require(made)
        socket.serve(users)
        try await socket.start()
        return socket
    }

    private func ask(_ group: String) async -> Result<Credentials, CredentialsProblem> {
        let path = path
        return await blocking {
            do throws(CredentialsProblem) {
                let answer = try askForCredentials(of: group, at: path, patience: .seconds(10))
                return .success(answer.credentials)
            } catch {
                return .failure(error)
            }
        }
    }

    @Test func `the daemon's own user gets the credential with all its parts`() async throws {
        let socket = try await start()
        let credentials = try await ask("app").get()
        #expect(credentials.accessKeyID.value == "ASIAIOSFODNN7EXAMPLE")
        #expect(credentials.secretAccessKey.value == Secret("secret"))
        #expect(credentials.sessionToken?.value == Secret("token"))
        #expect(credentials.accountID == "123456789012")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o666)
        await socket.stop()
        #expect(access(path, F_OK) != 0)
    }

    @Test func `a refusal is the daemon's last word`() async throws {
        let socket = try await start()
        guard case .failure(.refused(let refusal)) = await ask("web") else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.code == "CredentialsRefused")
        #expect(refusal.message.contains("web-main"))
        await socket.stop()
    }

    @Test func `a group that is not served is refused like one that is of others`() async throws {
        let socket = try await start()
        guard case .failure(.refused(let refusal)) = await ask("none") else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.code == "AccessDenied")
        await socket.stop()
    }

    @Test func `without a daemon there is no word`() async throws {
        guard case .failure(.absent(let reason)) = await ask("app") else {
            Issue.record("somebody answered")
            return
        }
        #expect(reason.contains(path))
    }

    @Test(arguments: [
        "nonsense\n", "{}\n", "{\"group\":1}\n", "[]\n", "\n", "{\"group\":\"\u{0}\"}\n",
    ])
    func `what is no request is told so`(_ text: String) async throws {
        let socket = try await start()
        let client = try RawClient(path)
        client.send(text)
        let answer = String(decoding: try #require(await client.readToEnd()), as: UTF8.self)
        #expect(answer.hasPrefix("{\"code\":\""), "\(answer)")
        #expect(!answer.contains("secret"))
        await socket.stop()
    }

    @Test func `a request without an end is not waited for beyond its size`() async throws {
        let socket = try await start()
        let client = try RawClient(path)
        client.send(String(repeating: "x", count: 1_000_000))
        #expect(await client.readToEnd() == [])
        #expect(throws: Never.self) { try UnixSocket.connect(to: path) }
        await socket.stop()
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root may become another user"),
        arguments: [
            (["65533"], true), (["daemon", "65533"], true), (["daemon"], false), ([], false),
            (["no-such-user-here"], false),
        ] as [([String], Bool)])
    func `another user needs to be named`(_ users: [String], _ isAllowed: Bool) async throws {
        let socket = try await start(users: ["app": users, "web": []])
        #expect(chmod(folder.path, 0o755) == 0)
        let script = """
            import os, socket, sys
            os.setgroups([]); os.setgid(65533); os.setuid(65533)
            s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
            s.sendall(b'{"group":"' + sys.argv[2].encode() + b'"}\\n'); print(s.recv(65536).decode())
            """
        let outcome = try await Subprocess.run("python3", ["-c", script, path, "app"])
        #expect(outcome.outputText.contains("ASIAIOSFODNN7EXAMPLE") == isAllowed)
        let other = try await Subprocess.run("python3", ["-c", script, path, "web"])
        let none = try await Subprocess.run("python3", ["-c", script, path, "none"])
        #expect(
            other.outputText.replacing("web", with: "none") == none.outputText
                && none.outputText.contains("AccessDenied"), "\(other.errorText)")
        await socket.stop()
    }

    @Test(.enabled(if: geteuid() == 0, "only root may become another user"))
    func `users who keep connections open keep nobody else out`() async throws {
        let socket = try await start()
        #expect(chmod(folder.path, 0o755) == 0)
        let script = """
            import os, signal, socket, sys, time
            holders = []
            def connection():
                s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect(sys.argv[1])
                return s
            for user in (65532, 65533):
                told, tell = os.pipe()
                holders.append(os.fork())
                if holders[-1] == 0:
                    os.setgroups([]); os.setgid(user); os.setuid(user)
                    held = [connection() for _ in range(40)]
                    os.write(tell, b'x')
                    time.sleep(30)
                    os._exit(0)
                os.read(told, 1)
            s = connection()
            s.sendall(b'{"group":"app"}\\n'); print(s.recv(65536).decode())
            for holder in holders: os.kill(holder, signal.SIGKILL)
            """
        let outcome = try await Subprocess.run("python3", ["-c", script, path])
        #expect(outcome.outputText.contains("ASIAIOSFODNN7EXAMPLE"), "\(outcome.errorText)")
        await socket.stop()
    }

    @Test func `a daemon that accepts nobody is waited for no longer than given`() async throws {
        let server = try RawServer(path, backlog: 0)
        var waiting: [Int32] = []
        defer { for socket in waiting { close(socket) } }
        repeat {
            waiting.append(UnixSocket.open(nonBlocking: true))
        } while UnixSocket.withAddress(path, { connect(waiting[waiting.count - 1], $0, $1) }) == 0
        let path = path
        let problem = await blocking { () -> SocketProblem? in
            do throws(SocketProblem) {
                close(try UnixSocket.connect(to: path, patience: .milliseconds(100)))
                return nil
            } catch {
                return error
            }
        }
        #expect(problem?.code == ETIMEDOUT)
        withExtendedLifetime(server) {}
    }

    @Test(arguments: [
        ("/run/credwatch/control.sock", "/run/credwatch/credentials.sock"),
        ("/control.sock", "/credentials.sock"),
    ])
    func `it stands beside the control socket`(_ control: String, _ path: String) {
        #expect(Configuration(profiles: [], controlSocket: control).credentialsSocket == path)
    }
}
