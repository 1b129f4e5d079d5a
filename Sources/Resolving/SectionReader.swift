import Linting
import Model

/// Reads the values of one section after the other, and the lines that break them.
struct SectionReader {
    let file: ProfileFile
    /// The profile of each section, where it has one.
    private var names: [Int: String] = [:]
    /// The lines on which nothing stands that a property could be.
    private(set) var loose: Set<Int> = []
    /// The lines that were told of here, so that the parser's finding about them says nothing more.
    private(set) var explained: Set<Int> = []

    /// How many more names are compared with the right ones, so that a file full of slips costs no more.
    private var budget = 2_000
    var values = WrittenCredentials()
    private(set) var profile: String?

    init(_ file: ProfileFile, _ parser: ProfileParser) {
        self.file = file
        for name in file.profiles.keys {
            file.forEachSection(.profile, name) { names[$0] = name }
        }
        var skipped: [Int: String] = [:]
        for finding in file.findings {
            if let name = finding.kind.profile { skipped[finding.location.line] = name }
            if [.missingEquals, .colonForEquals, .json].contains(finding.kind) {
                loose.insert(finding.location.line)
            }
        }
        guard !skipped.isEmpty else { return }
        for index in file.sections.indices {
            if let name = skipped[Int(file.sections[index].line)] { names[index] = name }
        }
    }

    var bytes: [UInt8] { file.bytes }

    mutating func read(section index: Int, now: WallTime, into collector: inout LintCollector) {
        profile = names[index]
        values = WrittenCredentials()
        let properties = file.properties(ofSection: index)
        var isRest = false
        for (offset, property) in zip(properties.indices, properties) {
            if isRest {
                isRest = false
                continue
            }
            let next = properties.index(after: offset)
            let following = next < properties.endIndex ? properties[next] : nil
            isRest = read(property, following, now: now, into: &collector)
        }
        for finding in findings(in: values) { collector.add(finding, of: profile) }
    }

    /// Reads a property, and says whether the following one is only the rest of its value.
    private mutating func read(
        _ property: ProfileFile.Property, _ following: ProfileFile.Property?, now: WallTime,
        into collector: inout LintCollector
    ) -> Bool {
        judgeName(of: property, into: &collector)
        guard let known = property.known else { return false }
        let end = endOfFirstLine(of: property)
        var content = Int(property.valueStart)..<end
        if property.isContinued {
            content = bytes.trim(
                content
                    .lowerBound..<bytes.endWithoutComment(content.lowerBound..<content.upperBound))
        }
        judgeComment(after: content.upperBound, of: property, into: &collector)
        cutGluedHeader(from: &content, of: property, into: &collector)
        var text = Array(bytes[content])
        var place = ValuePlace.text(location(of: content.lowerBound, in: property))
        var isRest = false
        if let field = known.field {
            cutGluedProperty(from: &content, of: property, into: &collector)
            text = Array(bytes[content])
            if property.isContinued {
                let rest = readContinuation(of: property, from: end, into: &collector)
                if !rest.isEmpty { place = .whole(place.start) }
                text += rest
            } else if let rest = restOnNextLine(of: property, field, text, following) {
                explained.insert(Int(property.line) + 1)
                collector.add(brokenLine(Int(property.line) + 1, known.name), of: profile)
                text += rest
                place = .whole(place.start)
                isRest = following?.line == property.line + 1
            }
            values[field] = WrittenValue(known.name, Secret(bytes: text), at: place)
        } else if property.isContinued, !known.mayBeNested {
            _ = readContinuation(of: property, from: end, into: &collector)
        } else if [.sessionExpiration, .securityTokenExpires, .expiration].contains(known) {
            let written = WrittenValue(known.name, Secret(bytes: text), at: place)
            if let finding = expiryFinding(of: written, now: now) {
                collector.add(finding, of: profile)
            }
        } else if let finding = destinationFinding(known, text, at: place.start) {
            collector.add(finding, of: profile)
        }
        return isRest
    }

    /// What is wrong with where requests go.
    private func destinationFinding(
        _ known: KnownProperty, _ text: [UInt8], at place: Provenance
    ) -> LintFinding? {
        let text = String(decoding: text, as: UTF8.self)
        switch known {
        case .region, .ssoRegion: return regionFinding(known.name, text, at: place)
        case .endpointURL: return endpointFinding(known.name, text, at: place)
        default: return nil
        }
    }

    // MARK: Names

