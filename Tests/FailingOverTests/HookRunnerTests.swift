import FoundationEssentials
import Glibc
import Model
import Synchronization
import Testing

@testable import FailingOver

@Suite struct HookRunnerTests {
    private let runner = HookRunner(grace: .milliseconds(200))

    private func run(
        message: String = "The key is gone.", event: HookEvent = .failover
    ) -> HookRun {
        HookRun(
            event: event, group: "app", from: "app", to: "app-backup", cause: .keyNotRecognized,
            message: message, incident: "3f1c2d4e-5a6b-7c8d-9e0f-112233445566", attempt: 2)
    }

    private func start(
        _ script: String, _ run: HookRun? = nil, timeout: Duration = .seconds(30)
    ) async throws -> HookReport {
        let hook = HookConfiguration(command: ["/bin/sh", "-c", script], timeout: timeout)
        return await runner.run(
            run ?? self.run(), hook: hook, statusFile: "/run/credwatch/status.json")
    }

    @Test func theEnvironmentIsExactlyWhatTheContractSays() async {
        let hook = HookConfiguration(command: ["/usr/bin/env"])
        let outcome = await runner.run(
            run(message: "It's \"gone\"."), hook: hook, statusFile: "/run/credwatch/status.json")
        #expect(
            outcome.lines.map(\.text) == [
                "CREDWATCH_ATTEMPT=2", "CREDWATCH_CAUSE=key_not_recognized",
                "CREDWATCH_DRILL=0",
                "CREDWATCH_EVENT=failover", "CREDWATCH_FROM=app", "CREDWATCH_GROUP=app",
                "CREDWATCH_INCIDENT=3f1c2d4e-5a6b-7c8d-9e0f-112233445566",
                "CREDWATCH_MESSAGE=It's \"gone\".",
                "CREDWATCH_STATUS_FILE=/run/credwatch/status.json", "CREDWATCH_TO=app-backup",
                "LANG=C.UTF-8",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ])
        #expect(outcome.result.isSuccess)
    }

    @Test func aHookCanTellADrill() async throws {
        var drill = run()
        drill.isDrill = true
        let outcome = try await start("echo $CREDWATCH_DRILL; cat", drill)
        #expect(outcome.lines.first?.text == "1")
        #expect(outcome.lines.last?.text.contains(#""drill":true"#) == true)
    }

    @Test func theSameIsJSONOnStandardInput() async throws {
        struct Input: Decodable, Equatable {
            var schema, event, group, from, to, cause, message, incident, statusFile: String
            var attempt: Int
            var drill: Bool
        }
        let directory = try TemporaryDirectory()
        let outcome = try await start(
            "cat > \(directory.path)/input", run(message: "a\n\"b\" \\ é"))
        #expect(outcome.result == .exited(code: 0))
        let bytes = try #require(directory.read("input"))
        #expect(bytes.last == 0x0A)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(
            try decoder.decode(Input.self, from: Data(bytes))
                == Input(
                    schema: "credwatch-hook/1", event: "failover", group: "app", from: "app",
                    to: "app-backup", cause: "key_not_recognized", message: "a\\n\"b\" \\ é",
                    incident: "3f1c2d4e-5a6b-7c8d-9e0f-112233445566",
                    statusFile: "/run/credwatch/status.json", attempt: 2, drill: false))
    }

    @Test(arguments: HookEvent.allCases)
    func everyEventHasItsName(event: HookEvent) async throws {
        let outcome = try await start("echo $CREDWATCH_EVENT", run(event: event))
        #expect(outcome.lines.map(\.text) == [event.rawValue])
    }

    @Test func aMessageThatCannotBeAVariableIsMadeOne() async throws {
        let message = "a\0b " + String(repeating: "long ", count: 100_000)
        let outcome = try await start("echo ${#CREDWATCH_MESSAGE}", run(message: message))
        #expect(outcome.result == .exited(code: 0))
        #expect(outcome.lines.first.flatMap { Int($0.text) }.map { $0 < 20_000 } == true)
    }

    @Test func noSecretOfAMessageReachesTheHook() async throws {
        let message = "denied for wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        let directory = try TemporaryDirectory()
        _ = try await start("(env; cat) > \(directory.path)/all", run(message: message))
        let all = String(decoding: try #require(directory.read("all")), as: UTF8.self)
        #expect(all.contains("denied for <redacted>"))
        #expect(!all.contains("wJalr"))
    }

    @Test(arguments: [
        ("exit 0", HookResult.exited(code: 0)), ("exit 3", .exited(code: 3)),
        ("kill -KILL $$", .killed(signal: 9)),
    ])
    func theEndIsTold(script: String, result: HookResult) async throws {
        let outcome = try await start(script)
        #expect(outcome.result == result)
        #expect(outcome.pid != nil)
        #expect(outcome.duration > .zero)
    }

    @Test func aHookThatDoesNotEndIsEndedAtItsTimeLimit() async throws {
        let outcome = try await start(
            "trap '' TERM; sleep 600 & sleep 600", timeout: .milliseconds(200))
        #expect(outcome.result == .timedOut)
        #expect(outcome.duration < .seconds(20))
    }

    @Test func aHookThatCannotBeStartedSaysWhy() async {
        let hook = HookConfiguration(command: ["/nonexistent/switch"])
        let outcome = await runner.run(run(), hook: hook, statusFile: "/s")
        #expect(
            outcome.result == .notStarted("/nonexistent/switch: No such file or directory"))
        #expect(outcome.pid == nil)
        #expect(outcome.lines == [])
    }

    @Test func outputIsFilteredAndBounded() async throws {
        let outcome = try await start(
            "i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done; echo secret=abc >&2")
        #expect(outcome.lines.count == HookRunner.mostLines + 1)
        #expect(outcome.isOutputCut)
        #expect(outcome.bytesWritten > 2_000)
        #expect(outcome.lines.contains(HookOutputLine(stream: "stderr", text: "secret=<redacted>")))
    }

    @Test func linesAreToldAsTheyArrive() async throws {
        let (lines, signal) = AsyncStream<HookOutputLine>.makeStream()
        let hook = HookConfiguration(command: ["/bin/sh", "-c", "echo one; sleep 600"])
        let runner = runner
        let run = run()
        let task = Task {
            await runner.run(
                run, hook: hook, statusFile: "/s", onOutputLine: { signal.yield($0) })
        }
        var arrived = lines.makeAsyncIterator()
        // The hook still runs, so the line cannot come from its end.
        #expect(await arrived.next() == HookOutputLine(stream: "stdout", text: "one"))
        task.cancel()
        let outcome = await task.value
        #expect(outcome.result == .interrupted)
        #expect(!outcome.isOutputCut)
    }

    @Test func hooksAreEndedWhenTheDaemonStops() async {
        let runner = runner
        let run = run()
        let (started, signal) = AsyncStream<Int32>.makeStream()
        async let outcome = runner.run(
            run, hook: HookConfiguration(command: ["/bin/sleep", "600"]), statusFile: "/s",
            onStart: { pid, _ in signal.yield(pid) })
        var pids = started.makeAsyncIterator()
        let pid = await pids.next()
        await runner.terminateAll(grace: .seconds(1))
        #expect(await outcome.result == .interrupted)
        #expect(await outcome.pid == pid)
        let late = await runner.run(
            run, hook: HookConfiguration(command: ["/bin/true"]), statusFile: "/s")
        #expect(late.result == .notStarted("everything is being stopped"))
    }
}
