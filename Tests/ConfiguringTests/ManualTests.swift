import Testing

@testable import Configuring

/// The manual page of the config beside the keys that the program knows.
@Suite struct ManualTests {
    private static let page = String(
        decoding: contents("packaging/man/credwatch.yaml.5"), as: UTF8.self)

    /// The words that are set as keys in a section of the page; in all of it without a heading.
    private func keys(under heading: String?) -> Set<Substring> {
        var words: Set<Substring> = []
        var isInside = heading == nil
        for line in Self.page.split(separator: "\n") {
            if line.hasPrefix(".S"), let heading { isInside = line == ".Ss \(heading)" }
            guard isInside else { continue }
            var isKey = false
            for word in line.split(separator: " ") {
                switch word {
                case "Cm", ".Cm": isKey = true
                case "Ar", ":", "Pa", "Bq", "Brq", "Bo": isKey = false
                default: if isKey { words.insert(word) }
                }
            }
        }
        return words
    }

    @Test(arguments: SectionKind.allCases)
    func `credwatch.yaml.5 names every key where it belongs`(kind: SectionKind) {
        let heading: String? =
            switch kind {
            case .root: nil
            case .defaults: "defaults"
            case .profile, .expectation, .canary, .rotation: "profiles"
            case .group, .flap, .hook, .switchTarget, .serve: "failover"
            case .status, .metrics, .control, .aws, .heartbeat, .mover: "The rest"
            }
        var shown = keys(under: heading)
        // Sections of their own, which are headings.
        if kind == .root { shown.formUnion(["defaults", "profiles", "failover"]) }
        let missing = kind.keys.filter { !shown.contains(Substring($0)) }
        #expect(missing == [], "\(kind.name)")
    }
}
