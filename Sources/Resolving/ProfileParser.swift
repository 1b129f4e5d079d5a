import Model

/// The parser of a shared AWS file: one pass over its lines.
struct ProfileParser {
    private let bytes: [UInt8]
    private let path: String
    private let kind: ProfileFileKind
    private var line = 0
    private var section = Place.nowhere
    private var value = Value.none
    /// The known properties that the section at hand has already.
    private var seen: UInt64 = 0
    private var bareDefault: Chain?

    var findings: [FileFinding] = []
    var sections: [ProfileFile.Section] = []
    var properties: [ProfileFile.Property] = []
    var profiles: [String: Chain] = [:]
    var ssoSessions: [String: Chain] = [:]
    var services: [String: Chain] = [:]

    /// The first and the last section of one name, as indices.
    struct Chain {
        var first: Int32
        var last: Int32
    }

    /// Which section the lines belong to.
    private enum Place {
        case nowhere, skipped, kept
    }

    /// What an indented line continues.
    private enum Value {
        case none
        case text(kept: Bool)
        /// An empty value, below which stand properties of its own.
        case nested(kept: Bool)
    }

    init(_ bytes: [UInt8], path: String, kind: ProfileFileKind) {
        self.bytes = bytes
        self.path = path
        self.kind = kind
    }

    mutating func parse() throws(ResolveProblem) {
        var start = try checkEncoding()
        reserve()
        while start < bytes.count {
            line += 1
            let feed = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            try read(start..<bytes.endOfLine(start..<feed))
            start = feed + 1
        }
        endSection()
        settleDefault()
        // Offsets are found before sections are, so only now do the findings stand in order.
        findings.sort { $0.location.line < $1.location.line }
    }

    /// Counts lines, so that the arrays get their size at once and keep nothing to spare.
    private mutating func reserve() {
        var headers = 0
        var others = 0
        var atStart = true
        for byte in bytes {
            if atStart {
                switch byte {
                case 0x5B: headers += 1
                case 0x09, 0x0A, 0x0D, 0x20, 0x23, 0x3B: break
                default: others += 1
                }
            }
            atStart = byte == 0x0A
        }
        sections.reserveCapacity(headers)
        properties.reserveCapacity(others)
    }

    private mutating func read(_ text: Range<Int>) throws(ResolveProblem) {
        let content = bytes.trim(text)
        guard !content.isEmpty else { return }
        switch bytes[text.lowerBound] {
        case 0x23, 0x3B: return
        case 0x5B: try readHeader(text)
        case 0x20, 0x09:
            try readContinuation(content, column: content.lowerBound - text.lowerBound + 1)
        default: try readProperty(text)
        }
    }

    // MARK: Sections

    private mutating func readHeader(_ text: Range<Int>) throws(ResolveProblem) {
        endSection()
        let comment = bytes[text].firstIndex(where: isCommentMark) ?? text.upperBound
        let header = bytes.trim(text.lowerBound..<comment)
        guard bytes[header.upperBound - 1] == 0x5D else {
            throw malformed("the section header does not end with ]")
        }
        let inside = bytes.trim(header.lowerBound + 1..<header.upperBound - 1)
        let blank = bytes[inside].firstIndex(where: isBlank) ?? inside.upperBound
        let word = inside.lowerBound..<blank
        let name = bytes.trim(blank..<inside.upperBound)
        switch kind {
        case .credentials: beginCredentials(inside, word, name)
        case .config: beginConfig(inside, word, name)
        }
    }

    private mutating func beginCredentials(
        _ inside: Range<Int>, _ word: Range<Int>, _ name: Range<Int>
    ) {
        if bytes.isName(inside) {
            begin(text(inside), in: \.profiles, hasPrefix: false)
        } else if text(word) == "profile", bytes.isName(name) {
            skip(.prefixNotWanted(profile: text(name)))
        } else {
            skip(.invalidSectionName)
        }
    }

    private mutating func beginConfig(
        _ inside: Range<Int>, _ word: Range<Int>, _ name: Range<Int>
    ) {
        guard !name.isEmpty else {
            let only = text(word)
            if only == "default" { return beginBareDefault() }
            // The AWS CLI keeps settings of its own in sections like [plugins].
            let isProfile = bytes.isName(word) && only != "plugins" && only != "preview"
            return skip(isProfile ? .prefixMissing(profile: only) : .invalidSectionName)
        }
        guard bytes.isName(name) else { return skip(.invalidSectionName) }
        switch text(word) {
        case "profile": begin(text(name), in: \.profiles, hasPrefix: true)
        case "sso-session": begin(text(name), in: \.ssoSessions, hasPrefix: true)
        case "services": begin(text(name), in: \.services, hasPrefix: true)
        default: skip(.unknownSectionKind)
        }
    }

    private mutating func begin(
        _ name: String, in table: WritableKeyPath<ProfileParser, [String: Chain]>, hasPrefix: Bool
    ) {
        let index = append(hasPrefix: hasPrefix)
        if let chain = self[keyPath: table][name] {
            link(name, chain, to: index)
            self[keyPath: table][name]?.last = index
        } else {
            self[keyPath: table][name] = Chain(first: index, last: index)
        }
    }

