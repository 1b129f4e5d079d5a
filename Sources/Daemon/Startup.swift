import Configuring
import Dispatch
import EventLoops
import FailingOver
import Glibc
import HTTP
import Model
import Obtaining
import Probing
package import Reporting
import Resolving
import Scheduling

/// Exit codes of `credwatch run`.
private enum ExitStatus {
    static let stopped: Int32 = 0
    static let cannotStart: Int32 = 1
    /// `EX_CONFIG` of sysexits.h; a unit should not restart on it.
    static let badConfiguration: Int32 = 78
}

/// Runs the daemon until a signal stops it; returns the exit code.
package func runDaemon(configurationFile: String, log: JournalTarget) -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    // What does not mean to end the daemon shall not do so; a start that hangs can still be ended.
    SignalWatch.hold([.reload, .checkNow])
    let journal = chooseJournal(target: log)
    let service = ServiceManager()
    defer {
        journal.flush(within: .milliseconds(300))
        service.flush(within: .milliseconds(100))
    }

    let looked = runBlocking { await inspectConfiguration(configurationFile) }
    guard let inspected = looked else { return cannotStart("There is no thread left.", journal) }
    report(inspected.problems, to: journal)
    guard let configuration = inspected.configuration else {
        service.status("the config \(configurationFile) is refused")
        return ExitStatus.badConfiguration
    }
    if let reason = DescriptorLimit.raise(forChecks: configuration.inFlightLimit) {
        return cannotStart(reason, journal)
    }
    // Without its memory the daemon might run a hook that has run already, so it does not start.
    let store: StateStore
    let remembered: RememberedState?
    do {
        store = try StateStore(directory: configuration.stateDirectory)
        remembered = recall(try store.load(now: SystemClock.wall()), journal)
    } catch {
        return cannotStart(error.description, journal)
    }
    // What a crash left half written, beside the files that are replaced as a whole.
    let now = SystemClock.wall()
    for file in [configuration.statusFile, configuration.metricsFile, configuration.pageFile]
        .compactMap(\.self)
    {
        StatusFile(path: file).removeLeftovers(before: now)
    }
    let transport: CurlTransport
    do {
        transport = try makeTransport(for: configuration)
    } catch {
        return cannotStart(error.reason, journal)
    }
    let parts = Parts(
        configurationFile: configurationFile, transport: transport, journal: journal,
        service: service, store: store, hookRunner: HookRunner(),
        obtainer: Obtainer(transport: transport),
        host: hostName(), processID: processID(),
        latenessFile: environmentVariable("CREDWATCH_BENCH_LATENESS"))
    let engine = Engine(
        parts: parts, configuration: configuration, remembered: remembered,
        histories: recallHistory(store, journal), switches: recallSwitches(store, journal))
    let stopped = DispatchSemaphore(value: 0)
    SignalWatch.hold([.terminate, .interrupt])
    engine.queue.async { engine.assumeIsolated { $0.start { stopped.signal() } } }
    stopped.wait()
    return ExitStatus.stopped
}

/// Starts the thread that checks run on, with a connection for each check that may run at the same time.
func makeTransport(
    for configuration: Configuration, measuringPhases: Bool = false
) throws(TransportFailure) -> CurlTransport {
    let bundle = environmentVariable("AWS_CA_BUNDLE")
    return try CurlTransport(
        CurlOptions(
            caBundle: bundle?.isEmpty == true ? nil : bundle,
            idleConnections: max(64, configuration.inFlightLimit + 8),
            measuresPhases: measuringPhases))
}

/// Makes the stages that the checks of a configuration go through.
func makePipeline(
    for configuration: Configuration, _ transport: any Transport, _ obtainer: Obtainer,
    remembering memory: CanaryMemory = CanaryMemory(), keeping proven: ProvenCredentials? = nil
) -> CheckPipeline {
    let resolver = Resolver(environment: .current(), overrides: configuration.aws)
    let prober = Prober(transport: transport, clock: SystemClock.wall)
    return CheckPipeline(
        resolver: resolver, obtainer: obtainer, prober: prober,
        canaries: CanaryRunner(
            configuration.profiles, SecondIdentities(resolver, obtainer, prober, transport),
            transport, remembering: memory),
        proven: proven)
}

func report(_ problems: [ConfigurationProblem], to journal: any Journal) {
    for problem in problems where problem.rule != tokenUnusable {
        let isError = problem.severity == .error
        let kind: EventKind =
            isError
            ? .configRefused
            : problem.rule == "hook-unusable"
                ? .hookUnusable
                : problem.rule == "switch-unusable"
                    ? .switchFailed
                    : problem.rule == "unknown-user" ? .credentialsUnserved : .internalProblem
        journal.write(
            JournalEntry(
                kind, isError ? .error : .warning, problem.description,
                [.init("CREDWATCH_CONFIG", problem.location.description)]))
    }
}

/// Takes what an earlier daemon kept; nothing follows from a file that could not be read.
private func recall(_ loaded: LoadedState, _ journal: any Journal) -> RememberedState? {
    switch loaded {
    case .nothing: return nil
    case .remembered(let state): return state
    case .setAside(let path, let newPath, let reason):
        journal.write(
            JournalEntry(
                .stateFileSetAside, .error,
                "The state file \(path) is not usable (\(reason)) and is now \(newPath). The daemon starts without a memory; no failover follows from it."
            ))
        return nil
    }
}

private func cannotStart(_ reason: String, _ journal: any Journal) -> Int32 {
    journal.write(
        JournalEntry(.internalProblem, .critical, "credwatch cannot start. \(reason)"))
    return ExitStatus.cannotStart
}

/// The machine's own name, without its domain.
func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
}

func processID() -> Int32 { getpid() }
