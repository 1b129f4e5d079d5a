import Model

/// The parser of a shared AWS file: one pass over its lines.
///
/// What makes the SDKs refuse a whole file ends it, unless it is lenient: then that is a finding like any
/// other, and what stands in a section or under a name that is skipped is kept, to be looked at.
struct ProfileParser {
    private let bytes: [UInt8]
    private let path: String
    private let kind: ProfileFileKind
    private let isLenient: Bool
    private var line = 0
    private var section = Place.nowhere
    private var value = Value.none
    /// The known properties that the section at hand has already.
    private var seen: UInt64 = 0
    private var bareDefault: Chain?
    /// Whether the file is JSON, of which no line says anything more; only when lenient.
    private var isJSON = false

    var findings: [FileFinding] = []
    /// By line, the first character that a name cannot have, and its column; only when lenient.
    private(set) var oddCharacters: [Int: (scalar: Unicode.Scalar, column: Int)] = [:]
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

    init(_ bytes: [UInt8], path: String, kind: ProfileFileKind, isLenient: Bool = false) {
        self.bytes = bytes
        self.path = path
        self.kind = kind
        self.isLenient = isLenient
    }

    mutating func parse() throws(ResolveProblem) {
        guard bytes.count <= Int32.max else { throw malformed("the file is too large", line: 1) }
        let encoding: FileEncoding
        do { encoding = try FileEncoding(bytes) } catch { throw malformed(error.what, line: 1) }
        for finding in encoding.findings {
            report(finding.kind, line: finding.line, column: finding.column)
        }
        try reserve()
        var start = encoding.start
        while start < bytes.count {
            line += 1
            let feed = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            try read(start..<bytes.endOfLine(start..<feed))
            start = feed + 1
        }
        endSection()
        settleDefault()
        // The bytes are looked at before the lines are, so only now can the findings be put in
        // order.
        findings.sort { $0.location.line < $1.location.line }
    }

    /// Counts lines, so that the arrays get their size at once and keep nothing to spare.
    private mutating func reserve() throws(ResolveProblem) {
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
        guard headers + others <= ProfileFile.maxEntries else {
            throw malformed(
                "the file has more than \(ProfileFile.maxEntries) sections and properties", line: 1)
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
            section = .skipped
            try refuse(.headerNotClosed)
            _ = append(hasPrefix: false)
            return
        }
        let between = header.lowerBound + 1..<header.upperBound - 1
        let inside = bytes.trim(between)
        if inside != between { report(.blankInHeader) }
        switch SectionHeader(bytes, inside, in: kind) {
        case .section(.profile, let name, let hasPrefix): begin(name, in: \.profiles, hasPrefix)
        case .section(.ssoSession, let name, _): begin(name, in: \.ssoSessions, true)
        case .section(.services, let name, _): begin(name, in: \.services, true)
        case .bareDefault: beginBareDefault()
        case .skipped(let finding):
            section = .skipped
            report(finding)
            guard isLenient else { return }
            _ = append(hasPrefix: false)
            if finding == .invalidSectionName { keepOddCharacter(of: inside, text) }
        }
    }

    private mutating func begin(
        _ name: String, in table: WritableKeyPath<ProfileParser, [String: Chain]>, _ hasPrefix: Bool
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
        if isJSON { return }
        if section == .nowhere {
            let other = kindOfLine(text)
            try refuse(other ?? .missingSection)
            _ = append(hasPrefix: false)
            isJSON = other == .json
            if other != nil { return }
        }
        guard let (name, content) = bytes.splitProperty(text) else {
            value = .none
            return try refuse(kindOfLine(text) ?? .missingEquals)
        }
        let isNamed = bytes.isName(name)
        if !isNamed {
            report(bytes.beginsWithExport(name) ? .exportInProfile : .invalidPropertyName)
            if isLenient { keepOddCharacter(of: name, text) }
        }
        let isKept = (isNamed || isLenient) && section == .kept
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

    /// The other syntax that a line without a section or `=` is of; nil when nobody can tell.
    private func kindOfLine(_ text: Range<Int>) -> FileFinding.Kind? {
        if bytes[text.lowerBound] == 0x7B { return .json }
        guard let colon = bytes[text].firstIndex(of: 0x3A), colon > text.lowerBound,
            colon + 1 == text.upperBound || isBlank(bytes[colon + 1]),
            bytes.isName(text.lowerBound..<colon)
        else { return nil }
        return .colonForEquals
    }

    private mutating func readContinuation(
        _ content: Range<Int>, column: Int
    ) throws(ResolveProblem) {
        if isJSON { return }
        if isCommentMark(bytes[content.lowerBound]) {
            return report(.indentedComment, column: column)
        }
        switch value {
        case .none where section == .nowhere: try refuse(.missingSection, column: column)
        case .none: try refuse(.nothingToContinue, column: column)
        case .nested(let isKept):
            guard bytes.splitProperty(content) != nil else {
                return try refuse(.notNested, column: column)
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

    // MARK: Findings

    /// Keeps what stands in a name that cannot stand there, for whoever wants to tell.
    private mutating func keepOddCharacter(of name: Range<Int>, _ text: Range<Int>) {
        guard oddCharacters.count < ProfileFile.maxFindings,
            let offset = name.first(where: { !bytes.isName($0..<$0 + 1) && !isBlank(bytes[$0]) })
        else { return }
        let rest = String(decoding: bytes[offset..<min(offset + 8, text.upperBound)], as: UTF8.self)
        guard let scalar = rest.unicodeScalars.first else { return }
        let column = bytes[text.lowerBound..<offset].count { $0 & 0xC0 != 0x80 } + 1
        oddCharacters[line] = (scalar, column)
    }

    private func malformed(_ what: String, line: Int? = nil, column: Int = 1) -> ResolveProblem {
        .fileMalformed(
            SourceLocation(file: path, line: line ?? self.line, column: column), what: what)
    }

    /// Refuses the file, or reports why the SDKs would.
    private mutating func refuse(
        _ kind: FileFinding.Kind, column: Int = 1
    ) throws(ResolveProblem) {
        guard isLenient else { throw malformed(kind.clause, column: column) }
        report(kind, column: column)
    }

    private mutating func report(_ kind: FileFinding.Kind, line: Int? = nil, column: Int = 1) {
        let limit = isLenient ? ProfileFile.maxLintFindings : ProfileFile.maxFindings
        guard findings.count < limit else { return }
        let place = SourceLocation(file: path, line: line ?? self.line, column: column)
        findings.append(FileFinding(kind, at: place))
    }
}