    private mutating func beginBareDefault() {
        let index = append(hasPrefix: false)
        if let chain = bareDefault { link("default", chain, to: index) }
        bareDefault = Chain(first: bareDefault?.first ?? index, last: index)
    }

    private mutating func append(hasPrefix: Bool) -> Int32 {
        section = .kept
        let first = UInt32(properties.count)
        sections.append(
            ProfileFile.Section(
                line: UInt32(line), firstProperty: first, endOfProperties: first,
                hasPrefix: hasPrefix))
        return Int32(sections.count - 1)
    }

    private mutating func link(_ name: String, _ chain: Chain, to index: Int32) {
        sections[Int(chain.last)].next = index
        let first = Int(sections[Int(chain.first)].line)
        report(.duplicateSection(name: name, firstLine: first))
    }

    private mutating func skip(_ finding: FileFinding.Kind) {
        section = .skipped
        report(finding)
    }

    private mutating func endSection() {
        if section == .kept {
            sections[sections.count - 1].endOfProperties = UInt32(properties.count)
        }
        value = .none
        seen = 0
    }

    /// Lets `[profile default]` win over `[default]`.
    private mutating func settleDefault() {
        guard let bareDefault else { return }
        if profiles["default"] == nil {
            profiles["default"] = bareDefault
        } else {
            report(.defaultShadowed, line: Int(sections[Int(bareDefault.first)].line))
        }
    }

    // MARK: Properties

    private mutating func readProperty(_ text: Range<Int>) throws(ResolveProblem) {
        guard section != .nowhere else {
            throw malformed(
                "the first section header, like [default], has to stand before this line")
        }
        guard let (name, content) = bytes.splitProperty(text) else {
            throw malformed("a line of the form name = value was expected")
        }
        let isNamed = bytes.isName(name)
        if !isNamed { report(.invalidPropertyName) }
        let isKept = isNamed && section == .kept
        value = content.isEmpty ? .nested(kept: isKept) : .text(kept: isKept)
        guard isKept else { return }
        let known = KnownProperty(bytes[name])
        if let known {
            let mark: UInt64 = 1 << known.rawValue
            if seen & mark != 0 { report(.duplicateProperty(name: known.name)) }
            seen |= mark
        }
        properties.append(
            ProfileFile.Property(
                line: UInt32(line), nameStart: UInt32(name.lowerBound),
                nameEnd: UInt32(name.upperBound), valueStart: UInt32(content.lowerBound),
                valueEnd: UInt32(content.upperBound), known: known))
    }

    private mutating func readContinuation(
        _ content: Range<Int>, column: Int
    ) throws(ResolveProblem) {
        if isCommentMark(bytes[content.lowerBound]) {
            return report(.indentedComment, column: column)
        }
        switch value {
        case .none where section == .nowhere:
            throw malformed(
                "the first section header, like [default], has to stand before this line",
                column: column)
        case .none:
            throw malformed(
                "the line is indented, but there is no property above it to continue",
                column: column)
        case .nested(let isKept):
            guard bytes.splitProperty(content) != nil else {
                throw malformed(
                    "an indented line of the form name = value was expected below an empty value",
                    column: column)
            }
            extend(to: content.upperBound, isKept)
        case .text(let isKept):
            extend(to: content.upperBound, isKept)
        }
    }

    private mutating func extend(to end: Int, _ isKept: Bool) {
        guard isKept else { return }
        properties[properties.count - 1].valueEnd = UInt32(end)
        properties[properties.count - 1].isContinued = true
    }

    // MARK: Encoding and findings

    /// Looks at the bytes as a whole, and returns where the text begins.
    private mutating func checkEncoding() throws(ResolveProblem) -> Int {
        guard bytes.count <= Int32.max else { throw malformed("the file is too large", line: 1) }
        if bytes.count >= 2 {
            switch (bytes[0], bytes[1]) {
            case (0, 0):
                throw malformed("the file begins with NUL bytes, as after a crash", line: 1)
            case (0xFF, 0xFE), (0xFE, 0xFF), (0, _), (_, 0):
                throw malformed("the file is in UTF-16, and the AWS SDKs read UTF-8 only", line: 1)
            default: break
            }
        }
        if let offset = bytes.firstIndex(of: 0) { report(.nulByte, at: offset) }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            report(.invalidUTF8, at: error.byteOffsets.lowerBound)
        }
        guard bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { return 0 }
        report(.byteOrderMark, line: 1)
        return 3
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func malformed(_ what: String, line: Int? = nil, column: Int = 1) -> ResolveProblem {
        .fileMalformed(
            SourceLocation(file: path, line: line ?? self.line, column: column), what: what)
    }

    private mutating func report(_ kind: FileFinding.Kind, line: Int? = nil, column: Int = 1) {
        guard findings.count < ProfileFile.maxFindings else { return }
        let place = SourceLocation(file: path, line: line ?? self.line, column: column)
        findings.append(FileFinding(kind, at: place))
    }

    /// Reports a byte by its offset; the column counts characters, as editors do.
    private mutating func report(_ kind: FileFinding.Kind, at offset: Int) {
        let before = bytes[..<offset]
        let start = (before.lastIndex(of: 0x0A) ?? -1) + 1
        let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        report(kind, line: before.count { $0 == 0x0A } + 1, column: column)
    }
}
