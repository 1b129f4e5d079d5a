package import Model

/// The head of a request of HTTP/1.0 or 1.1, as far as it matters here.
package struct RequestHead: Sendable, Hashable {
    package enum Method: Sendable, Hashable {
        case get, head
        /// Anything else; none is served.
        case other
    }

    package var method: Method
    /// The path without its query; nothing in it is decoded.
    package var path: String
    /// Whom the client believes to ask; nil when HTTP/1.0 does not say it.
    package var host: String?
    /// All fields of the name put together; nil when there is none.
    package var accept: String?
    /// The value of `Authorization` as it came, a secret; nil when there is none.
    package var authorization: Secret?

    /// A head that has more bytes than this is refused.
    package static let largest = 8_192
}

/// What the bytes of a client come to so far.
package enum RequestReading: Sendable, Hashable {
    case incomplete
    case complete(RequestHead)
    case refused(Refusal)
}

/// Reads a request's head from its first bytes.
///
/// A body is nobody's business here: the connection ends with the answer.
package func readRequest(_ bytes: [UInt8]) -> RequestReading {
    // An empty line before the request is to be borne, says RFC 9112.
    let start = bytes.firstIndex { $0 != carriageReturn && $0 != lineFeed } ?? bytes.endIndex
    var lines: [ArraySlice<UInt8>] = []
    var place = start
    while let end = bytes[place...].firstIndex(of: lineFeed) {
        var line = bytes[place..<end]
        if line.last == carriageReturn { line.removeLast() }
        place = end + 1
        if line.isEmpty {
            do throws(Refusal) {
                return .complete(try head(lines))
            } catch {
                return .refused(error)
            }
        }
        lines.append(line)
    }
    // Who speaks TLS, or anything else that is no text, need not be waited for.
    let first = lines.first ?? bytes[place...]
    if first.contains(where: { $0 < 0x20 && $0 != carriageReturn }) { return .refused(.malformed) }
    return bytes.count >= RequestHead.largest ? .refused(.tooLarge) : .incomplete
}

private let carriageReturn: UInt8 = 0x0D
private let lineFeed: UInt8 = 0x0A

private func head(_ lines: [ArraySlice<UInt8>]) throws(Refusal) -> RequestHead {
    guard let first = lines.first else { throw .malformed }
    let words = first.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 3, isToken(words[0]), !words[1].isEmpty,
        words[1].allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .malformed }
    let isOld = try isVersionZero(words[2])
    var hosts: [String] = []
    var accepts: [String] = []
    var authorizations: [Secret] = []
    for line in lines.dropFirst() {
        // A line that begins with a blank, once the rest of the one before, has no colon behind a token.
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]) else {
            throw .malformed
        }
        let value = trimmed(line[(colon + 1)...])
        guard value.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
            throw .malformed
        }
        if isName(line[..<colon], "host") { hosts.append(String(decoding: value, as: UTF8.self)) }
        if isName(line[..<colon], "accept") {
            accepts.append(String(decoding: value, as: UTF8.self))
        }
        if isName(line[..<colon], "authorization") {
            authorizations.append(Secret(bytes: Array(value)))
        }
    }
    guard authorizations.count < 2 else { throw .malformed }
    guard hosts.count == 1 || (hosts.isEmpty && isOld) else { throw .malformed }
    let (path, authority) = try target(String(decoding: words[1], as: UTF8.self))
    return RequestHead(
        method: method(words[0]), path: path, host: authority ?? hosts.first,
        accept: accepts.isEmpty ? nil : accepts.joined(separator: ","),
        authorization: authorizations.first)
}

private func method(_ word: ArraySlice<UInt8>) -> RequestHead.Method {
    if word.elementsEqual("GET".utf8) { return .get }
    return word.elementsEqual("HEAD".utf8) ? .head : .other
}

/// Whether it is HTTP/1.0, in which `Host` may be left out; refuses what is not HTTP/1.
private func isVersionZero(_ word: ArraySlice<UInt8>) throws(Refusal) -> Bool {
    let digits = word.dropFirst(5)
    guard word.starts(with: "HTTP/".utf8), digits.count == 3,
        let major = digits.first, let minor = digits.last,
        (0x30...0x39).contains(major), (0x30...0x39).contains(minor),
        digits.dropFirst().first == UInt8(ascii: ".")
    else { throw .malformed }
    guard major == UInt8(ascii: "1") else { throw .version }
    return minor == UInt8(ascii: "0")
}

/// Takes a target apart: `/path?query`, or the same behind `http://host`, as a proxy asks.
private func target(_ text: String) throws(Refusal) -> (path: String, authority: String?) {
    var rest = text[...]
    var authority: String?
    if text.lowercased().hasPrefix("http://") {
        rest = rest.dropFirst(7)
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        guard !host.isEmpty else { throw .malformed }
        rest = rest.dropFirst(host.count)
        authority = String(host)
        if rest.first != "/" { rest = "/" + rest }
    }
    // `*` and `host:port` belong to methods that nobody serves here; they are no path either.
    return (String(rest.prefix { $0 != "?" && $0 != "#" }), authority)
}

private func isName(_ name: ArraySlice<UInt8>, _ wanted: StaticString) -> Bool {
    wanted.withUTF8Buffer { wanted in
        name.count == wanted.count && zip(name, wanted).allSatisfy { $0 | 0x20 == $1 }
    }
}

private func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty
        && bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            // ! # $ % & ' * + - . ^ _ ` | ~
            case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
            default: false
            }
        }
}

private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var bytes = bytes.drop(while: isBlank)
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return bytes
}
