import Dispatch
import Glibc
import Model
import Testing

@testable import Reporting

@Suite struct TerminalJournalTests {
    let failing = JournalEntry(
        .profileFailing, .error, "app is failing",
        [JournalEntry.Field("CREDWATCH_EVIDENCE", "request id 1\u{1B}[2J")])

    @Test func aLineForAFileHasTheWholeTime() {
        let style = LineStyle(isTerminal: false, color: false)
        #expect(
            line(for: failing, at: Samples.now, style: style)
                == "2026-11-22T14:03:10Z ERROR app is failing [request id 1\\x1b[2J]\n")
    }

    @Test func aLineForATerminalIsShortAndMayHaveColour() throws {
        let plain = line(
            for: failing, at: Samples.now, style: LineStyle(isTerminal: true, color: false))
        // The hour depends on the machine's time zone.
        let match = try #require(plain.wholeMatch(of: /\d\d:\d\d:10 (.*)\n/))
        #expect(match.1 == "error    app is failing [request id 1\\x1b[2J]")
        let color = line(
            for: failing, at: Samples.now, style: LineStyle(isTerminal: true, color: true))
        #expect(color.contains(" \u{1B}[1;31merror   \u{1B}[0m app is failing"))
    }

    @Test func oneEntryIsOneLine() {
        let entry = JournalEntry(.hookOutput, .info, "a\n2026-11-22T14:03:10Z ERROR forged\r")
        let line = line(
            for: entry, at: Samples.now, style: LineStyle(isTerminal: false, color: false))
        #expect(
            line == "2026-11-22T14:03:10Z INFO a\\n2026-11-22T14:03:10Z ERROR forged\\r\n")
    }

    @Test func healthNeedsNoEvidence() {
        let entry = JournalEntry(
            .profileHealthy, .notice, "app is healthy",
            [JournalEntry.Field("CREDWATCH_EVIDENCE", "request id 1")])
        let line = line(
            for: entry, at: Samples.now, style: LineStyle(isTerminal: false, color: false))
        #expect(line == "2026-11-22T14:03:10Z NOTICE app is healthy\n")
    }

    @Test func writesToAPipeWithoutASecret() throws {
        let pipe = try Pipe()
        let journal = TerminalJournal(descriptor: pipe.writer)
        journal.write(
            JournalEntry(.internalProblem, .info, "SecretAccessKey=\(RedactionTests.secret)"))
        journal.flush(within: .seconds(30))
        pipe.closeWriter()
        let output = String(decoding: readToEnd(pipe.reader), as: UTF8.self)
        #expect(output.hasSuffix("Z INFO SecretAccessKey=<redacted>\n"))
    }

    @Test func aStoppedReaderHoldsUpNobodyAndLearnsWhatItMissed() throws {
        let pipe = try Pipe()
        let journal = TerminalJournal(descriptor: pipe.writer, limit: 100)
        let text = String(repeating: "x", count: 1_000)
        for number in 0..<1_000 {
            journal.write(JournalEntry(.internalProblem, .info, "\(number) \(text)"))
        }
        // Nobody reads: a pipe has room for 64 KiB, so this has to give up by itself.
        journal.flush(within: .milliseconds(50))

        let isDone = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            journal.flush(within: .seconds(30))
            pipe.closeWriter()
            isDone.signal()
        }
        let output = String(decoding: readToEnd(pipe.reader), as: UTF8.self)
        isDone.wait()
        let lines = output.split(separator: "\n")
        let whole = lines.filter { $0.hasSuffix(text) }
        let lost = try #require(lines.last?.firstMatch(of: /WARNING (\d+) entries were lost/))
        #expect(whole.count == lines.count - 1)
        #expect(whole.count + (Int(lost.1) ?? 0) == 1_000)
    }

    @Test func aReaderThatIsGoneKillsNobody() async {
        await #expect(processExitsWith: .exitCode(7)) {
            signal(SIGPIPE, SIG_DFL)
            let pipe = try Pipe()
            close(pipe.reader)
            let journal = TerminalJournal(descriptor: pipe.writer)
            for _ in 0..<3 {
                journal.write(JournalEntry(.internalProblem, .info, "nobody reads this"))
                journal.flush(within: .seconds(30))
            }
            exit(7)
        }
    }

    @Test(arguments: [
        (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": ""], true),
        (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "dumb"], false),
    ])
    func coloursOnlyATerminalThatWelcomesThem(variables: [String: String], expected: Bool) throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(terminal >= 0)
        defer { close(terminal) }
        // What unlockpt and ptsname do: TIOCSPTLCK and TIOCGPTN.
        var number: UInt32 = 0
        try #require(ioctl(terminal, 0x4004_5431, &number) == 0)
        try #require(ioctl(terminal, 0x8004_5430, &number) == 0)
        let name = "/dev/pts/\(number)"
        let screen = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(screen >= 0)
        defer { close(screen) }

        #expect(colorIsWelcome(descriptor: screen) { variables[$0] } == expected)
        let journal = TerminalJournal(descriptor: screen) { variables[$0] }
        journal.write(JournalEntry(.internalProblem, .error, "seen"))
        journal.flush(within: .seconds(30))
        var bytes = [UInt8](repeating: 0, count: 1_000)
        let count = bytes.withUnsafeMutableBytes { read(terminal, $0.baseAddress, $0.count) }
        let output = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        #expect(output.hasSuffix(" seen\r\n"))
        #expect(output.contains("\u{1B}[") == expected)
    }

    @Test func aFileGetsNoColour() throws {
        let pipe = try Pipe()
        #expect(!colorIsWelcome(descriptor: pipe.writer) { _ in nil })
        pipe.closeWriter()
    }
}

/// A pipe whose ends are closed at exec.
final class Pipe: Sendable {
    let reader: Int32
    let writer: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SpawnProblem(program: "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reader, writer) = (ends[0], ends[1])
    }

    func closeWriter() {
        close(writer)
    }
}
