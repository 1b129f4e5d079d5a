import CCurl
import Glibc
import Model

/// What libcurl knows of a request that failed; times in microseconds from the start, 0 if not reached.
struct CurlFailure {
    var code: CURLcode
    /// libcurl's own words.
    var message: String
    var address: EndpointAddress?
    var lookup: Int64 = 0
    var connect: Int64 = 0
    var handshake: Int64 = 0
    var sending: Int64 = 0
    var firstByte: Int64 = 0
    var total: Int64 = 0
    var systemError: Int32 = 0
    /// The status with which a proxy answered CONNECT; 0 without one.
    var proxyStatus: Int = 0
    /// The port that the connection goes to; 0 without one.
    var peerPort: Int = 0
    /// Whether a proxy may be in use at all.
    var mayUseProxy = false
    var trust: TrustStore
    var largestAnswer: Int

    /// The failure in the terms of the stages that follow.
    var asTransportFailure: TransportFailure {
        let phase = phase
        return TransportFailure(
            phase: phase, timedOut: code == CURLE_OPERATION_TIMEDOUT, reason: reason(in: phase),
            latency: .microseconds(total))
    }

    private var phase: TransportPhase {
        switch code {
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxy
        case CURLE_COULDNT_RESOLVE_HOST: .lookup
        case CURLE_COULDNT_CONNECT: isAboutProxy || hasUnusableProxy ? .proxy : .connect
        case CURLE_URL_MALFORMAT, CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY,
            CURLE_BAD_FUNCTION_ARGUMENT, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION,
            CURLE_SSL_CACERT_BADFILE:
            .setup
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED:
            .tls
        case CURLE_PARTIAL_FILE, CURLE_WRITE_ERROR, CURLE_FILESIZE_EXCEEDED,
            CURLE_BAD_CONTENT_ENCODING:
            .body
        case CURLE_SEND_ERROR: .send
        case CURLE_GOT_NOTHING: .wait
        default: phaseByProgress
        }
    }

    /// The phase that was under way, judged by the times that were reached.
    private var phaseByProgress: TransportPhase {
        if firstByte > 0 { return .body }
        if sending > 0 { return .wait }
        if proxyStatus != 0 && proxyStatus / 100 != 2 { return .proxy }
        // libcurl sets the time of the connection with that of TLS, but the port as soon as it stands.
        if connect > 0 || peerPort > 0 {
            guard let address, address.isTLS, handshake == 0 else { return .send }
            return isThroughProxy && proxyStatus == 0 ? .proxy : .tls
        }
        return lookup > 0 ? .connect : .lookup
    }

    private var isThroughProxy: Bool {
        mayUseProxy && peerPort != 0 && peerPort != address?.port
    }

    /// Whether libcurl's words are about another host than the one that was asked for.
    private var isAboutProxy: Bool {
        guard mayUseProxy, let address, message.hasPrefix("Failed to connect to ") else {
            return false
        }
        var host = address.host[...]
        if host.hasPrefix("[") { host = host.dropFirst().dropLast() }
        return !message.hasPrefix("Failed to connect to \(host) port \(address.port) ")
    }

    /// Whether libcurl cannot make anything of the proxy's URL, which it then repeats, whatever may stand
    /// in it.
    private var hasUnusableProxy: Bool { message.hasPrefix("Unsupported proxy ") }

    private var host: String { address?.host ?? "the host" }

    private func reason(in phase: TransportPhase) -> String {
        if hasUnusableProxy { return "the URL of the proxy is none that libcurl can use" }
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return timeoutReason(in: phase)
        case CURLE_COULDNT_RESOLVE_HOST: return "could not resolve host \(host)"
        case CURLE_COULDNT_CONNECT where phase == .proxy:
            return "could not connect to the proxy" + systemErrorText
        case CURLE_COULDNT_CONNECT:
            return "could not connect to \(host) port \(address?.port ?? 0)" + systemErrorText
        case CURLE_SSL_CACERT_BADFILE: return trust.complaint
        case CURLE_WRITE_ERROR, CURLE_FILESIZE_EXCEEDED:
            return "\(host) sent an answer of more than \(largestAnswer) bytes"
        case CURLE_PARTIAL_FILE:
            return "\(host) closed the connection in the middle of its answer"
        case CURLE_GOT_NOTHING: return "\(host) closed the connection without an answer"
        default: break
        }
        if phase == .proxy, proxyStatus != 0 {
            return proxyStatus == 407
                ? "the proxy wants a user name and password (HTTP 407)"
                : "the proxy refused the tunnel with HTTP \(proxyStatus)"
        }
        let words = Self.clause(
            message.isEmpty ? String(cString: curl_easy_strerror(code)) : message)
        return switch code {
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR: "the connection to \(host) broke: \(words)"
        case _ where phase == .tls: "no TLS with \(host): \(words)"
        default: "\(words) (\(host))"
        }
    }

    private func timeoutReason(in phase: TransportPhase) -> String {
        let after = "within \(Duration.microseconds(total).rough)"
        return switch phase {
        case .lookup: "the lookup of host \(host) gave nothing \(after)"
        case .connect: "no connection to \(host) port \(address?.port ?? 0) \(after)"
        case .proxy: "the proxy opened no tunnel to \(host) \(after)"
        case .tls: "the TLS handshake with \(host) did not end \(after)"
        case .send, .setup: "the request to \(host) was not sent \(after)"
        case .wait: "\(host) did not answer \(after)"
        case .body: "the answer of \(host) did not end \(after)"
        }
    }

    private var systemErrorText: String {
        systemError == 0 ? "" : ": " + String(cString: strerror(systemError))
    }

    /// Removes what may be the user name and the password of a URL: all between the first scheme, or
    /// where the URL begins without one, and the last at sign.
    private static func withoutUser(_ bytes: [UInt8]) -> [UInt8] {
        guard let end = bytes.lastIndex(of: UInt8(ascii: "@")) else { return bytes }
        if let scheme = bytes[..<end].firstIndex(ofBytes: "://".utf8) {
            return Array(bytes[..<(scheme + 3)] + bytes[(end + 1)...])
        }
        let text = bytes[..<(bytes.firstIndex(of: UInt8(ascii: "@")) ?? end)]
        let start =
            text.firstIndex { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
            ?? text.lastIndex(of: UInt8(ascii: " "))
        return Array(bytes[..<(start.map { $0 + 1 } ?? 0)] + bytes[end...])
    }

    /// Makes foreign words into a clause: one line of plain characters, not long, no user of a URL.
    static func clause(_ words: String) -> String {
        let plain = words.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        var bytes = Array(withoutUser(plain).prefix(200))
        while let last = bytes.last, last == UInt8(ascii: " ") || last == UInt8(ascii: ".") {
            bytes.removeLast()
        }
        // A word with capitals within is a name: OpenSSL, TLS.
        let capitals: ClosedRange<UInt8> = 0x41...0x5A
        let word = bytes.prefix { $0 != UInt8(ascii: " ") }
        if let first = word.first, capitals.contains(first),
            !word.dropFirst().contains(where: capitals.contains)
        {
            bytes[0] |= 0x20
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
