import Model

/// The dead-man service.
extension Decoder {
    private static let intervals: ClosedRange<Duration> = .seconds(1)...(.seconds(86_400))
    private static let timeouts: ClosedRange<Duration> = .milliseconds(100)...(.seconds(60))
    private static let longestURL = 2_048

    /// Decodes `heartbeat`; no message repeats a URL of it, which holds a token.
    mutating func heartbeat(_ node: YAMLNode?) -> HeartbeatConfiguration? {
        if let node, case .scalar = node.content, !node.isNull {
            // Somebody has given the URL by itself: the usual message would repeat it.
            report(
                node.mark, "wrong-type",
                "`heartbeat` must be a mapping like \(SectionKind.heartbeat.example)")
            return nil
        }
        guard let section = section(node, .heartbeat) else { return nil }
        require("url", in: section, .heartbeat)
        let target = heartbeatTarget(section["url"], "`url`")
        let failTarget = heartbeatTarget(section["fail_url"], "`fail_url`")
        let interval = duration(
            section["interval"], "`interval`", in: Self.intervals, isBesideSecret: true)
        let timeout = duration(
            section["timeout"], "`timeout`", in: Self.timeouts, isBesideSecret: true)
        guard let target else { return nil }
        var heartbeat = HeartbeatConfiguration(target: target, failTarget: failTarget)
        heartbeat.interval = interval ?? heartbeat.interval
        // One is over when the next is due.
        heartbeat.timeout = min(timeout ?? heartbeat.timeout, heartbeat.interval)
        return heartbeat
    }

    private mutating func heartbeatTarget(_ node: YAMLNode?, _ what: String) -> HeartbeatTarget? {
        guard let node, let text = text(node, what) else { return nil }
        let place = String(text.prefix { $0 != "?" })
        let query = text.dropFirst(place.count).dropFirst()
        let fault: String
        do throws(URLFault) {
            let url = try EndpointURL(parsing: place)
            if text.utf8.count > Self.longestURL {
                fault = "must have at most \(Self.longestURL) bytes, not \(text.utf8.count)"
            } else if !query.utf8.allSatisfy(EndpointURL.isQueryByte) {
                fault = "has a character in its query that a URL cannot hold as it is"
            } else {
                if !url.isEncrypted, !url.isLoopback {
                    report(
                        node.mark, "insecure-url",
                        "\(what) is not encrypted: its token can be read on the way",
                        severity: .warning)
                }
                return HeartbeatTarget(url: Secret(text), host: url.host)
            }
        } catch {
            fault = error.sentence
        }
        report(node.mark, "invalid-url", "\(what) \(fault)")
        return nil
    }
}
