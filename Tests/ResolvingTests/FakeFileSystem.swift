import Dispatch
import Model
import Synchronization

@testable import Resolving

/// A file system whose only file is the config, and which hangs on command.
final class FakeFileSystem: FileReading {
    private struct State {
        var bytes: [UInt8]?
        var modified: Int64 = 0
        var now: Int64 = 0
        var looks = 0
        var reads = 0
        var hangs = false
        var isHanging = false
        var waiting: CheckedContinuation<Void, Never>?

        var identity: FileIdentity {
            FileIdentity(
                device: 1, inode: 1, size: Int64(bytes?.count ?? 0), modified: modified,
                changed: modified, ownership: FileOwnership(user: 0, group: 0, mode: 0o600))
        }
    }

    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    var looks: Int { state.withLock(\.looks) }
    var reads: Int { state.withLock(\.reads) }

    /// Times are in seconds.
    func set(_ text: String, modified: Int64, now: Int64) {
        state.withLock { state in
            state.bytes = Array(text.utf8)
            state.modified = modified * 1_000_000_000
            state.now = now * 1_000_000_000
        }
    }

    func setNow(_ now: Int64) {
        state.withLock { $0.now = now * 1_000_000_000 }
    }

    /// Lets the next look block.
    func hang() {
        state.withLock { $0.hangs = true }
    }

    func resume() {
        state.withLock { $0.hangs = false }
        gate.signal()
    }

    func waitUntilHanging() async {
        await withCheckedContinuation { continuation in
            let isHanging = state.withLock { state in
                if !state.isHanging { state.waiting = continuation }
                return state.isHanging
            }
            if isHanging { continuation.resume() }
        }
    }

    func look(at path: String) -> FileLook {
        let (hangs, waiting) = state.withLock { state in
            state.looks += 1
            state.isHanging = state.hangs
            defer { if state.hangs { state.waiting = nil } }
            return (state.hangs, state.hangs ? state.waiting : nil)
        }
        waiting?.resume()
        if hangs { gate.wait() }
        return state.withLock { state in
            guard path.hasSuffix("config"), state.bytes != nil else {
                return .missing(note: "no such file")
            }
            return .regular(state.identity)
        }
    }

    func read(_ path: String) -> FileContent {
        state.withLock { state in
            state.reads += 1
            return .bytes(state.bytes ?? [], state.identity)
        }
    }

    func now() -> Int64 { state.withLock(\.now) }
}