    private mutating func judgeName(
        of property: ProfileFile.Property, into collector: inout LintCollector
    ) {
        let name = bytes[Int(property.nameStart)..<Int(property.nameEnd)]
        let place = Provenance.file(file.location(of: property))
        if let known = property.known {
            guard name.contains(where: { (0x41...0x5A).contains($0) }) else { return }
            return collector.add(
                LintFinding(
                    .letterCase, .warning, at: place,
                    "The name is in capitals, and not all SDKs take it for \(known.name).",
                    remedy: "Write it in small letters."), of: profile)
        }
        budget -= 1
        guard budget > 0, name.count <= 64,
            bytes.isName(Int(property.nameStart)..<Int(property.nameEnd)),
            case .misspelt(let meant) = PropertyName(
                String(decoding: name, as: UTF8.self).lowercased())
        else { return }
        collector.add(
            LintFinding(
                .misspeltName, .error, at: place,
                "The SDKs do not know this property; perhaps \(meant) is meant."), of: profile)
    }

    // MARK: The end of a value

    private func judgeComment(
        after end: Int, of property: ProfileFile.Property, into collector: inout LintCollector
    ) {
        var index = end
        while index < bytes.count, isBlank(bytes[index]) { index += 1 }
        guard index > end, index < bytes.count, isCommentMark(bytes[index]) else { return }
        collector.add(
            LintFinding(
                .commentInValue, .warning, at: .file(location(of: index, in: property)),
                "botocore and the AWS CLI take the comment for a part of the value.",
                remedy: "Put it on a line of its own."), of: profile)
    }

    /// Cuts a header off that stands behind the value: `secret[default]`.
    private func cutGluedHeader(
        from content: inout Range<Int>, of property: ProfileFile.Property,
        into collector: inout LintCollector
    ) {
        guard content.count > 2, bytes[content.upperBound - 1] == 0x5D,
            let bracket = bytes[content].lastIndex(of: 0x5B), bracket > content.lowerBound
        else { return }
        let inside = bytes.trim(bracket + 1..<content.upperBound - 1)
        guard inside.allSatisfy({ isBlank(bytes[$0]) || bytes.isName($0..<$0 + 1) }),
            !inside.isEmpty
        else { return }
        collector.add(
            LintFinding(
                .gluedHeader, .error, at: .file(location(of: bracket, in: property)),
                "The header of the next section stands behind the value, and both are lost.",
                remedy: "Begin a new line before the [."))
        content = bytes.trim(content.lowerBound..<bracket)
    }

    /// Cuts another property of the key off that stands behind the value.
    private mutating func cutGluedProperty(
        from content: inout Range<Int>, of property: ProfileFile.Property,
        into collector: inout LintCollector
    ) {
        guard let start = bytes[content].firstIndex(ofBytes: Array("aws_".utf8)),
            let equals = bytes[start..<content.upperBound].firstIndex(of: 0x3D),
            let known = KnownProperty(bytes[bytes.trim(start..<equals)]), let field = known.field
        else { return }
        collector.add(
            LintFinding(
                .gluedProperty, .error, at: .file(location(of: start, in: property)),
                "\(known.name) stands behind the value of another property, and both are lost.",
                remedy: "Begin a new line before it."), of: profile)
        let value = bytes.trim(equals + 1..<content.upperBound)
        values[field] = WrittenValue(
            known.name, Secret(bytes: Array(bytes[value])),
            at: .text(location(of: value.lowerBound, in: property)))
        content = bytes.trim(content.lowerBound..<start)
    }

    // MARK: Places

    /// Where the first line of a value ends.
    private func endOfFirstLine(of property: ProfileFile.Property) -> Int {
        let range = Int(property.valueStart)..<Int(property.valueEnd)
        guard property.isContinued else { return range.upperBound }
        let feed = bytes[range].firstIndex(of: 0x0A) ?? range.upperBound
        return bytes.endOfLine(range.lowerBound..<feed)
    }

    /// The place of a byte on the first line of a property, which begins with its name.
    private func location(of offset: Int, in property: ProfileFile.Property) -> SourceLocation {
        SourceLocation(
            file: file.path, line: Int(property.line),
            column: bytes[Int(property.nameStart)..<offset].count { $0 & 0xC0 != 0x80 } + 1)
    }
}

extension KnownProperty {
    /// The part of a key that the property holds.
    var field: CredentialField? {
        switch self {
        case .accessKeyID: .accessKeyID
        case .secretAccessKey: .secretAccessKey
        case .sessionToken, .securityToken: .sessionToken
        default: nil
        }
    }

    /// Whether properties of its own may stand below it.
    fileprivate var mayBeNested: Bool {
        switch self {
        case .sts, .sso, .ssoOIDC, .signIn: true
        default: false
        }
    }
}
