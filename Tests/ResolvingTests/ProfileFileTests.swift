import Model
import Testing

@testable import Resolving

/// Parses a text and returns its profiles as plain texts.
private func profiles(
    _ text: String, _ kind: ProfileFileKind = .config
) throws -> [String: [String: String]] {
    let file = try ProfileFile(parsing: Array(text.utf8), path: "f", kind: kind)
    return Dictionary(
        uniqueKeysWithValues: file.profileNames.map { name in
            let entries = file.entries(of: .profile, name) ?? []
            return (
                name, Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value.reveal()) })
            )
        })
}

@Suite struct ProfileFileTests {
    @Test(
        arguments: [
            // What separates and surrounds.
            ("", [:]),
            ("[profile a]\nk=v", ["a": ["k": "v"]]),
            ("[profile a]\r\nk = v\r\n", ["a": ["k": "v"]]),
            ("[profile a]\nk = v\r", ["a": ["k": "v"]]),
            ("[ profile \t a ]\n\n \t\nk\t=  v  ", ["a": ["k": "v"]]),
            ("[profile a]\nk = x = y", ["a": ["k": "x = y"]]),
            ("[profile a]\nk =", ["a": ["k": ""]]),
            ("[profile a]\nk = \"v\"", ["a": ["k": "\"v\""]]),
            ("[profile a]\nk = \u{00FC}\u{1F511}", ["a": ["k": "\u{00FC}\u{1F511}"]]),
            // Comments.
            ("# c\n; c\n[profile a] # c\nk = v # c ; d", ["a": ["k": "v"]]),
            ("[profile a];c\nk = v#1;2", ["a": ["k": "v#1;2"]]),
            ("[profile a]\nk = v\t; c", ["a": ["k": "v"]]),
            ("[profile a]\nk = # c", ["a": ["k": ""]]),
            // Values of more than one line.
            ("[profile a]\nk = v\n one\n\ttwo ", ["a": ["k": "v\none\ntwo"]]),
            ("[profile a]\nk = v # c\n one # kept", ["a": ["k": "v\none # kept"]]),
            ("[profile a]\nk = v\n\n# c\n one\r\nl = w", ["a": ["k": "v\none", "l": "w"]]),
            ("[profile a]\nk =\n x = 1\n y = 2", ["a": ["k": "\nx = 1\ny = 2"]]),
            // Names.
            ("[profile A]\nKey = v", ["A": ["key": "v"]]),
            ("[profile a.b_c-d/e%f@g:h+i]", ["a.b_c-d/e%f@g:h+i": [:]]),
            ("[profile a]\nbad key = v\n more\nk = v", ["a": ["k": "v"]]),
            ("[profile a b]\nk = v\n[profile c]", ["c": [:]]),
            ("[profile \"a\"]\nk = v", [:]),
            ("[profile]\n[]\n[ ]", [:]),
            ("[profilea]\n[profilex a]\n[profile\u{00A0}a]", [:]),
            // Twice the same.
            ("[profile a]\nk = 1\nK = 2", ["a": ["k": "2"]]),
            (
                "[profile a]\nk = 1\n[profile b]\n[profile a]\nl = 2\nk = 3",
                ["a": ["k": "3", "l": "2"], "b": [:]]
            ),
            ("[default]\nk = 1\n[default]\nl = 2", ["default": ["k": "1", "l": "2"]]),
            (
                "[default]\nk = 1\n[profile default]\nl = 2\n[default]\nm = 3",
                ["default": ["l": "2"]]
            ),
            // Other sections.
            ("[sso-session a]\nk = v\n[services a]\nk = w\n[other a]\nk = x", [:]),
        ] as [(String, [String: [String: String]])])
    func configFile(_ text: String, _ expected: [String: [String: String]]) throws {
        #expect(try profiles(text) == expected)
    }

    @Test(
        arguments: [
            ("[a]\nk = v\n[default]\nl = w", ["a": ["k": "v"], "default": ["l": "w"]]),
            ("[profile a]\nk = v\n[sso-session b]\nl = w", [:]),
            ("[profile]\nk = v", ["profile": ["k": "v"]]),
        ] as [(String, [String: [String: String]])])
    func credentialsFile(_ text: String, _ expected: [String: [String: String]]) throws {
        #expect(try profiles(text, .credentials) == expected)
    }

