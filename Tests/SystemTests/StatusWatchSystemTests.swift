import Glibc
import Model
import Reporting
import Support
import Testing

/// `credwatch status` for people: in a real pseudo-terminal, and into a pipe.
@Suite(.timeLimit(.minutes(2)))
struct StatusWatchSystemTests {
    private static let script =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        .joined(separator: "/") + "/Terminal/watch"

    private let folder: String

    init() throws {
        folder = try makeFolder()
        try put(.healthy, "good.json")
        try put(.failing, "bad.json")
    }

    private func put(_ state: ProfileState, _ name: String) throws {
        let now = WallTime(seconds: Int64(time(nil)))
        let profile = ProfileStatus(
            name: "app", state: state, since: now + .seconds(-60),
            diagnosis: Diagnosis(
                cause: state == .failing ? .keyNotRecognized : .ok,
                verdict: state == .failing ? .bad : .good, summary: "As it is.",
                remedy: "Do something.", commands: ["credwatch check app"],
                evidence: (0..<9).map { .note("fact \($0)") }),
            nextCheckAt: now + .seconds(60),
            history: History(letters: "hhhh") ?? History())
        let document = StatusDocument(
            generatedAt: now, validUntil: now + .seconds(3_600),
            overall: state == .failing ? .failing : .healthy,
            daemon: DaemonStatus(version: "0", pid: 1, startedAt: now, host: "here"),
            profiles: [profile], groups: [])
        try writeText(
            "\(folder)/\(name)", mode: 0o644,
            String(decoding: renderStatus(document), as: UTF8.self))
    }

    @Test func `on a terminal it is redrawn in place, and leaves it as it was`() async throws {
        defer { removeFolder(folder) }
        let outcome = try await Subprocess.run(
            "python3", [Self.script, binary("credwatch"), folder], timeLimit: .seconds(100))
        try #require(outcome.ending == .exited(0), "\(outcome.errorText)")
        let facts = try #require(JSONValue(parsing: outcome.standardOutput))
        guard case .object(let members) = facts else { return #expect(Bool(false)) }
        for name in [
            "begins_on_the_alternate_screen", "colour", "blocks",
            "screen_given_back_when_suspended", "ends_with_the_screen_given_back",
            "ctrl_c_screen", "ctrl_backslash_screen", "once_is_plain_text",
        ] { #expect(members[name] == .bool(true), "\(name)") }
        // The job's end, and 1 for a terminal that echoes again.
        let ends = [
            "suspended": "stopped 1", "q": "exit 0 1", "ctrl_c": "signal 2 1",
            "ctrl_backslash": "signal 3 1", "waits_for_the_file": "exit 0 1", "once": "exit 0 1",
        ]
        for (name, end) in ends { #expect(members[name] == .text(end), "\(name)") }
        #expect(members["rows_after_the_resize"] == .integer(8))
        guard case .number(let seconds)? = members["a_change_is_shown_in_s"] else { return }
        #expect(seconds < 5)
    }

    @Test func `into a pipe it writes a block at each change, and ends with its reader`()
        async throws
    {
        defer { removeFolder(folder) }
        let script = """
            import os, shutil, subprocess, sys
            program, folder = sys.argv[1:3]
            file = folder + "/watched.json"
            def put(name):
                shutil.copyfile(folder + "/" + name, file + ".new"); os.rename(file + ".new", file)
            put("good.json")
            run = subprocess.Popen([program, "status", "--watch", "1h", "--file", file],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            def block():
                lines = []
                while True:
                    line = run.stdout.readline().decode()
                    if line == "\\n" and len(lines) > 3: return lines
                    lines.append(line)
            first = block(); put("bad.json"); second = block()
            print(first[0].startswith("--- 20"), "credwatch: healthy" in first[1],
                "credwatch: failing" in second[1], any("\\x1b" in line for line in first + second))
            run.stdout.close()
            print(run.wait(20))
            """
        let outcome = try await Subprocess.run(
            "python3", ["-c", script, binary("credwatch"), folder], timeLimit: .seconds(60))
        #expect(outcome.outputText == "True True True False\n0\n", "\(outcome.errorText)")
    }

    @Test(arguments: [
        (["auto"], [:], false), (["always"], [:], true), (["never"], [:], false),
        (["always"], ["NO_COLOR": "1"], true),
    ])
    func `colour is as it was asked for`(
        color: [String], environment: [String: String], isColored: Bool
    ) async throws {
        defer { removeFolder(folder) }
        let outcome = try await Subprocess.run(
            binary("credwatch"), ["status", "--file", "\(folder)/good.json", "--color"] + color,
            environment: plainEnvironment.merging(environment) { $1 })
        #expect(outcome.ending == .exited(0))
        #expect(outcome.outputText.contains("\u{1B}[32mhealthy") == isColored)
        #expect(outcome.outputText.contains("▁▁"))
    }

    @Test(arguments: [
        (["--watch", "5"], "no interval"), (["--watch", "2h"], "no interval"),
        (["5s"], "belongs to --watch"),
        (["--watch", "--html", "x"], "exclude each other"),
        (["--watch", "--json"], "--json goes without"),
        (["--json", "--html", "-"], "--json goes without"), (["--color", "blue"], "blue"),
    ])
    func `wrong usage is named`(arguments: [String], words: String) async throws {
        defer { removeFolder(folder) }
        let outcome = try await Subprocess.run(
            binary("credwatch"), ["status", "--file", "\(folder)/good.json"] + arguments)
        #expect(outcome.ending == .exited(64))
        #expect(outcome.errorText.contains(words))
    }
}
