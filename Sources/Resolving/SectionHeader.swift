/// What the text between the brackets of a section header means in its file.
enum SectionHeader: Equatable {
    case section(SectionKind, name: String, hasPrefix: Bool)
    /// `[default]` in the config file, which `[profile default]` beats.
    case bareDefault
    case skipped(FileFinding.Kind)

    /// Reads the trimmed text between the brackets.
    init(_ bytes: [UInt8], _ inside: Range<Int>, in kind: ProfileFileKind) {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let blank = bytes[inside].firstIndex(where: isBlank) ?? inside.upperBound
        let word = inside.lowerBound..<blank
        let name = bytes.trim(blank..<inside.upperBound)
        switch kind {
        case .credentials where bytes.isName(inside):
            self = .section(.profile, name: text(inside), hasPrefix: false)
        case .credentials where text(word) == "profile" && bytes.isName(name):
            self = .skipped(.prefixNotWanted(profile: text(name)))
        case .config where name.isEmpty && bytes.isName(word):
            self = Self.bare(text(word))
        case .config where bytes.isName(name):
            self = Self.prefixed(text(word), text(name))
        case .config where text(word) == "profile" && bytes.isQuotedName(name):
            let inner = name.lowerBound + 1..<name.upperBound - 1
            self = .skipped(.quotedSectionName(profile: text(inner)))
        default:
            self = .skipped(.invalidSectionName)
        }
    }

    private static func bare(_ word: String) -> SectionHeader {
        switch word {
        case "default": .bareDefault
        // The AWS CLI keeps settings of its own in these.
        case "plugins", "preview": .skipped(.unknownSectionKind)
        default: .skipped(.prefixMissing(profile: word))
        }
    }

    private static func prefixed(_ word: String, _ name: String) -> SectionHeader {
        switch word {
        case "profile": .section(.profile, name: name, hasPrefix: true)
        case "sso-session": .section(.ssoSession, name: name, hasPrefix: true)
        case "services": .section(.services, name: name, hasPrefix: true)
        default: .skipped(.unknownSectionKind)
        }
    }
}
