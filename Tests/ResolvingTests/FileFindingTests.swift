import Model
import Testing

@testable import Resolving

@Suite struct FileFindingTests {
    @Test(
        arguments: [
            ("\u{FEFF}[default]", .config, [(.byteOrderMark, 1, 1)]),
            ("[default]\nk = \u{00FC}\0\0", .config, [(.nulByte, 2, 6)]),
            (
                "[a]\n[plugins]\n[a!]", .config,
                [
                    (.prefixMissing(profile: "a"), 1, 1), (.unknownSectionKind, 2, 1),
                    (.invalidSectionName, 3, 1),
                ]
            ),
            (
                "[x y]\n[profile \"a\"]", .config,
                [
                    (.unknownSectionKind, 1, 1), (.quotedSectionName(profile: "a"), 2, 1),
                ]
            ),
            (
                "[profile a]\n[sso-session b]", .credentials,
                [
                    (.prefixNotWanted(profile: "a"), 1, 1), (.invalidSectionName, 2, 1),
                ]
            ),
            ("[default]\nk k = v", .config, [(.invalidPropertyName, 2, 1)]),
            ("[default]\n[profile default]", .config, [(.defaultShadowed, 1, 1)]),
            (
                "[profile a]\n\n[profile a]", .config,
                [
                    (.duplicateSection(name: "a", firstLine: 1), 3, 1)
                ]
            ),
            (
                "[a]\nREGION = x\nregion = y\nmine = 1\nmine = 2", .credentials,
                [
                    (.duplicateProperty(name: "region"), 3, 1)
                ]
            ),
            (
                "[a]\n  # c\nk = v\n\t; c", .credentials,
                [
                    (.indentedComment, 2, 3), (.indentedComment, 4, 2),
                ]
            ),
            ("[a]\nregion = x\n[b]\nregion = y # c", .credentials, []),
        ] as [(String, ProfileFileKind, [(FileFinding.Kind, Int, Int)])])
    func found(
        _ text: String, _ kind: ProfileFileKind, _ expected: [(FileFinding.Kind, Int, Int)]
    ) throws {
        let file = try ProfileFile(parsing: Array(text.utf8), path: "/f", kind: kind)
        #expect(
            file.findings
                == expected.map { kind, line, column in
                    FileFinding(kind, at: SourceLocation(file: "/f", line: line, column: column))
                })
        for finding in file.findings {
            #expect(finding.description == "\(finding.location): \(finding.sentence)")
            #expect(finding.sentence.count > 20)
        }
    }

    @Test func bytesThatAreNoText() throws {
        let bytes = Array("[default]\nk = \u{00E9}".utf8) + [0xC3, 0x28]
        let file = try ProfileFile(parsing: bytes, path: "/f", kind: .config)
        #expect(
            file.findings == [
                FileFinding(.invalidUTF8, at: SourceLocation(file: "/f", line: 2, column: 6))
            ])
        let entry = try #require(file.entries(of: .profile, "default")?.first)
        #expect(entry.value.withBytes { Array($0) } == [0xC3, 0xA9, 0xC3, 0x28])
    }

    @Test func aBoundedNumberIsKept() throws {
        let text = String(repeating: "[x y]\n", count: 1_000)
        let file = try ProfileFile(parsing: Array(text.utf8), path: "/f", kind: .config)
        #expect(file.findings.count == ProfileFile.maxFindings)
    }

    /// A secret alone on a line, ending in `=`, looks like the name of a property.
    @Test func aSecretInTheWrongPlaceIsNotRepeated() throws {
        let secret = "wJalr+XUtnFEMI,K7MDENG="
        let file = try ProfileFile(
            parsing: Array("[default]\n\(secret)\n".utf8), path: "/f", kind: .config)
        #expect(file.findings.map(\.kind) == [.invalidPropertyName])
        #expect(!"\(file.findings)".contains("wJalr"))
        let problem = problemOf { () throws(ResolveProblem) in
            try ProfileFile(parsing: Array(secret.utf8), path: "/f", kind: .config)
        }
        #expect(problem != nil && !"\(problem as Any)".contains("wJalr"))
    }
}
