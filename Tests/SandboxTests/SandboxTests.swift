import Model
import Synchronization
import Testing

@testable import Sandbox

@Suite struct SandboxTests {
    /// A clock that a test moves.
    final class Clock: Sendable {
        let time = Mutex(WallTime(seconds: 1_795_348_800))
        var read: @Sendable () -> WallTime { { self.time.withLock { $0 } } }
        func advance(by duration: Duration) {
            time.withLock { $0 = $0 + duration }
        }
    }

    static func wire(_ request: HTTPRequest, _ sandbox: Sandbox) -> [UInt8] {
        var text = "\(request.method) / HTTP/1.1\r\n"
        for header in request.headers { text += "\(header.name): \(header.value.text)\r\n" }
        return Array((text + "Content-Length: \(request.body.count)\r\n\r\n").utf8) + request.body
    }

    static func ask(_ sandbox: Sandbox, _ key: AccessKey, at date: WallTime) throws -> String {
        let client = try #require(TestClient(port: sandbox.port))
        client.send(wire(TestSigner(key, date: date).request("GetCallerIdentity"), sandbox))
        return try #require(client.answer()).body
    }

    @Test func answersThroughItsSocket() throws {
        let clock = Clock()
        let heard = Mutex<[Call]>([])
        let sandbox = try Sandbox(
            clock: clock.read, onCall: { call in heard.withLock { $0.append(call) } })
        #expect(sandbox.url == "http://127.0.0.1:\(sandbox.port)")
        let key = try sandbox.createUser("app")
        let now = clock.read()
        #expect(
            try Self.ask(sandbox, key, at: now).contains("arn:aws:iam::123456789012:user/app"))
        try sandbox.deactivate(key)
        #expect(try Self.ask(sandbox, key, at: now).contains("InvalidClientTokenId"))
        try sandbox.activate(key)
        sandbox.faults.clockOffset = .seconds(600)
        #expect(try Self.ask(sandbox, key, at: now).contains("Signature expired"))
        #expect(sandbox.now == now + .seconds(600))
        clock.advance(by: .seconds(-600))
        #expect(try Self.ask(sandbox, key, at: now).contains("<Account>123456789012</Account>"))
        try sandbox.delete(key)
        #expect(throws: CommandProblem.self) { try sandbox.deactivate(key) }
        let codes = sandbox.calls.map(\.errorCode)
        #expect(codes == [nil, "InvalidClientTokenId", "SignatureDoesNotMatch", nil])
        #expect(heard.withLock { $0 } == sandbox.calls)
        #expect(sandbox.callCount == 4)
    }

    @Test func tellsItsOwnTimeInTheDateHeader() throws {
        let clock = Clock()
        let sandbox = try Sandbox(clock: clock.read)
        sandbox.faults.clockOffset = .seconds(-3_600)
        let client = try #require(TestClient(port: sandbox.port))
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let head = try #require(client.answer()).head
        let date = try #require(head.split(separator: "\r\n").first { $0.hasPrefix("Date: ") })
        #expect(WallTime(httpDate: date.dropFirst(6)) == clock.read() + .seconds(-3_600))
        #expect(head.contains("x-amzn-RequestId: "))
        #expect(head.contains("Content-Type: text/xml"))
    }

    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (1_795_348_800, "Sun, 22 Nov 2026 12:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        ] as [(Int64, String)])
    func writesHTTPDates(seconds: Int64, text: String) {
        #expect(WallTime(seconds: seconds).httpDate == text)
    }

    @Test func keepsABoundedNumberOfCalls() {
        var state = SandboxState(world: World(), clock: { WallTime(seconds: 0) })
        for number in 0..<5_000 {
            state.note(
                Call(at: WallTime(seconds: 0), requestID: "\(number)", service: .sts, action: ""))
            #expect(state.calls.count <= 2 * SandboxState.keptCalls)
        }
        #expect(state.callCount == 5_000)
        #expect(state.calls.count >= SandboxState.keptCalls)
        #expect(state.calls.last?.requestID == "4999")
    }

    @Test func isFreedWithItsLastReference() throws {
        var sandbox: Sandbox? = try Sandbox()
        let port = try #require(sandbox?.port)
        #expect(TestClient(port: port) != nil)
        sandbox = nil
        #expect(TestClient(port: port) == nil)
    }
}
