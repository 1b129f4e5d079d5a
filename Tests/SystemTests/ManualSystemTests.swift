import Glibc
import Support
import Testing

/// The manual pages beside the built program: neither says what the other does not.
@Suite(.timeLimit(.minutes(1)))
struct ManualSystemTests {
    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/packaging/man"

    private static let pages = ["credwatch.1", "credwatch.yaml.5", "credwatch-hook.7"]

    /// A command as its help describes it.
    private struct Command {
        var words: [String]
        var subcommands: [String] = []
        var options: Set<String> = []
    }

    @Test func `credwatch.1 names every command and every option, and no other`() async throws {
        let lines = try await Subprocess.run("cat", [Self.folder + "/credwatch.1"]).outputText
            .split(separator: "\n").map(String.init)
        let synopsis = Self.synopsis(lines)
        let described = Set(Self.items(lines).flatMap(\.self))
        var known: Set<String> = []
        var queue: [[String]] = [[]]
        var leaves = 0
        while let words = queue.popLast() {
            let command = try await Self.command(words)
            known.formUnion(command.options)
            queue += command.subcommands.map { words + [$0] }
            guard command.subcommands.isEmpty else { continue }
            leaves += 1
            let name = words.joined(separator: " ")
            #expect(
                lines.contains { $0.hasPrefix(".It Cm ") && Self.names($0).contains(name) },
                "credwatch.1 does not describe \(name)")
            let forms = try #require(synopsis[name], "the synopsis lacks \(name)")
            var shown = Set(forms.flatMap(Self.options))
            if forms.contains(".Op Ar where") {
                shown.formUnion(["--unit", "--pid", "--environment-file"])
            }
            #expect(shown == command.options.subtracting(["--help", "--version"]), "\(name)")
        }
        #expect(leaves > 10 && leaves == synopsis.count)
        #expect(described == known)
    }

    @Test func `credwatch.1 has each option once, in the order of the alphabet`() async throws {
        let lines = try await Subprocess.run("cat", [Self.folder + "/credwatch.1"]).outputText
            .split(separator: "\n").map(String.init)
        // What tells another environment stands apart, each by a line, and is no part of the order.
        let items = Self.items(lines.prefix { $0 != ".Ar where ," }).compactMap(\.first)
        #expect(items.count > 25)
        #expect(items == items.sorted())
        let all = Self.items(lines).flatMap(\.self)
        #expect(Set(all).count == all.count)
    }

    /// Shell lines of the documents, as somebody would type them.
    @Test(arguments: ["README.md", "docs/monitoring.md", "docs/identity.md", "docs/metrics.md"])
    func `a command that a document shows exists, with its options`(path: String) async throws {
        let root = Self.folder.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        let text = try await Subprocess.run(
            "cat", [root.joined(separator: "/") + "/" + path]
        ).outputText
        var count = 0
        for line in text.split(separator: "\n") where line.hasPrefix("    ") {
            var words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
            words = Array(words.drop { ["$", "sudo"].contains($0) })
            guard words.first == "credwatch", words.count > 1 else { continue }
            var command = try await Self.command([])
            var rest = words.dropFirst()
            while let word = rest.first, command.subcommands.contains(word) {
                command = try await Self.command(command.words + [word])
                rest = rest.dropFirst()
            }
            #expect(command.subcommands.isEmpty, "\(path): \(line)")
            let options = Set(rest.filter { $0.hasPrefix("--") })
            #expect(options.subtracting(command.options) == [], "\(path): \(line)")
            count += 1
        }
        #expect(count > 0 || path != "README.md")
    }

    @Test(arguments: pages) func `man has nothing to complain about`(page: String) async throws {
        guard try await Subprocess.run("sh", ["-c", "command -v man groff"]).ending == .exited(0)
        else { try Test.cancel("man or groff is not installed") }
        let outcome = try await Subprocess.run(
            "man",
            ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "\(Self.folder)/\(page)"],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"])
        #expect(outcome.ending == .exited(0))
        #expect(outcome.errorText == "")
        #expect(outcome.standardOutput.count > 1_000)
    }

    // MARK: - The program's help

    private static func command(_ words: [String]) async throws -> Command {
        let program = try #require(BuiltProduct.path("credwatch"))
        let outcome = try await Subprocess.run(program, words + ["--help"])
        try #require(outcome.ending == .exited(0), "\(words)")
        var command = Command(words: words)
        var section = ""
        for line in outcome.outputText.split(separator: "\n") {
            if line.first != " " {
                section = String(line)
            } else if line.hasPrefix("  "), line.dropFirst(2).first != " ",
                !line.hasPrefix("  See '")
            {
                let first = line.split(separator: " ").first.map(String.init) ?? ""
                switch section {
                case "SUBCOMMANDS:": command.subcommands.append(first)
                case "OPTIONS:":
                    command.options.formUnion(
                        line.split { $0 == " " || $0 == "," }.prefix { $0.hasPrefix("-") }
                            .map(String.init).filter { $0.hasPrefix("--") })
                default: break
                }
            }
        }
        return command
    }

    // MARK: - The manual

    /// The lines of each command in the synopsis.
    private static func synopsis(_ lines: [String]) -> [String: [String]] {
        var forms: [String: [String]] = [:]
        var name: String?
        for line in lines.drop(while: { $0 != ".Sh SYNOPSIS" }).dropFirst()
            .prefix(while: { !$0.hasPrefix(".Sh") })
        {
            if line == ".Nm" {
                name = nil
            } else if let name {
                forms[name, default: []].append(line)
            } else {
                let words = line.split(separator: " ").dropFirst().drop { $0 == "Cm" }
                name = words.prefix { $0 != "Ar" && $0 != "Op" }.joined(separator: " ")
                name.map { forms[$0, default: []] += [] }
            }
        }
        return forms
    }

    /// The options of each item of the lists.
    private static func items(_ lines: some Sequence<String>) -> [[String]] {
        lines.filter { $0.hasPrefix(".It Fl ") }.map(options)
    }

    /// The options of a line, as they are typed.
    private static func options(_ line: String) -> [String] {
        let words = line.split(separator: " ")
        return zip(words, words.dropFirst()).filter { $0.0 == "Fl" || $0.0 == ".Fl" }.map {
            "-" + String($0.1)
        }
    }

    /// The names of an item, which commas part.
    private static func names(_ item: String) -> [String] {
        let words = item.split(separator: " ").dropFirst(2)
        return words.split(separator: ",").map { $0.joined(separator: " ") }
    }
}
