import Linting
import Model

/// Judges a shared AWS file: all that the SDKs refuse or skip in it, and the values of each section.
func lintProfiles(
    _ bytes: [UInt8], path: String, kind: ProfileFileKind, now: WallTime,
    into collector: inout LintCollector
) {
    var parser = ProfileParser(bytes, path: path, kind: kind, isLenient: true)
    do {
        try parser.parse()
    } catch {
        guard case .fileMalformed(let place, let what) = error else { return }
        return collector.add(
            LintFinding(
                .unreadable, .error, at: .file(place), "Nobody can read the file: \(what)."))
    }
    let file = ProfileFile(parser, bytes, path: path, kind: kind)
    var reader = SectionReader(file, parser)
    for index in file.sections.indices { reader.read(section: index, now: now, into: &collector) }
    for finding in file.findings where !reader.explained.contains(finding.location.line) {
        let odd = parser.oddCharacters[finding.location.line]
        collector.add(finding.lint(oddCharacter: odd), of: finding.kind.profile)
    }
}

extension FileFinding {
    /// The finding with the character that cannot stand in the name, where that is known.
    fileprivate func lint(oddCharacter odd: (scalar: Unicode.Scalar, column: Int)?) -> LintFinding {
        var finding = lint
        guard let odd, kind == .invalidPropertyName || kind == .invalidSectionName else {
            return finding
        }
        var place = location
        place.column = odd.column
        finding.place = .file(place)
        let what = kind == .invalidSectionName ? "section" : "property"
        finding.message =
            "The \(what) is skipped: its name has \(characterName(odd.scalar)), which none may have."
        if isInvisible(odd.scalar) { finding.code = .invisibleCharacter }
        return finding
    }
}
