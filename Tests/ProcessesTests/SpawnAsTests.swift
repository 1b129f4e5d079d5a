import Glibc
import Testing

@testable import Processes

private let isRoot = geteuid() == 0
private let needsRoot: Comment = "only root can change users"

@Suite struct SpawnAsTests {
    private let runner = ProcessRunner()

    private func run(_ script: String, groups: [UInt32] = [65_534]) async -> Completion {
        var command = shell(script)
        command.account = UserAccount(
            user: 65_534, group: 65_534, groups: groups, name: "nobody", home: "/")
        return await runner.run(command)
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func theProgramHasTheRightsOfTheUserAndNoOthers() async {
        let script = "grep -E '^(Uid|Gid|Groups|Cap[IPEA]|NoNewPrivs)' /proc/self/status"
        let completion = await run(script, groups: [65_534, 4_711])
        #expect(completion.outcome == .exited(code: 0))
        let lines = completion.standardOutput.text.split(separator: "\n").map {
            $0.split { " \t".contains($0) }.joined(separator: " ")
        }
        let none = "0000000000000000"
        #expect(
            lines == [
                "Uid: 65534 65534 65534 65534", "Gid: 65534 65534 65534 65534",
                "Groups: 4711 65534", "CapInh: \(none)", "CapPrm: \(none)", "CapEff: \(none)",
                "CapAmb: \(none)", "NoNewPrivs: 1",
            ])
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func itCannotBecomeRootAgain() async {
        let completion = await run("head -c 1 /etc/shadow; kill -0 \(getpid()); echo done")
        #expect(completion.standardOutput.text == "done\n")
        #expect(completion.standardError.text.contains("Permission denied"))
        #expect(completion.standardError.text.contains("not permitted"))
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func itIsLikeAnyOtherChildBesides() async throws {
        signal(SIGUSR2, SIG_IGN)
        let leaky = open("/dev/null", O_RDONLY)
        try #require(leaky >= 3)
        defer { close(leaky) }
        let completion = await run(
            "pwd; ls /proc/self/fd; grep -E '^Sig(Blk|Ign)' /proc/self/status; cat /proc/self/stat")
        let lines = completion.standardOutput.text.split(separator: "\n").map(String.init)
        try #require(lines.count == 8)
        #expect(lines[..<5] == ["/", "0", "1", "2", "3"])
        for line in lines[5...6] {
            #expect((UInt64(line.suffix(16), radix: 16) ?? 1) & ~0x1_8000_0000 == 0)
        }
        let stat = try #require(ProcessStat(parsing: Array(lines[7].utf8)[...]))
        #expect(stat.group == completion.pid)
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func anEnvironmentOfTheUserLoadsNothingWithOurRights() async throws {
        // A preloaded library would say so; the loader complains about one that is not there.
        var command = Command(
            arguments: ["/usr/bin/id", "-u"], environment: ["LD_PRELOAD": "/nonexistent.so"])
        command.account = UserAccount(
            user: 65_534, group: 65_534, groups: [], name: "nobody", home: "/")
        let completion = await runner.run(command)
        #expect(completion.standardOutput.text == "65534\n")
        // Once: by the program itself, and by nothing that ran before it.
        let complaints = completion.standardError.text.split(separator: "\n")
        #expect(complaints.count == 1)
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func whatCannotBeExecutedSaysWhy() async throws {
        var command = Command(arguments: ["/nonexistent/program"])
        command.account = UserAccount(
            user: 65_534, group: 65_534, groups: [], name: "nobody", home: "/")
        let completion = await runner.run(command)
        #expect(
            completion.outcome
                == .notStarted(.execution(path: "/nonexistent/program", code: ENOENT)))
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func itsGroupEndsAtTheTimeLimit() async {
        var command = shell("sleep 600 & echo $!; wait", timeLimit: .milliseconds(200))
        command.account = UserAccount(
            user: 65_534, group: 65_534, groups: [], name: "nobody", home: "/")
        let completion = await runner.run(command)
        #expect(completion.outcome == .timedOut)
        #expect(numbers(completion.standardOutput).filter(isAlive).isEmpty)
    }

    @Test(.enabled(if: !isRoot, "only who is not root is refused"))
    func whoIsNotRootCannot() async {
        var command = shell("true")
        command.account = UserAccount(user: 1, group: 1, groups: [1], name: "daemon", home: "/")
        #expect(
            await runner.run(command).outcome
                == .notStarted(.system(call: "setgroups", code: EPERM)))
    }

    @Test func outputBeyondTheLimitEndsTheGroup() async {
        var command = shell("yes & echo $! >&2; yes", outputLimit: 1_000)
        command.endsAtOutputLimit = true
        let completion = await runner.run(command)
        #expect(completion.outcome == .interrupted)
        #expect(completion.standardOutput.isTruncated)
        #expect(numbers(completion.standardError).filter(isAlive).isEmpty)
    }

    @Test func theDatabasesKnowTheUsers() throws {
        let root = try #require(UserAccount(lookingUp: 0))
        #expect(root.name == "root")
        #expect(root.group == 0)
        #expect(root.groups.contains(0))
        #expect(UserAccount(lookingUp: 54_321) == nil)
        #expect(UserAccount.describe(54_321) == "uid 54321")
        #expect(UserAccount.describe(0) == "root (uid 0)")
    }
}
