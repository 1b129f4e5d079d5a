import Glibc
import Model
import Support
import Testing

@testable import Resolving

@Suite(.timeLimit(.minutes(1))) struct EnvironmentFileTests {
    private func parse(_ text: String) throws -> EnvironmentFile {
        try EnvironmentFile(parsing: Array(text.utf8), path: "f")
    }

    @Test(
        arguments: [
            ("", [:]),
            ("A=1", ["A": "1"]),
            ("A=1\nB=2\n", ["A": "1", "B": "2"]),
            ("A=1\r\nB=2\r\n", ["A": "1", "B": "2"]),
            ("A=1\rB=2\r", ["A": "1", "B": "2"]),
            (" \t A \t=\t 1 2 \t\n", ["A": "1 2"]),
            ("A=\nB= \n", ["A": "", "B": ""]),
            ("A==1=\n", ["A": "=1="]),
            ("A=1\nA=2\n", ["A": "2"]),
            ("# A=1\n; B=2\n  #C=3\nD=4\n", ["D": "4"]),
            ("# A \\\nB=2\n", ["B": "2"]),
            ("A=1 # one\nB=#2\n", ["A": "1 # one", "B": "#2"]),
            ("A='1 2'\nB=\"1 2\"\n", ["A": "1 2", "B": "1 2"]),
            ("A=' 1 ' \nB=\" 1 \"\t\n", ["A": " 1 ", "B": " 1 "]),
            ("A='one\ntwo'\nB=2\n", ["A": "one\ntwo", "B": "2"]),
            ("A=\"one\r\ntwo\"\nB=2\n", ["A": "one\r\ntwo", "B": "2"]),
            ("A='a\\'\nB=\"a\\\"b\\\\\\$\\`\\n\"\n", ["A": "a\\", "B": "a\"b\\$`\\n"]),
            ("A=\"one\\\ntwo\"\n", ["A": "onetwo"]),
            ("A=one\\\ntwo\nB=2\n", ["A": "onetwo", "B": "2"]),
            ("A=one \\\n  two \nB=2\n", ["A": "one   two", "B": "2"]),
            ("A=\\\n  one\n", ["A": "  one"]),
            ("A=a\\ \\\\\\b\\'\n", ["A": "a \\b'"]),
            ("A=a\\", ["A": "a"]),
            ("A=a \\ \n", ["A": "a  "]),
            ("A='a' \"b\" c'd'\n", ["A": "abc'd'"]),
            ("A=a'b'\"c\"\n", ["A": "a'b'\"c\""]),
            ("A=$HOME ${B} $(id)\n", ["A": "$HOME ${B} $(id)"]),
            ("A='never\nB=2", ["A": "never\nB=2"]),
            ("export A=1\nB=2\n", ["B": "2"]),
            ("words\nA\n=1\n1A=1\nA-B=1\nÄ=1\n_1=1\n", ["_1": "1"]),
            ("= A='\nB=2\n'C=3\nD=4\n", ["D": "4"]),
            ("\u{FEFF}A=1\nB=2\n", ["B": "2"]),
            ("\u{FEFF}# A\nB=2\n", ["B": "2"]),
            ("# \u{FEFF}\nA=ä\n", ["A": "ä"]),
        ] as [(String, [String: String])])
    func readsAsSystemdDoes(text: String, variables: [String: String]) throws {
        #expect(try parse(text).variables == variables)
    }

    @Test(
        arguments: [
            ("A=1\nB='x' # y\n", []),
            ("A=1\n\n  words\nB 1\n", [(3, 3, .noAssignment), (4, 1, .noAssignment)]),
            (
                "=1\n 1A=\nA.B=1\n",
                [
                    (1, 1, .noAssignment), (2, 2, .invalidVariableName),
                    (3, 1, .invalidVariableName),
                ]
            ),
            ("A=1\r\n\texport B=2\r\n", [(2, 2, .exportPrefix)]),
            ("exportA=1\n", []),
            ("\u{FEFF}A=1\n", [(1, 1, .byteOrderMarkInLine)]),
            ("\u{FEFF}A\nB=1\n", [(1, 1, .byteOrderMarkInLine)]),
            (
                "A='x\ny'\nBÄ=1\nB = \"x\nA=1\n",
                [(3, 1, .invalidVariableName), (4, 5, .unclosedQuote)]
            ),
            ("A='ä' x # y # z\n", [(1, 9, .commentInValue)]),
            ("A=x#y\n#c\\\r\nB=1\n", [(2, 1, .continuedComment)]),
            (
                "A=1\nB=1\nA=2\n  A=3\n",
                [(1, 1, .overwrittenVariable), (3, 1, .overwrittenVariable)]
            ),
        ] as [(String, [(Int, Int, FileFinding.Kind)])])
    func reportsWhatSystemdSkips(
        text: String, expected: [(line: Int, column: Int, kind: FileFinding.Kind)]
    ) throws {
        let findings = try parse(text).findings
        #expect(
            findings
                == expected.map {
                    FileFinding(
                        $0.kind, at: SourceLocation(file: "f", line: $0.line, column: $0.column))
                })
        for finding in findings { #expect(finding.description.hasPrefix("f:")) }
    }

    @Test(
        arguments: [
            (Array("A=1\nBB=\0\n".utf8), 2, 4, "NUL"),
            ([0xFF, 0xFE, 0x41, 0x00], 1, 1, "UTF-16"),
            ([0xFE, 0xFF, 0x00, 0x41], 1, 1, "UTF-16"),
            (Array("#\n A=".utf8) + [0xC3, 0x28], 2, 2, "UTF-8"),
            (Array("A=1\n".utf8) + [0xE4, 0x3D, 0x31], 2, 1, "UTF-8"),
            ([UInt8](repeating: 0x0A, count: EnvironmentFile.maxSize + 1), 0, 0, "1 MiB"),
        ] as [([UInt8], Int, Int, String)])
    func refusesWhatSystemdRefuses(bytes: [UInt8], line: Int, column: Int, word: String) {
        let problem = problemOf { () throws(ResolveProblem) -> EnvironmentFile in
            try EnvironmentFile(parsing: bytes, path: "f")
        }
        guard case .fileMalformed(let place, let what) = problem else {
            return #expect(Bool(false), "\(String(describing: problem))")
        }
        #expect(place == SourceLocation(file: "f", line: line, column: column))
        #expect(what.contains(word))
    }

    /// systemd reads comments as bytes.
    @Test func aCommentMayBeInAnyEncoding() throws {
        let bytes = Array("# gr".utf8) + [0xFC, 0xDF] + Array("e\nA=1\n".utf8)
        #expect(try EnvironmentFile(parsing: bytes, path: "f").variables == ["A": "1"])
    }

    @Test func showsNoValue() throws {
        var dumped = ""
        dump(try parse("AWS_SECRET_ACCESS_KEY=\(exampleSecret)\n\(exampleSecret)\n"), to: &dumped)
        #expect(!dumped.contains(exampleSecret))
        let findings = try parse("\(exampleSecret)\nexport \(exampleSecret)=\n").findings
        #expect(findings.count == 2 && !findings.description.contains(exampleSecret))
    }

    @Test(arguments: 0..<20)
    func anyTextIsReadAndEveryPlaceIsTrue(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "A", "BC", "=", "'", "\"", "\\", " ", "\t", "\n", "\r", "#", ";", "export ", "ä", "1",
            "\u{FEFF}",
        ]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            let file = try parse(text)
            let lines = text.unicodeScalars.lines
            for (name, place) in file.locations {
                let line = lines[place.line - 1].dropFirst(place.column - 1)
                #expect(line.starts(with: name.unicodeScalars), "\(text.debugDescription)")
            }
            #expect(Set(file.locations.keys) == Set(file.variables.keys))
        }
    }

    @Test(arguments: 0..<4)
    func anyBytesHaveAnOutcome(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            let problem = problemOf { () throws(ResolveProblem) -> EnvironmentFile in
                try EnvironmentFile(parsing: bytes, path: "f")
            }
            if let problem, case .fileMalformed = problem { continue }
            #expect(problem == nil)
        }
    }

    /// The longest file that is read, of what could take more than one look at each byte.
    @Test(arguments: ["A=b\r", "A=1 #", "'", "\"", "\\", "A\n", "#\\\n", "A='\n'", " =", "ä= "])
    func timeGrowsWithTheSizeOnly(piece: String) throws {
        let piece = Array(piece.utf8)
        var bytes: [UInt8] = []
        while bytes.count + piece.count <= EnvironmentFile.maxSize { bytes += piece }
        let duration = try ContinuousClock().measure {
            _ = try EnvironmentFile(parsing: bytes, path: "f")
        }
        #expect(duration < .seconds(10))
    }

    private static let generator =
        "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"

    /// systemd prints what it read in a syntax that it reads again itself.
    @Test(
        .enabled(
            if: access(Self.generator, X_OK) == 0,
            "needs systemd's reader of environment.d, which has the same syntax"),
        arguments: 0..<40)
    func systemdReadsTheSame(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "A=", "B=", "C =", "x", "y", "'", "\"", "\\", " ", "\t", "\n", "\n", "\\\n", "=",
        ]
        var text = ""
        for _ in 0..<80 { text += pieces.randomElement(using: &random) ?? "" }
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("environment.d")
        try directory.write("environment.d/1.conf", text)
        let outcome = try await Subprocess.run(
            Self.generator,
            environment: ["XDG_CONFIG_HOME": directory.path, "HOME": directory.path])
        // It leaves empty values out, and writes \t and \n as escape sequences.
        let ours = try parse(text).variables.filter { ["A", "B", "C"].contains($0.key) }
        let theirs = try parse(outcome.outputText).variables
        for (name, value) in ours where !value.isEmpty {
            let shown = value.map { $0 == "\n" ? "\\n" : $0 == "\t" ? "\\t" : String($0) }.joined()
            #expect(theirs[name] == shown, "\(text.debugDescription)")
        }
    }
}

extension String.UnicodeScalarView {
    /// The lines as editors count them.
    fileprivate var lines: [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = [[]]
        var last: Unicode.Scalar?
        for scalar in self {
            if scalar == "\n" && last == "\r" {
                // The second half of one end.
            } else if scalar == "\n" || scalar == "\r" {
                lines.append([])
            } else {
                lines[lines.count - 1].append(scalar)
            }
            last = scalar
        }
        return lines
    }
}