    @Test(arguments: [
        ("k = v\n[default]", 1, 1, "first section header"),
        ("\n  k = v", 2, 3, "first section header"),
        ("[default]\n[profile a", 2, 1, "does not end with ]"),
        ("[default] x", 1, 1, "does not end with ]"),
        ("[", 1, 1, "does not end with ]"),
        ("[default]\n\nwords", 3, 1, "name = value"),
        ("[default]\n = v", 2, 2, "no property above"),
        ("[default]\n= v", 2, 1, "name = value"),
        ("[default]\nk # = v", 2, 1, "name = value"),
        ("[default]\nk =\n  = v", 3, 3, "below an empty value"),
        ("[default]\nk =\n\twords", 3, 2, "below an empty value"),
        ("[default]\nk = v\n[default]\n more", 4, 2, "no property above"),
        ("[skipped section here]\nk = v\nwords", 3, 1, "name = value"),
    ])
    func malformed(_ text: String, _ line: Int, _ column: Int, _ what: String) {
        let problem = problemOf { () throws(ResolveProblem) in
            try ProfileFile(parsing: Array(text.utf8), path: "/f", kind: .config)
        }
        guard case .fileMalformed(let location, let found) = problem else {
            return #expect(Bool(false), "\(String(describing: problem))")
        }
        #expect(location == SourceLocation(file: "/f", line: line, column: column))
        #expect(found.contains(what))
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x5B, 0x00], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x5B], "UTF-16"),
            ([0x5B, 0x00, 0x61, 0x00], "UTF-16"), ([0x00, 0x5B, 0x00, 0x61], "UTF-16"),
            ([0x00, 0x00, 0x00, 0x00], "NUL"),
        ] as [([UInt8], String)])
    func wrongEncoding(_ bytes: [UInt8], _ what: String) {
        let problem = problemOf { () throws(ResolveProblem) in
            try ProfileFile(parsing: bytes, path: "/f", kind: .config)
        }
        guard case .fileMalformed(_, let found) = problem else {
            return #expect(Bool(false), "\(String(describing: problem))")
        }
        #expect(found.contains(what))
    }

    @Test func tooManyEntries() throws {
        let line = Array("[a]\n".utf8)
        let bytes = Array(repeatElement(line, count: ProfileFile.maxEntries + 1).joined())
        let problem = problemOf { () throws(ResolveProblem) in
            try ProfileFile(parsing: bytes, path: "/f", kind: .credentials)
        }
        guard case .fileMalformed(_, let what) = problem else {
            return #expect(Bool(false), "\(String(describing: problem))")
        }
        #expect(what.contains("500000"))
        let fewer = Array(bytes.dropLast(4))
        #expect(
            try ProfileFile(parsing: fewer, path: "f", kind: .credentials).profileNames.count == 1)
    }

    @Test func sectionsAndNestedPropertiesHaveTheirPlaces() throws {
        let text = """
            # first
            [services dev]
            s3 =
              addressing = path

            # second
              endpoint_url = http://a # c
            sts = # c
            \tendpoint_url = http://b
            """
        let file = try ProfileFile(parsing: Array(text.utf8), path: "/c", kind: .config)
        let entries = try #require(file.entries(of: .services, "dev"))
        #expect(entries.map(\.name) == ["s3", "sts"])
        #expect(entries.map(\.location.line) == [3, 8])
        #expect(entries[0].nested.map { $0.value.reveal() } == ["path", "http://a"])
        #expect(
            entries[0].nested.map(\.location) == [
                SourceLocation(file: "/c", line: 4, column: 3),
                SourceLocation(file: "/c", line: 7, column: 3),
            ])
        #expect(entries[1].nested.map { $0.value.reveal() } == ["http://b"])
        #expect(entries[1].nested[0].location.description == "/c:9:2")
        #expect(file.entries(of: .services, "other") == nil)
        #expect(file.entries(of: .profile, "dev") == nil)
    }

    /// Whatever the bytes are, parsing ends, and every value can be read.
    @Test(arguments: 0..<40)
    func anyBytes(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let pieces =
            [
                "[", "]", "profile ", "default", "\n", "\r\n", " ", "\t", "=", "#", ";", "a", "sts",
                "aws_access_key_id", "\u{FEFF}", "\0", "region", "services ", "[profile a]\n",
                "k =\n x=",
            ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0x80]]
        for _ in 0..<100 {
            let count = Int.random(in: 0..<60, using: &random)
            let bytes = (0..<count).flatMap { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }
            for kind in [ProfileFileKind.config, .credentials] {
                guard let file = try? ProfileFile(parsing: bytes, path: "f", kind: kind) else {
                    continue
                }
                for name in file.profileNames {
                    let entries = try #require(file.entries(of: .profile, name))
                    #expect(entries.allSatisfy { $0.value.count <= bytes.count })
                    let profile = try #require(
                        SharedProfile(name, credentials: file, config: file))
                    for property in KnownProperty.allCases {
                        #expect((profile.text(property) != nil) == profile.has(property))
                        _ = profile.nested(property, below: .sts)
                    }
                }
            }
        }
    }

    @Test func neitherPrintsNorDumpsValues() throws {
        let text = "[default]\n\(exampleKeys)aws_session_token = \(exampleToken)\n"
        let file = try ProfileFile(parsing: Array(text.utf8), path: "/c", kind: .credentials)
        let entries = try #require(file.entries(of: .profile, "default"))
        let profile = try #require(SharedProfile("default", credentials: file, config: nil))
        let files = try sharedFiles(credentials: text)
        for value in [file, entries, profile, files, try profile.keys() as Any] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for output in [dumped, String(describing: value), String(reflecting: value)] {
                #expect(!output.contains(exampleSecret) && !output.contains(exampleToken))
            }
        }
    }
}

/// A small generator of random numbers with a seed, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
