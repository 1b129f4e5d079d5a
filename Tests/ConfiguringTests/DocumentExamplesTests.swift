import Testing

@testable import Configuring

/// Every piece of a config that a document shows, as a reader would copy it.
@Suite struct DocumentExamplesTests {
    /// A piece, and where it stands.
    struct Piece: Sendable, CustomTestStringConvertible {
        var place: String
        var text: String

        var testDescription: String { place }
    }

    private static let documents = [
        "README.md", "docs/identity.md", "docs/metrics.md", "docs/monitoring.md", "docs/causes.md",
        "docs/status.md",
    ]

    static let pieces: [Piece] = documents.flatMap { fenced($0) + inline($0) } + displayed()

    /// The blocks that are marked as YAML.
    private static func fenced(_ path: String) -> [Piece] {
        var pieces: [Piece] = []
        var block: [Substring]?
        for (number, line) in lines(path) {
            if line == "```yaml" {
                block = []
            } else if line.hasPrefix("```"), let found = block {
                pieces.append(Piece(place: "\(path):\(number)", text: text(found)))
                block = nil
            } else {
                block?.append(line)
            }
        }
        return pieces
    }

    /// What stands between backquotes and is a key with its value in braces.
    private static func inline(_ path: String) -> [Piece] {
        lines(path).flatMap { number, line in
            line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map(\.element)
                .filter { $0.hasSuffix("}") && isKey($0.prefix { $0 != ":" }) && !$0.contains("…") }
                .map { Piece(place: "\(path):\(number)", text: String($0)) }
        }
    }

    /// The displays of the manual pages that hold a config.
    private static func displayed() -> [Piece] {
        ["packaging/man/credwatch.yaml.5", "packaging/man/credwatch-hook.7"].flatMap { path in
            var pieces: [Piece] = []
            var block: [Substring]?
            for (number, line) in lines(path) {
                if line.hasPrefix(".Bd -literal") {
                    block = []
                } else if line == ".Ed", let found = block {
                    if isKey((found.first ?? "").prefix { $0 != ":" }) {
                        pieces.append(Piece(place: "\(path):\(number)", text: text(found)))
                    }
                    block = nil
                } else {
                    block?.append(line)
                }
            }
            return pieces
        }
    }

    private static func lines(_ path: String) -> [(Int, Substring)] {
        let text = String(decoding: contents(path), as: UTF8.self)
        return Array(zip(1..., text.split(separator: "\n", omittingEmptySubsequences: false)))
    }

    private static func text(_ lines: [Substring]) -> String { lines.joined(separator: "\n") }

    private static func isKey(_ word: Substring) -> Bool {
        [SectionKind.root, .profile, .group].contains { $0.keys.contains(String(word)) }
    }

    /// The piece with what it leaves to the reader around it.
    private static func whole(_ piece: String) -> String {
        let profiles = "profiles: [{name: app}, {name: app-backup}]\n"
        let group =
            profiles
            + "failover:\n  - name: app\n    primary: app\n    backups: [app-backup]\n"
        if piece.split(separator: "\n").contains(where: { $0.hasPrefix("profiles:") }) {
            return piece
        }
        let bare = piece.drop { $0 == " " }
        let key = String(bare.prefix { $0 != ":" })
        return switch (piece.prefix { $0 == " " }.count, key) {
        case (0, let key) where SectionKind.root.keys.contains(key): profiles + piece
        case (0, let key) where SectionKind.group.keys.contains(key): group + "    " + piece
        case (0, _): "profiles:\n  - name: app\n    " + piece
        case (2, "- name"): "profiles:\n" + piece
        default: group + piece
        }
    }

    @Test(arguments: pieces)
    func `what a document shows of a config is accepted`(piece: Piece) {
        let whole = Self.whole(piece.text)
        let result = decodeConfiguration(bytes: Array(whole.utf8), file: "c")
        #expect(result.problems == [], "\(whole)")
    }

    @Test func `the documents have some`() {
        #expect(Self.pieces.count >= 12, "\(Self.pieces)")
        for path in ["README.md", "docs/metrics.md", "packaging/man/credwatch.yaml.5"] {
            #expect(Self.pieces.contains { $0.place.hasPrefix(path) }, "\(path)")
        }
    }
}
