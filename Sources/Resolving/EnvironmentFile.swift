package import Model

/// What a file in the syntax of systemd's `EnvironmentFile=` sets.
package struct EnvironmentFile: Sendable {
    /// 1 MiB, half of what Linux gives to a program as its environment.
    package static let maxSize = 1 << 20
    package static let maxFindings = 100

    package let variables: [String: String]
    /// Where the assignment of each variable begins.
    package let locations: [String: SourceLocation]
    /// Where the value of each variable begins in the bytes, quotes included.
    let valueStarts: [String: Int]
    /// What systemd skips in the file, in its order.
    package let findings: [FileFinding]

    /// Parses a file's bytes as systemd does; nothing is expanded.
    ///
    /// Takes time in proportion to the bytes. Throws ``ResolveProblem/fileMalformed(_:what:)`` for
    /// what makes systemd refuse the whole file.
    package init(parsing bytes: [UInt8], path: String) throws(ResolveProblem) {
        func malformed(_ what: String, _ line: Int, _ column: Int) -> ResolveProblem {
            .fileMalformed(SourceLocation(file: path, line: line, column: column), what: what)
        }
        guard bytes.count <= Self.maxSize else { throw malformed("it is larger than 1 MiB", 0, 0) }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw malformed("the file is in UTF-16, and systemd reads UTF-8 only", 1, 1)
        }
        if let offset = bytes.firstIndex(of: 0) {
            let place = TextPlace(of: offset, in: bytes)
            throw malformed(
                "there is a NUL byte, for which systemd refuses the whole file", place.line,
                place.column)
        }
        var parser = EnvironmentFileParser(bytes, path: path)
        try parser.parse()
        variables = parser.variables
        locations = parser.locations
        valueStarts = parser.valueStarts
        findings = parser.findings.sorted {
            ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column)
        }
    }
}

extension EnvironmentFile: CustomStringConvertible, CustomReflectable {
    /// Names no value: some of them are secrets.
    package var description: String { "an environment file of \(variables.count) variables" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// Line and column of a place in a text, found step by step on the way through it.
struct TextPlace {
    private(set) var line = 1
    private(set) var column = 1
    private var offset = 0
    private var lineStart = 0

    init() {}

    init(of offset: Int, in bytes: [UInt8]) {
        move(to: offset, in: bytes)
    }

    /// Goes forward; lines end with LF, CR or both, and columns count characters, as editors do.
    mutating func move(to target: Int, in bytes: [UInt8]) {
        while offset < target {
            let byte = bytes[offset]
            let isPair = byte == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
            offset += 1
            if byte == 0x0A || (byte == 0x0D && !isPair) {
                line += 1
                lineStart = offset
            }
        }
        column = bytes[lineStart..<max(target, lineStart)].count { $0 & 0xC0 != 0x80 } + 1
    }
}
