import CDescriptors
import Dispatch
import Glibc
import Synchronization

/// A program that a test runs: its output is kept, and it is killed when its time is over.
///
/// The program leads a process group of its own, which is killed as a whole.
package final class Subprocess: Sendable {
    /// How a program ended.
    package enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signaled(Int32)
        /// The time limit ran out and it was killed.
        case timedOut
    }

    /// What a program left behind.
    package struct Outcome: Sendable, Hashable {
        package var ending: Ending
        package var standardOutput: [UInt8]
        package var standardError: [UInt8]

        package var outputText: String { String(decoding: standardOutput, as: UTF8.self) }
        package var errorText: String { String(decoding: standardError, as: UTF8.self) }
    }

    /// A program that could not be started, with the reason.
    package struct NotStarted: Error, CustomStringConvertible {
        package let description: String
    }

    package let processID: Int32
    private let state = Mutex(State())

    private struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var ending: Ending?
        /// True once the id of the process may belong to another.
        var isReaped = false
        var endWaiters: [CheckedContinuation<Void, Never>] = []
        var textWaiters: [(text: [UInt8], continuation: CheckedContinuation<Bool, Never>)] = []
    }

    /// Each stream keeps so many bytes; what comes after them is read and thrown away.
    package static let outputLimit = 4_194_304

    /// Starts a program, found in PATH when its name has no slash; `environment` is all it gets.
    package init(
        _ program: String, _ arguments: [String] = [],
        environment: [String: String] = Subprocess.inheritedEnvironment, input: [UInt8] = [],
        timeLimit: Duration = .seconds(60)
    ) throws(NotStarted) {
        let pipes = try Pipes()
        do {
            processID = try spawn(program, [program] + arguments, environment, pipes)
        } catch {
            pipes.closeChildEnds()
            pipes.closeAll()
            throw error
        }
        pipes.closeChildEnds()
        let deadline = ContinuousClock.now + timeLimit
        DispatchQueue(label: "subprocess").async { [self] in
            pump(pipes, input: input, deadline: deadline)
        }
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String] = [],
        environment: [String: String] = Subprocess.inheritedEnvironment, input: [UInt8] = [],
        timeLimit: Duration = .seconds(60)
    ) async throws(NotStarted) -> Outcome {
        try await Subprocess(
            program, arguments, environment: environment, input: input, timeLimit: timeLimit
        ).outcome()
    }

    /// Waits for the end.
    package func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.ending == nil { state.endWaiters.append(continuation) }
                return state.ending != nil
            }
            if isOver { continuation.resume() }
        }
        return state.withLock { state in
            Outcome(
                ending: state.ending ?? .timedOut, standardOutput: state.output,
                standardError: state.errors)
        }
    }

    /// Waits until a text stands in standard output or standard error; false when the program ends
    /// without it.
    package func hasWritten(_ text: String) async -> Bool {
        let text = Array(text.utf8)
        return await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                if contains(state.output, text) || contains(state.errors, text) { return true }
                if state.ending != nil { return false }
                state.textWaiters.append((text, continuation))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// What stands in standard error so far.
    package var errorsSoFar: String {
        state.withLock { String(decoding: $0.errors, as: UTF8.self) }
    }

    /// Sends a signal to the program, unless it has ended.
    package func send(signal number: Int32) {
        state.withLock { state in
            if !state.isReaped { kill(processID, number) }
        }
    }

    /// The environment of the test's own process.
    package static var inheritedEnvironment: [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return result
    }

    /// Moves bytes until the program has ended; the output is read without waiting for its end of
    /// file, which a process that the program left behind could hold open.
    private func pump(_ pipes: Pipes, input: [UInt8], deadline: ContinuousClock.Instant) {
        var rest = input[...]
        var pipes = pipes
        if rest.isEmpty { pipes.closeInput() }
        var isTimedOut = false
        while true {
            pipes.wait(milliseconds: 10)
            pipes.write(&rest)
            if !isTimedOut, ContinuousClock.now >= deadline {
                isTimedOut = true
                kill(-processID, SIGKILL)
            }
            let ending = reap(isTimedOut: isTimedOut)
            collect(pipes)
            if let ending {
                pipes.closeAll()
                return finish(ending)
            }
        }
    }

    private func reap(isTimedOut: Bool) -> Ending? {
        state.withLock { state in
            var status: Int32 = 0
            guard waitpid(processID, &status, WNOHANG) == processID else { return nil }
            state.isReaped = true
            if isTimedOut { return .timedOut }
            let signal = status & 0x7F
            return signal == 0 ? .exited(status >> 8 & 0xFF) : .signaled(signal)
        }
    }

    private func collect(_ pipes: Pipes) {
        let output = pipes.read(pipes.output.ours)
        let errors = pipes.read(pipes.errors.ours)
        guard !output.isEmpty || !errors.isEmpty else { return }
        let found = state.withLock { state in
            state.output += output.prefix(Self.outputLimit - state.output.count)
            state.errors += errors.prefix(Self.outputLimit - state.errors.count)
            let (output, errors) = (state.output, state.errors)
            let found = state.textWaiters.filter {
                contains(output, $0.text) || contains(errors, $0.text)
            }
            state.textWaiters.removeAll {
                contains(output, $0.text) || contains(errors, $0.text)
            }
            return found
        }
        for waiter in found { waiter.continuation.resume(returning: true) }
    }

    private func finish(_ ending: Ending) {
        let (ends, texts) = state.withLock { state in
            state.ending = ending
            defer {
                state.endWaiters = []
                state.textWaiters = []
            }
            return (state.endWaiters, state.textWaiters)
        }
        for waiter in ends { waiter.resume() }
        for waiter in texts { waiter.continuation.resume(returning: false) }
    }
}

private func contains(_ bytes: [UInt8], _ text: [UInt8]) -> Bool {
    guard let first = text.first else { return true }
    return bytes.indices.contains {
        bytes[$0] == first && bytes[$0...].starts(with: text)
    }
}
