import Glibc
import Testing

@testable import Processes

@Suite struct SpawnTests {
    private let runner = ProcessRunner()

    @Test func theEnvironmentIsExactlyTheGivenOne() async {
        let command = Command(
            arguments: ["/usr/bin/env"], environment: ["B": "two words", "A": "1=1", "EMPTY": ""])
        let completion = await runner.run(command)
        #expect(completion.outcome == .exited(code: 0))
        #expect(completion.standardOutput.text == "A=1=1\nB=two words\nEMPTY=\n")
    }

    @Test func argumentsReachTheProgramWithoutAShell() async {
        let command = Command(arguments: ["/usr/bin/printf", "<%s>", "a b", "$HOME;", "*", ""])
        let completion = await runner.run(command)
        #expect(completion.standardOutput.text == "<a b><$HOME;><*><>")
    }

    @Test func theWorkingDirectoryIsTheRoot() async {
        let completion = await runner.run(Command(arguments: ["/bin/pwd"]))
        #expect(completion.standardOutput.text == "/\n")
    }

    @Test func theProgramLeadsAGroupOfItsOwn() async throws {
        let completion = await runner.run(Command(arguments: ["/bin/cat", "/proc/self/stat"]))
        let stat = try #require(ProcessStat(parsing: completion.standardOutput.bytes[...]))
        #expect(stat.group == completion.pid)
        #expect(stat.group != getpgrp())
    }

    @Test func noSignalIsBlockedOrIgnored() async {
        // The test's own process ignores one, and the queue's threads block most of them.
        signal(SIGUSR2, SIG_IGN)
        let command = Command(arguments: ["/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"])
        let completion = await runner.run(command)
        let masks = completion.standardOutput.text.split(separator: "\n").compactMap {
            UInt64($0.suffix(16), radix: 16)
        }
        // The C library keeps 32 and 33 for itself and ignores them until the child's own takes over.
        #expect(masks.map { $0 & ~0x1_8000_0000 } == [0, 0])
    }

    @Test func noOtherDescriptorIsInherited() async throws {
        let leaky = open("/dev/null", O_RDONLY)
        try #require(leaky >= 3)
        defer { close(leaky) }
        // The fourth is the one by which ls reads the directory.
        let completion = await runner.run(Command(arguments: ["/bin/ls", "/proc/self/fd"]))
        #expect(completion.standardOutput.text == "0\n1\n2\n3\n")
    }

    @Test(arguments: [0, 1, 100_000])
    func theInputIsReadToItsEnd(size: Int) async {
        let input = [UInt8](repeating: 0x78, count: size)
        let command = Command(arguments: ["/usr/bin/wc", "-c"], input: input)
        let completion = await runner.run(command)
        #expect(completion.standardOutput.text == "\(size)\n")
    }

    @Test func aProgramThatDoesNotReadItsInputIsNoProblem() async {
        let input = [UInt8](repeating: 0x78, count: 1_000_000)
        let completion = await runner.run(shell("exec 0<&-; exit 7", input: input))
        #expect(completion.outcome == .exited(code: 7))
    }

    @Test(arguments: [
        (["/nonexistent/hook"], "/nonexistent/hook: No such file or directory"),
        (["/etc/passwd"], "/etc/passwd: Permission denied"),
        (["/tmp"], "/tmp: Permission denied"),
        (["/bin/sh\0x"], "an argument or a variable holds a NUL character"),
        (["bin/sh"], "the program's path is not absolute"),
        ([], "the command is empty"),
    ])
    func whatCannotBeStartedSaysWhy(arguments: [String], reason: String) async throws {
        let completion = await runner.run(Command(arguments: arguments))
        guard case .notStarted(let failure) = completion.outcome else {
            Issue.record("\(completion.outcome)")
            return
        }
        #expect(failure.description == reason)
        #expect(completion.pid == nil)
    }

    @Test(arguments: ["A=B", "", "A\0"])
    func aVariableThatCannotBePassedIsRefused(name: String) async {
        let command = Command(arguments: ["/bin/true"], environment: [name: "x"])
        let outcome = await runner.run(command).outcome
        guard case .notStarted(.invalidCommand) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test(arguments: [
        ("#!/nonexistent/interpreter\n", "the interpreter in its first line is missing"),
        ("echo hello\n", "a script needs a first line like #!/bin/sh"),
        ("", "a script needs a first line like #!/bin/sh"),
    ])
    func aScriptThatCannotBeExecutedSaysWhy(text: String, hint: String) async throws {
        var template = Array("/tmp/credwatch-processes-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        try #require(file >= 0)
        let path = template.withUnsafeBytes {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        defer { unlink(path) }
        _ = text.withCString { write(file, $0, strlen($0)) }
        fchmod(file, 0o755)
        close(file)
        let outcome = await runner.run(Command(arguments: [path])).outcome
        guard case .notStarted(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.description.hasSuffix(hint))
    }
}
