import CLinux
import EventLoops
import Glibc
import Model

/// One run of a command, from its start until nothing of its process group is left.
///
/// It lives on an event loop of its own, so that a child that hangs holds up no other. The leader is reaped
/// only when no more signals will be sent, so none of them can hit a process that got its number.
actor ChildProcess {
    /// What is being waited for; the order is the order of time.
    private enum Phase {
        case waiting
        /// For the leader's end, until the time limit.
        case running
        /// For the group's end after SIGTERM, until the grace is over.
        case terminating
        /// For the group's end after SIGKILL; only a process stuck inside the kernel outlives it.
        case killed
        /// For the end of the output, which somebody outside the group may hold open.
        case draining
        case done
    }

    /// How long output that is held open from outside the group is waited for.
    static let drainLimit = Duration.milliseconds(500)
    /// How long a group is waited for after SIGKILL.
    static let killLimit = Duration.seconds(2)
    /// How often is looked for what no event tells: members of the group, and without pidfd the leader.
    static let pollInterval = Duration.milliseconds(20)

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private let command: Command
    private let usesPidfd: Bool
    private let onStart: (@Sendable (Int32, Instant) -> Void)?
    private let onOutputLine: (@Sendable (OutputLine) -> Void)?

    private var phase = Phase.waiting
    private var group: ProcessGroup?
    private var startedAt = Instant.now()
    /// How the leader ended, and when; nil while it runs.
    private var end: (outcome: Outcome, at: Instant)?
    /// Why this side ended the group; beats the leader's own outcome.
    private var reason: Outcome?
    private var outputs: [OutputReader] = []
    private var exitDescriptor: Int32?
    private var timer: UInt64?
    private var timerFires = ContinuousClock.now
    private var poll: UInt64?
    private var continuation: CheckedContinuation<Completion, Never>?
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(
        _ command: Command, loop: EventLoop, usesPidfd: Bool,
        onStart: (@Sendable (Int32, Instant) -> Void)?,
        onOutputLine: (@Sendable (OutputLine) -> Void)?
    ) {
        self.command = command
        self.usesPidfd = usesPidfd
        self.onStart = onStart
        self.onOutputLine = onOutputLine
        self.loop = loop
    }

    /// Runs the command to its end; to be called once.
    func run() async -> Completion {
        await withCheckedContinuation { continuation in
            self.continuation = continuation
            start()
        }
    }

    /// Waits until the run is over.
    func waitUntilDone() async {
        guard phase != .done else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    /// Ends the process group: SIGTERM now, SIGKILL after the grace.
    func interrupt(grace: Duration) {
        switch phase {
        case .waiting:
            reason = .interrupted
        case .running:
            reason = .interrupted
            terminate(grace: grace)
        case .terminating where .now + grace < timerFires:
            setTimer(grace)
        case .terminating, .killed, .draining, .done:
            break
        }
    }

    private func start() {
        guard reason == nil else { return finish() }
        do throws(StartFailure) {
            let spawned = try spawn(command)
            startedAt = .now()
            group = ProcessGroup(leader: spawned.pid)
            phase = .running
            outputs = [
                reader(0, spawned.standardOutput, .standardOutput),
                reader(1, spawned.standardError, .standardError),
            ]
            setTimer(command.timeLimit)
            watchLeader(spawned.pid)
            onStart?(spawned.pid, startedAt)
        } catch {
            startedAt = .now()
            reason = .notStarted(error)
            finish()
        }
    }

    // MARK: Events

    private func timerFired() {
        switch phase {
        case .running:
            // It may have ended in time, with the event of that still to come.
            checkLeader()
            guard end == nil else { return }
            reason = .timedOut
            terminate(grace: command.grace)
        case .terminating:
            phase = .killed
            group?.signal(SIGKILL)
            setTimer(Self.killLimit)
        case .killed, .draining:
            finish()
        case .waiting, .done:
            break
        }
    }

    private func read(_ index: Int) {
        report(outputs[index].read())
        if command.endsAtOutputLimit, index == 0, phase == .running, outputs[0].isTruncated {
            reason = .interrupted
            terminate(grace: command.grace)
        }
        if outputs[index].isAtEnd { settle() }
    }

    private func report(_ lines: [OutputLine]) {
        guard let onOutputLine else { return }
        lines.forEach(onOutputLine)
    }

    private func checkLeader() {
        guard end == nil, let outcome = group?.leaderOutcome() else { return }
        end = (outcome, .now())
        if let exitDescriptor {
            loop.unwatch(exitDescriptor)
            close(exitDescriptor)
        }
        exitDescriptor = nil
        if phase == .done {
            // It was given up before; nobody waits for its outcome any more.
            group?.reap()
            stopPolling()
        } else {
            settle()
        }
    }

    /// Takes the next step after the leader's end: end what is left of the group, then of the output.
    private func settle() {
        guard end != nil, phase != .done else { return }
        if let group, group.hasOtherMembers() {
            if phase == .running { terminate(grace: command.grace) }
            startPolling()
        } else if outputs.contains(where: { !$0.isAtEnd }) {
            stopPolling()
            guard phase != .draining else { return }
            phase = .draining
            setTimer(Self.drainLimit)
        } else {
            finish()
        }
    }

    private func terminate(grace: Duration) {
        phase = .terminating
        group?.signal(SIGTERM)
        // A stopped process would not see SIGTERM before it continues.
        group?.signal(SIGCONT)
        setTimer(grace)
    }

    private func finish() {
        guard phase != .done else { return }
        phase = .done
        if let timer { loop.cancel(timer: timer) }
        timer = nil
        for index in outputs.indices { report(outputs[index].stop()) }
        if end != nil || group == nil {
            stopPolling()
            group?.reap()
        }
        let outcome = reason ?? end?.outcome ?? .statusLost
        continuation?.resume(
            returning: Completion(
                outcome: outcome, pid: group?.leader, startedAt: startedAt,
                finishedAt: end?.at ?? .now(),
                standardOutput: outputs.first?.captured ?? CapturedOutput(),
                standardError: outputs.last?.captured ?? CapturedOutput()))
        continuation = nil
        waiters.forEach { $0.resume() }
        waiters = []
    }

    // MARK: Sources of events

    private func reader(_ index: Int, _ descriptor: Int32, _ stream: OutputStream) -> OutputReader {
        let buffer = OutputBuffer(stream, limit: command.outputLimit)
        return OutputReader(descriptor, buffer, loop: loop) { [self] in
            assumeIsolated { $0.read(index) }
        }
    }

    private func watchLeader(_ pid: pid_t) {
        let descriptor = usesPidfd ? credwatch_pidfd_open(pid) : -1
        // Without pidfd (a kernel before 5.3, a seccomp filter) the leader is looked at regularly.
        guard descriptor >= 0 else { return startPolling() }
        exitDescriptor = descriptor
        loop.watch(descriptor) { [self] in assumeIsolated { $0.checkLeader() } }
    }

    private func setTimer(_ duration: Duration) {
        if let timer { loop.cancel(timer: timer) }
        timerFires = .now + duration
        timer = loop.after(duration) { [self] in assumeIsolated { $0.timerFired() } }
    }

    private func startPolling() {
        guard poll == nil else { return }
        poll = loop.after(Self.pollInterval) { [self] in assumeIsolated { $0.pollAgain() } }
    }

    private func pollAgain() {
        poll = nil
        // Before the look, which may find that it was the last one.
        startPolling()
        if end == nil { checkLeader() } else { settle() }
    }

    private func stopPolling() {
        if let poll { loop.cancel(timer: poll) }
        poll = nil
    }
}
