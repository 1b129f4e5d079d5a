import Glibc
import Model
import Reporting
import Resolving
import Testing

/// The folders of Fixtures/lint: each is a file that is read in one of the ways, or a machine, and the
/// exact lines that come of it.
@Suite(.timeLimit(.minutes(1)))
struct LintCaseTests {
    private static let root =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Fixtures/lint"
    static let names = entries(of: root)
    static let now = WallTime(seconds: 1_795_356_000)

    @Test(arguments: names) func `what the folder says is found`(_ name: String) async throws {
        let folder = "\(Self.root)/\(name)"
        let text: String
        if exists("\(folder)/machine.json") {
            text = try await Self.linesOfMachine(folder)
        } else {
            text = try Self.linesOfFiles(folder)
        }
        let expected = String(decoding: try readFile("\(folder)/expected"), as: UTF8.self)
        #expect(text == expected)
        for secret in [
            "u3Vx0Hq/8mJt", "fDgEs1AiTo9Xy", "FwoGZXIvYXdzEJr", "IQoJb3", "QNCLJGYSAZAAN74C",
        ] {
            #expect(!text.contains(secret), "\(name) shows a value")
        }
    }

    @Test func `each code has a folder`() throws {
        let all = try Self.names.map {
            String(decoding: try readFile("\(Self.root)/\($0)/expected"), as: UTF8.self)
        }.joined()
        for code in LintCode.allCases {
            #expect(all.contains(" [\(code.rawValue)]\n"), "no folder reaches \(code.rawValue)")
        }
    }

    /// Reads each file of a folder in the way that its name says.
    private static func linesOfFiles(_ folder: String) throws -> String {
        var findings: [LintFinding] = []
        for name in entries(of: folder) where name != "expected" {
            guard let dialect = LintDialect(rawValue: name) else {
                throw CaseFlaw("\(folder)/\(name) is no way to read a file")
            }
            findings += lint(
                try readFile("\(folder)/\(name)"), path: name, as: dialect, now: now)
        }
        return renderLint(LintReport(findings: findings))
    }

    /// Sets up the machine of a folder, and looks at it as the command does.
    private static func linesOfMachine(_ folder: String) async throws -> String {
        guard let document = JSONValue(parsing: try readFile("\(folder)/machine.json")) else {
            throw CaseFlaw("\(folder)/machine.json is not JSON")
        }
        let form = try Form(
            document, "machine.json",
            knowing: [
                "about", "variables", "passwordHome", "profiles", "pid", "environment_file", "user",
                "needs", "special",
            ])
        _ = try form.required("about")
        if let needs = try form.text("needs"), (needs == "root") != (geteuid() == 0) {
            try Test.cancel("the case has to be run by somebody who is \(needs)")
        }
        var special: [String: SpecialFile] = [:]
        if case .object(let files) = form.value("special") ?? .object([:]) {
            for (name, file) in files { special[name] = try SpecialFile(file, name) }
        }
        let tree = try FileTree(copying: "\(folder)/fs", special: special)
        var variables = try form.texts("variables").mapValues(tree.place)
        if variables["HOME"] == nil { variables["HOME"] = tree.path + "/home" }
        let environment = AWSEnvironment(
            variables: variables, passwordHome: try form.text("passwordHome").map(tree.place),
            user: try form.integer("user").map { UInt32($0) })
        var surroundings = Surroundings.own
        if let process = try form.integer("pid") { surroundings = .process(Int32(process)) }
        if let file = try form.text("environment_file") {
            surroundings = .environmentFile(tree.place(in: file))
        }
        var profiles: [ProfileConfiguration] = []
        if case .array(let names) = form.value("profiles") ?? .array([]) {
            profiles = names.compactMap(\.text).map { ProfileConfiguration(name: $0) }
        }
        let report = await Resolver(environment: environment).lint(
            profiles, in: surroundings, now: now, within: .seconds(5))
        return renderLint(report).replacing(tree.path, with: "@FS@")
    }
}
