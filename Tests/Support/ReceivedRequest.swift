/// A request as a server received it.
package struct ReceivedRequest: Sendable {
    package var method: String
    /// Path and query, or what else stood in their place.
    package var target: String
    /// In their order, names as they were sent.
    package var headers: [(name: String, value: String)]
    package var body: String

    /// The first value of a header, its name compared without regard to case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The access key id that the request is signed with.
    package var accessKeyID: String? {
        guard let authorization = header("authorization") else { return nil }
        let mark = "Credential="
        let words = authorization.split(whereSeparator: { $0 == " " || $0 == "," })
        guard let word = words.first(where: { $0.hasPrefix(mark) }) else { return nil }
        return word.dropFirst(mark.count).split(separator: "/").first.map(String.init)
    }

    /// Reads a head of HTTP/1.1, without its body; nil when it is none.
    init?(head: [UInt8]) {
        var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")[...]
        guard let words = lines.popFirst()?.split(separator: " "), words.count == 3 else {
            return nil
        }
        method = String(words[0])
        target = String(words[1])
        body = ""
        headers = lines.compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
    }
}
