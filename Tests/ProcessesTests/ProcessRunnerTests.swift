import Glibc
import Model
import Synchronization
import Testing

@testable import Processes

@Suite struct ProcessRunnerTests {
    private let runner = ProcessRunner()

    @Test(arguments: [0, 1, 42, 255], [true, false])
    func theExitCodeIsTold(code: Int, usesPidfd: Bool) async throws {
        let runner = ProcessRunner(usesPidfd: usesPidfd)
        let completion = await runner.run(shell("exit \(code)"))
        #expect(completion.outcome == .exited(code: code))
        #expect(completion.finishedAt.moment >= completion.startedAt.moment)
        // Reaped: there is no such child any more.
        let pid = try #require(completion.pid)
        #expect(waitpid(pid, nil, WNOHANG) == -1)
        #expect(errno == ECHILD)
    }

    @Test(arguments: [SIGTERM, SIGKILL, SIGSEGV, SIGPIPE])
    func theSignalThatKilledIsTold(signal: Int32) async {
        let completion = await runner.run(shell("kill -\(signal) $$"))
        #expect(completion.outcome == .killed(signal: Int(signal)))
    }

    @Test func bothStreamsAreCapturedAndToldByLine() async {
        let lines = Mutex<[OutputLine]>([])
        let command = shell("echo out; echo err >&2; printf rest")
        let completion = await runner.run(
            command, onOutputLine: { line in lines.withLock { $0.append(line) } })
        #expect(completion.standardOutput.text == "out\nrest")
        #expect(completion.standardError.text == "err\n")
        let found = lines.withLock { $0 }
        #expect(found.filter { $0.stream == .standardOutput }.map(\.text) == ["out", "rest"])
        #expect(found.filter { $0.stream == .standardError }.map(\.text) == ["err"])
    }

    @Test func hugeOutputIsReadToItsEndAndBounded() async {
        let script = "head -c 20000000 /dev/zero; head -c 3000000 /dev/zero >&2; exit 3"
        let completion = await runner.run(shell(script))
        #expect(completion.outcome == .exited(code: 3))
        #expect(completion.standardOutput.total == 20_000_000)
        #expect(completion.standardOutput.bytes.count == 65_536)
        #expect(completion.standardError.total == 3_000_000)
    }

    @Test func theStartIsToldWhileTheProgramRuns() async {
        let started = Mutex<(pid: Int32, wasAlive: Bool, at: Instant)?>(nil)
        let completion = await runner.run(shell("read line; exit 0")) { pid, instant in
            started.withLock { $0 = (pid, ProcessStat(pid) != nil, instant) }
        }
        let found = started.withLock { $0 }
        #expect(found?.pid == completion.pid)
        #expect(found?.wasAlive == true)
        #expect(found?.at == completion.startedAt)
    }

    @Test(arguments: [true, false])
    func theTimeLimitEndsTheProgram(usesPidfd: Bool) async {
        let runner = ProcessRunner(usesPidfd: usesPidfd)
        let completion = await runner.run(
            shell("echo begun; exec sleep 600", timeLimit: .milliseconds(200)))
        #expect(completion.outcome == .timedOut)
        #expect(completion.standardOutput.text == "begun\n")
        #expect(completion.duration >= .milliseconds(200))
        #expect(completion.duration < .seconds(20))
    }

    @Test func theTimeLimitGivesTheGroupAChanceToCleanUp() async {
        let script = "trap 'echo cleaned; exit 9' TERM; echo ready; sleep 600 & wait"
        let completion = await runner.run(shell(script, timeLimit: .milliseconds(500)))
        #expect(completion.outcome == .timedOut)
        #expect(completion.standardOutput.text == "ready\ncleaned\n")
    }

    /// A leader and two descendants that all ignore SIGTERM, with their numbers written out.
    private let stubborn = """
        trap '' TERM
        sh -c 'trap "" TERM; echo $$; while :; do sleep 600; done' &
        sh -c 'trap "" TERM; sh -c "echo \\$\\$; exec sleep 600" & wait' &
        echo $$
        while :; do sleep 600; done
        """

    @Test func aGroupThatIgnoresSIGTERMIsKilledAsAWhole() async {
        let completion = await runner.run(
            shell(stubborn, timeLimit: .seconds(2), grace: .milliseconds(100)))
        #expect(completion.outcome == .timedOut)
        let members = numbers(completion.standardOutput)
        #expect(members.count == 3)
        #expect(members.allSatisfy { !isAlive($0) })
    }

