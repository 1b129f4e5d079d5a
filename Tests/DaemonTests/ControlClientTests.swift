import Glibc
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct ControlClientTests {
    private let request = ControlRequest(command: .failover, group: "app", force: false)

    private func ask(_ path: String) async -> Result<ControlReply, ControlProblem> {
        let request = request
        return await blocking {
            do throws(ControlProblem) {
                return .success(try send(request, to: path))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test func `a reply that comes in pieces is put together`() async throws {
        let folder = try TestFolder()
        let server = try RawServer(folder.file("s"))
        let reply = ControlReply(done: true, text: "Group app now uses app-backup.")
        server.serve(reply.line.map { [$0] })
        #expect(await ask(folder.file("s")) == .success(reply))
    }

    @Test(arguments: ["", "\n", "{}\n", "{\"done\":true", "garbage\n", "\u{0}\n"])
    func `an answer that is no reply is told as none`(_ text: String) async throws {
        let folder = try TestFolder()
        let server = try RawServer(folder.file("s"))
        server.serve([Array(text.utf8)])
        let result = await ask(folder.file("s"))
        #expect(result == .failure(.noAnswer(path: folder.file("s"))))
        if case .failure(let problem) = result {
            #expect(problem.description.contains(folder.file("s")))
        }
    }

    @Test func `an answer without an end is not read for ever`() async throws {
        let folder = try TestFolder()
        let server = try RawServer(folder.file("s"))
        server.serve([[UInt8]](repeating: [UInt8](repeating: 0x78, count: 4_096), count: 10_000))
        #expect(await ask(folder.file("s")) == .failure(.noAnswer(path: folder.file("s"))))
    }

    @Test func `a daemon that is not there is told with what to look at`() async throws {
        let folder = try TestFolder()
        let path = folder.file("control.sock")
        let result = await ask(path)
        let problem = SocketProblem(operation: "connect to", path: path, code: ENOENT)
        #expect(result == .failure(.socket(problem)))
        #expect(
            ControlProblem.socket(problem).description
                == "cannot connect to \(path): No such file or directory; is the daemon running, "
                + "and are you root or its user?")
    }

    @Test(arguments: [0, 108, 5_000])
    func `a path that no address holds is refused`(_ length: Int) async {
        let path = String(repeating: "x", count: length)
        let problem = SocketProblem(operation: "connect to", path: path, code: ENAMETOOLONG)
        #expect(await ask(path) == .failure(.socket(problem)))
    }
}
