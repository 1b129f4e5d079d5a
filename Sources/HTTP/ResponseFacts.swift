package import Model

extension HTTPResponse {
    /// The request id, if it is one that can be shown.
    package var usableRequestID: String? { Self.usable(requestID) }

    /// The request id of any service, S3 too, if it is one that can be shown.
    package var anyRequestID: String? { usableRequestID ?? Self.usable(storageRequestID) }

    private static func usable(_ id: String?) -> String? {
        guard var id, !id.isEmpty, id.utf8.count <= 128 else { return nil }
        let isPlain = id.withUTF8 { bytes in
            var bad = false
            for index in 0..<bytes.count {
                bad = bad || bytes[index] <= 0x20 || bytes[index] >= 0x7F
            }
            return !bad
        }
        return isPlain ? id : nil
    }

    /// The server's clock minus ours, at the midpoint between the request and the answer; nil without a
    /// usable date, or when a cache answered.
    package func skew(from start: WallTime) -> Duration? {
        guard age == nil, let date, let time = WallTime(httpDate: date) else { return nil }
        return time - (start + .nanoseconds((sentAfter + answeredAfter).nanoseconds / 2))
    }

    /// Where a redirect leads, in words without its path; nil when it is none.
    package var redirection: String? {
        guard (300..<400).contains(status), let location else { return nil }
        let target = try? EndpointAddress(String(location.prefix { $0 != "?" && $0 != "#" }))
        return target.map { "a redirect to \($0.host)" } ?? "a redirect"
    }

    /// The refusal of a proxy that wants a password, which is a failure on the way; nil for all else.
    package var proxyRefusal: TransportFailure? {
        guard status == 407 else { return nil }
        return TransportFailure(
            phase: .proxy, timedOut: false,
            reason: "the proxy wants a user name and password (HTTP 407)", latency: latency)
    }
}
