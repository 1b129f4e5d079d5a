package import Model
import Synchronization

/// A transport that notes each request that another one carries: never its headers, and of its body only
/// the name of the action.
///
/// It runs tasks on the thread of the other one.
package final class RecordingTransport: Transport, TaskExecutor {
    private struct State {
        var records: [RequestRecord] = []
        var leftOut = 0
    }

    /// More requests than this are counted only.
    package static let mostRecords = 1_000

    private let base: CurlTransport
    private let clock: @Sendable () -> WallTime
    private let errorCode: @Sendable (HTTPResponse) -> String?
    private let state = Mutex(State())

    /// Makes a transport around another one; `errorCode` reads AWS's code in an answer that is an error.
    package init(
        _ base: CurlTransport, clock: @escaping @Sendable () -> WallTime,
        errorCode: @escaping @Sendable (HTTPResponse) -> String?
    ) {
        self.base = base
        self.clock = clock
        self.errorCode = errorCode
    }

    package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        let start = clock()
        let index = begin(RequestRecord(request, at: start))
        do {
            let response = try await base.send(request)
            let code = errorCode(response)
            change(index) { record in
                record.outcome = .answered(status: response.status, code: code)
                record.latency = response.latency
                record.skew = response.skew(from: start)
                record.phases = response.phases
            }
            return response
        } catch {
            change(index) { record in
                record.outcome = .failed(
                    error.phase, timedOut: error.timedOut, reason: error.reason)
                record.latency = error.latency
            }
            throw error
        }
    }

    /// The requests so far, the first one first; one that is under way is pending.
    package var records: [RequestRecord] { state.withLock(\.records) }

    /// How many requests there were beside those that are kept.
    package var leftOut: Int { state.withLock(\.leftOut) }

    package func enqueue(_ job: consuming ExecutorJob) {
        base.enqueue(job)
    }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    /// Keeps a record; returns its place, or nil when there are enough.
    private func begin(_ record: RequestRecord) -> Int? {
        state.withLock { state in
            guard state.records.count < Self.mostRecords else {
                state.leftOut += 1
                return nil
            }
            state.records.append(record)
            return state.records.count - 1
        }
    }

    private func change(_ index: Int?, _ body: (inout RequestRecord) -> Void) {
        guard let index else { return }
        state.withLock { body(&$0.records[index]) }
    }
}

extension RequestRecord {
    /// Notes what may be known of a request.
    init(_ request: HTTPRequest, at time: WallTime) {
        let plain = String(request.url.prefix { $0 != "?" && $0 != "#" })
        let address = try? EndpointAddress(plain)
        let scope = SignatureScope(request.headers)
        self.init(
            startedAt: time, method: "\(request.method)".uppercased(), action: request.action,
            host: address?.hostHeader ?? "-", path: address?.path ?? "-", service: scope?.service,
            region: scope?.region, accessKeyID: scope?.accessKeyID)
    }
}

extension HTTPRequest {
    /// The value of `Action` in a form, if it has the form of one.
    fileprivate var action: String? {
        let name = Array("Action=".utf8)
        let bytes = body.prefix(4_096)
        guard method == .post, let start = bytes.firstIndex(ofBytes: name),
            start == 0 || bytes[start - 1] == UInt8(ascii: "&")
        else { return nil }
        let value = bytes[(start + name.count)...].prefix { $0 != UInt8(ascii: "&") }
        let isName = value.allSatisfy {
            $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26
        }
        guard isName, (1...64).contains(value.count) else { return nil }
        return String(decoding: value, as: UTF8.self)
    }
}

/// Whose signature a request has, and what for: the `Credential` of its `Authorization`.
private struct SignatureScope {
    var accessKeyID: String
    var region: String
    var service: String

    /// Nil when nobody signed with a key.
    init?(_ headers: [HeaderField]) {
        let mark = Array("Credential=".utf8)
        guard
            let header = headers.first(where: { $0.name.lowercased() == "authorization" }),
            let start = header.value.firstIndex(ofBytes: mark)
        else { return nil }
        let value = header.value[(start + mark.count)...]
            .prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: " ") }
        // KEY/DATE/REGION/SERVICE/aws4_request; a secret that was pasted as the key may hold slashes.
        let parts = String(decoding: value, as: UTF8.self)
            .split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 5 else { return nil }
        let key = parts.dropLast(4).joined(separator: "/")
        accessKeyID = key.utf8.count < 32 ? key : "<redacted>"
        region = String(parts[parts.count - 3])
        service = String(parts[parts.count - 2])
    }
}
