import Dispatch
import Glibc

@testable import Daemon

/// Runs what blocks on a thread where it may.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "blocking").async { continuation.resume(returning: body()) }
    }
}

/// Reads from a socket until the other end hangs up; nil when it never does.
func read(toTheEndOf descriptor: Int32) async -> [UInt8]? {
    await blocking {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            // A reset is a hanging up too: the server left bytes of ours unread.
            if count < 0 { return errno == ECONNRESET ? bytes : nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}

/// A client of a Unix socket that says whatever a test wants.
final class RawClient: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = try UnixSocket.connect(to: path)
        // A bound for a server that neither answers nor hangs up.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool { UnixSocket.sendAll(bytes, to: descriptor) }

    /// Reads until the server hangs up; nil when it never does.
    func readToEnd() async -> [UInt8]? {
        let result = await read(toTheEndOf: descriptor)
        withExtendedLifetime(self) {}
        return result
    }

    /// Reads the reply; nil when there is none.
    func reply() async -> ControlReply? {
        await readToEnd().flatMap { ControlReply(line: $0) }
    }
}

/// A listening Unix socket that serves one client as a test wants.
final class RawServer: Sendable {
    private let descriptor: Int32

    init(_ path: String, backlog: Int32 = 4) throws {
        descriptor = UnixSocket.open(nonBlocking: false)
        let isListening = UnixSocket.withAddress(path) { [descriptor] in
            bind(descriptor, $0, $1) == 0 && listen(descriptor, backlog) == 0
        }
        guard isListening == true else { throw Unprepared("listen on \(path)") }
    }

    deinit { close(descriptor) }

    /// Takes one client's request, sends these pieces and hangs up.
    func serve(_ pieces: [[UInt8]]) {
        DispatchQueue(label: "raw-server").async { [self] in
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { return }
            defer { close(client) }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            _ = recv(client, &buffer, buffer.count, 0)
            for piece in pieces { _ = UnixSocket.sendAll(piece, to: client) }
        }
    }
}