    @Test(arguments: ["", ">/dev/null 2>&1"])
    func whatTheLeaderLeavesBehindIsEnded(redirection: String) async {
        let script = "sleep 600 \(redirection) & echo $!; exit 0"
        let completion = await runner.run(shell(script))
        #expect(completion.outcome == .exited(code: 0))
        let members = numbers(completion.standardOutput)
        #expect(members.count == 1)
        #expect(members.allSatisfy { !isAlive($0) })
    }

    @Test func aStubbornRestIsKilledAfterTheGrace() async {
        let script = "sh -c 'trap \"\" TERM; echo $$; exec sleep 600' & read x; exit 4"
        let completion = await runner.run(
            shell("\(script)", input: [0x0A], grace: .milliseconds(100)))
        #expect(completion.outcome == .exited(code: 4))
        #expect(numbers(completion.standardOutput).allSatisfy { !isAlive($0) })
    }

    @Test func outputHeldOpenFromOutsideTheGroupIsNotWaitedFor() async throws {
        let completion = await runner.run(
            shell("setsid sh -c 'echo $$; exec sleep 600' & sleep 0.3; exit 5"))
        #expect(completion.outcome == .exited(code: 5))
        let outsider = try #require(numbers(completion.standardOutput).first)
        #expect(isAlive(outsider))
        kill(outsider, SIGKILL)
    }

    @Test func aStoppedProgramIsEndedToo() async {
        let completion = await runner.run(
            shell("kill -STOP $$; sleep 600", timeLimit: .milliseconds(200)))
        #expect(completion.outcome == .timedOut)
    }

    @Test func cancellingTheTaskEndsTheGroup() async {
        let runner = runner
        let (started, signal) = AsyncStream<Int32>.makeStream()
        let task = Task {
            await runner.run(shell("exec sleep 600")) { pid, _ in signal.yield(pid) }
        }
        var pids = started.makeAsyncIterator()
        let pid = await pids.next()
        task.cancel()
        let completion = await task.value
        #expect(completion.outcome == .interrupted)
        #expect(completion.pid == pid)
        #expect(pid.map(isAlive) == false)
    }

    @Test func aTaskThatIsCancelledBeforeStartsNothing() async {
        let runner = runner
        let completion = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await runner.run(shell("sleep 600"))
        }.value
        #expect(completion.outcome == .interrupted)
    }

    @Test func terminatingAllEndsAllAndStartsNothingMore() async {
        let runner = runner
        let (started, signal) = AsyncStream<Int32>.makeStream()
        let stubborn = stubborn
        async let outcomes = withTaskGroup(of: Completion.self) { group in
            for script in ["exec sleep 600", stubborn, "trap '' TERM; exec sleep 600"] {
                group.addTask {
                    await runner.run(shell(script)) { pid, _ in signal.yield(pid) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var pids = started.makeAsyncIterator()
        for _ in 0..<3 { _ = await pids.next() }
        await runner.terminateAll(grace: .milliseconds(200))
        let completions = await outcomes
        #expect(completions.map(\.outcome) == [.interrupted, .interrupted, .interrupted])
        #expect(completions.compactMap(\.pid).allSatisfy { !isAlive($0) })
        #expect(await runner.run(shell("exit 0")).outcome == .notStarted(.stopping))
    }

    @Test func aHundredAtOnceComeToTheirOwnEnds() async {
        let runner = runner
        let outcomes = await withTaskGroup(of: (Int, Completion).self) { group in
            for number in 0..<100 {
                group.addTask {
                    (number, await runner.run(shell("cat; exit \(number)", input: [0x61])))
                }
            }
            return await group.reduce(into: [Int: Completion]()) { $0[$1.0] = $1.1 }
        }
        for (number, completion) in outcomes {
            #expect(completion.outcome == .exited(code: number))
            #expect(completion.standardOutput.text == "a")
        }
        #expect(outcomes.count == 100)
    }

    @Test func aStatusThatSomebodyElseTookIsToldAsLost() async {
        let completion = await runner.run(shell("exit 6")) { pid, _ in
            // The callback comes before the runner looks for the end.
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        #expect(completion.outcome == .statusLost)
    }
}
