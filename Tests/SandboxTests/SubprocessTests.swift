import Glibc
import Support
import Testing

@Suite struct SubprocessTests {
    @Test(arguments: [
        ("exit 7", Subprocess.Ending.exited(7)), ("kill -TERM $$", .signaled(SIGTERM)),
        ("true", .exited(0)),
    ])
    func tellsHowAProgramEnded(script: String, ending: Subprocess.Ending) async throws {
        #expect(try await Subprocess.run("/bin/sh", ["-c", script]).ending == ending)
    }

    @Test func keepsTheStreamsApart() async throws {
        let outcome = try await Subprocess.run(
            "sh", ["-c", "echo out; echo err >&2; echo $NAME"], environment: ["NAME": "value"])
        #expect(outcome.outputText == "out\nvalue\n")
        #expect(outcome.errorText == "err\n")
    }

    @Test func feedsMoreInputThanAPipeHolds() async throws {
        let input = [UInt8](repeating: 0x61, count: 1_000_000)
        let outcome = try await Subprocess.run("cat", input: input)
        #expect(outcome.standardOutput == input)
    }

    @Test func survivesAProgramThatDoesNotRead() async throws {
        let input = [UInt8](repeating: 0x61, count: 1_000_000)
        #expect(try await Subprocess.run("true", input: input).ending == .exited(0))
    }

    @Test func killsTheWholeGroupWhenTimeIsOver() async throws {
        let start = ContinuousClock.now
        let outcome = try await Subprocess.run(
            "sh", ["-c", "sleep 1000 & sleep 1000"], timeLimit: .milliseconds(50))
        #expect(outcome.ending == .timedOut)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func doesNotWaitForWhatAProgramLeavesBehind() async throws {
        let outcome = try await Subprocess.run("sh", ["-c", "sleep 3 & echo done"])
        #expect(outcome.ending == .exited(0))
        #expect(outcome.outputText == "done\n")
    }

    @Test func waitsForTextAndSignals() async throws {
        let process = try Subprocess("sh", ["-c", "echo ready; exec sleep 1000"])
        #expect(await process.hasWritten("ready"))
        process.send(signal: SIGTERM)
        #expect(await process.outcome().ending == .signaled(SIGTERM))
        #expect(await process.hasWritten("never") == false)
        process.send(signal: SIGTERM)
    }

    @Test func saysThatAProgramIsMissing() async {
        await #expect(throws: Subprocess.NotStarted.self) {
            try await Subprocess.run("/nonexistent/program")
        }
    }
}
