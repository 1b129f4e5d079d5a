import ArgumentParser
import Dispatch
import Glibc
import Model
import Sandbox

/// `credwatch-sandbox serve`: creates users with keys and serves until it is told to end.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve STS and IAM on 127.0.0.1 until SIGTERM, SIGINT or the script's exit.",
        discussion: """
            Orders of --script and of POST URL/_sandbox/ORDER?user=NAME (or key=ID): \
            \(Command.verbs.joined(separator: ", ")). \
            Faults, for --fault, --script and POST URL/_sandbox/fault?NAME=VALUE: \
            \(FaultChange.names.joined(separator: ", ")). \
            The admin path wants the header Authorization: Bearer TOKEN. \
            Exit codes: 0 told to end, 1 cannot serve, 64 wrong usage.
            """)

    @Option(help: "The port of 127.0.0.1; 0 picks a free one.")
    var port: UInt16 = 0

    @Option(help: "A user to create with one key; may be given often.")
    var user: [String] = ["app", "app-backup"]

    @Option(help: "The account of the users, 12 digits.")
    var account = Sandbox.standardAccount

    @Option(help: "The region that the written config names.")
    var region = "us-east-1"

    @Option(
        help: ArgumentHelp(
            "Write credentials and config with a profile per user there.", valueName: "directory"))
    var writeFiles: String?

    @Option(
        help: ArgumentHelp(
            "Write URL, token and process id there once it serves.", valueName: "file"))
    var readyFile: String?

    @Option(
        help: ArgumentHelp(
            "Hand a role out, as instance metadata and a container's agent do.", valueName: "role"))
    var handOut: String?

    @Flag(help: "Listen at every address: for a network namespace in which nobody else is.")
    var everywhere = false

    @Option(
        help: "A fault from the start, like latency=200ms; may be given often.",
        transform: { try Self.fault($0) })
    var fault: [FaultChange] = []

    @Option(
        help: "What happens when, like 8s:deactivate:app,20s:exit.",
        transform: { try Self.timeline($0) })
    var script: Timeline?

    @Flag(help: "Print a line for every call.")
    var showCalls = false

    func run() throws {
        let ending = Ending()
        let order = ending.order
        let showCalls = showCalls
        do {
            let sandbox = try Sandbox(
                at: everywhere ? .everywhere : .loopback, port: port,
                onCall: { if showCalls { Self.say($0.line) } })
            for change in fault { try sandbox.perform(.fault(change)) }
            try setUp(sandbox)
            script?.play(on: sandbox, queue: ending.queue, report: Self.say, exit: order)
            ending.wait()
            sandbox.stop()
            Self.say("stopped after \(sandbox.callCount) calls")
        } catch let error as ServiceFault {
            throw ValidationError(error.message)
        } catch {
            throw Failure("credwatch-sandbox: \(error)")
        }
    }

    private func setUp(_ sandbox: Sandbox) throws {
        var profiles: [SharedFiles.Profile] = []
        Self.say("credwatch-sandbox \(credwatchVersion): STS and IAM at \(sandbox.url)")
        for name in user {
            let key = try sandbox.createUser(name, account: account)
            profiles.append(SharedFiles.Profile(name, key))
            Self.say("  user         \(name)  \(key.id)  arn:aws:iam::\(account):user/\(name)")
        }
        if let handOut { try sandbox.handOut(role: handOut, account: account) }
        if let writeFiles {
            let files = SharedFiles(
                profiles: profiles, region: region, endpointURL: sandbox.url)
            let paths = try files.write(to: writeFiles)
            Self.say("  credentials  \(paths.credentials)")
            Self.say("  config       \(paths.config)")
        }
        Self.say("  admin token  \(sandbox.adminToken.reveal())")
        if let readyFile { try sandbox.writeReadyFile(readyFile, processID: getpid()) }
        Self.say("  ready")
    }

    private static func fault(_ text: String) throws -> FaultChange {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        do {
            return try FaultChange(
                name: String(parts[0]), value: parts.count == 2 ? String(parts[1]) : "")
        } catch {
            throw ValidationError(error.description)
        }
    }

    private static func timeline(_ text: String) throws -> Timeline {
        do {
            return try Timeline(parsing: text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// Prints a line at once, also into a pipe.
    @Sendable private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}

/// A failure with a sentence of its own, and exit code 1.
private struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The wait for SIGTERM, SIGINT or an order to end.
private struct Ending {
    let queue = DispatchQueue(label: "credwatch-sandbox")
    private let semaphore = DispatchSemaphore(value: 0)
    private let sources: [any DispatchSourceSignal]

    init() {
        let semaphore = semaphore
        let queue = queue
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { semaphore.signal() }
            source.resume()
            return source
        }
    }

    /// Ends the wait; from any thread.
    var order: @Sendable () -> Void {
        { [semaphore] in semaphore.signal() }
    }

    func wait() {
        semaphore.wait()
    }
}

extension Call {
    /// The call as one line: `14:03:10 sts GetCallerIdentity AKIA… us-east-1 200`.
    fileprivate var line: String {
        let result = errorCode ?? "\(httpStatus)"
        return "\(at.timeOfDay) \(service.rawValue) \(action) \(accessKeyID ?? "-") "
            + "\(region ?? "-") \(result)"
    }
}
