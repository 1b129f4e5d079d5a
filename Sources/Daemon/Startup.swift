import Configuring
import Dispatch
import FailingOver
import Glibc
package import Model
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
package func runDaemon(configurationFile: String, log: JournalTarget) async -> Int32 {
    keepSecretsInMemory()
    let journal = chooseJournal(target: log)
    let service = ServiceManager()
    defer { journal.flush(within: .milliseconds(300)) }

    let inspected = await inspectConfiguration(configurationFile)
    report(inspected.problems, to: journal)
    guard let configuration = inspected.configuration else {
        service.status("the config \(configurationFile) is refused")
        return ExitStatus.badConfiguration
    }
    let store = StateStore(directory: configuration.stateDirectory)
    if let problem = store.lockReturningProblem() {
        // Two daemons on one state would run hooks twice. A directory that is missing or read-only is
        // no such thing: checks go on without a memory.
        if problem.isHeldByAnother {
            journal.write(JournalEntry(.internalProblem, .critical, problem.description))
            return ExitStatus.cannotStart
        }
        journal.write(JournalEntry(.stateFileFailed, .error, problem.description))
    }
    let remembered = load(store, journal)
    let (transport, pipeline) = makePipeline(for: configuration)
    let parts = Parts(
        configurationFile: configurationFile, pipeline: pipeline, transport: transport,
        journal: journal, service: service, store: store, hookRunner: HookRunner(),
        host: hostName(), processID: processID(),
        latenessFile: environmentVariable("CREDWATCH_BENCH_LATENESS"))
    let engine = Engine(parts: parts, configuration: configuration, remembered: remembered)
    await withCheckedContinuation { continuation in
        Task { await engine.start { continuation.resume() } }
    }
    return ExitStatus.stopped
}

/// Makes the thread and the stages that checks of a configuration run through.
func makePipeline(for configuration: Configuration) -> (CurlTransport, CheckPipeline) {
    let transport = CurlTransport(
        options: CurlTransport.Options(caBundle: environmentVariable("AWS_CA_BUNDLE")))
    let resolver = Resolver(overrides: configuration.aws)
    let prober = Prober(transport: transport, clock: SystemClock.wall)
    return (transport, CheckPipeline(resolver: resolver, prober: prober))
}

func report(_ problems: [ConfigurationProblem], to journal: any Journal) {
    for problem in problems {
        let isError = problem.severity == .error
        let kind: EventKind =
            isError
            ? .configRefused : problem.rule == "hook-unusable" ? .hookUnusable : .internalProblem
        journal.write(
            JournalEntry(
                kind, isError ? .error : .warning, problem.description,
                [.init("CREDWATCH_CONFIG", problem.location.description)]))
    }
}

/// Reads what an earlier daemon kept; what cannot be read was set aside, and nothing follows from it.
private func load(_ store: StateStore, _ journal: any Journal) -> RememberedState? {
    switch store.load() {
    case .none: return nil
    case .state(let state): return state
    case .setAside(let problem):
        journal.write(
            JournalEntry(
                .stateFileSetAside, .error,
                "\(problem) The daemon starts without a memory; no failover follows from it."))
        return nil
    }
}

/// Keeps secrets out of core dumps and away from other processes of the same user.
private func keepSecretsInMemory() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
    _ = prctl(PR_SET_DUMPABLE, 0)
}

/// The machine's own name, without its domain.
func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
}

func processID() -> Int32 { getpid() }
