import ArgumentParser
import Daemon
import EventLoops
import Glibc
import Model
import Reporting
import Scheduling

/// `credwatch credentials`: what an application would use, for another program.
///
/// The only command that prints a secret.
struct CredentialsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "Print the credentials of a profile or a group, for another program.",
        discussion: """
            Resolves the credentials as an AWS SDK would, and prints them in the form of \
            credential_process. Without --profile: what an application would use that names no profile. \
            Whether AWS accepts them is not asked. Nothing is printed to a terminal without --show.

            With --group: the proven credentials of the profile that a failover group uses now, from the \
            daemon, for users that `serve` of the group names. While the daemon is down, those of the \
            profile that it used last, found with the caller's own rights.

            EXIT CODES
              0 printed, 1 a configured source failed, or the daemon hands nothing out, 4 no source is
              configured
              64 wrong usage, 78 config refused
            For 1 and 4, one line on standard error names profile, source and reason, and nothing is printed.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The profile.", discussion: "Default: none is named", valueName: "name"))
    var profile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The failover group.", discussion: "Default: none, it is about a profile",
            valueName: "name"))
    var group: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The daemon's socket for --group.",
            discussion:
                "Default: credentials.sock beside the control socket of --config, else in /run/credwatch",
            valueName: "path"))
    var socket: String?

    @Flag(name: .long, help: "Print to a terminal too. Default: refuse to")
    var show = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The time limit of each request and program.", discussion: "Default: 60s",
            valueName: "duration"))
    var timeout: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A config whose profiles may be named too.",
            discussion: "Default: none; \(Configuration.defaultFile) does not count here",
            valueName: "file"))
    var config: String?

    @OptionGroup var surroundings: SurroundingsOptions

    func validate() throws {
        guard limit != nil else {
            throw ValidationError("--timeout has to be a duration like 60s.")
        }
        if profile?.isEmpty == true { throw ValidationError("--profile needs a name.") }
        if group != nil, profile != nil || surroundings.surroundings != nil {
            throw ValidationError(
                "--group excludes --profile, --unit, --pid and --environment-file.")
        }
        if socket != nil, group == nil { throw ValidationError("--socket belongs to --group.") }
        if group?.isEmpty == true || socket?.isEmpty == true {
            throw ValidationError("--group and --socket need a name.")
        }
        if isatty(STDOUT_FILENO) == 1, !show {
            throw ValidationError("Standard output is a terminal; --show prints secrets there.")
        }
    }

    /// The time limit; nil when it is none.
    private var limit: Duration? {
        guard let timeout else { return .seconds(60) }
        return Duration(parsing: timeout).flatMap { $0 > .zero ? $0 : nil }
    }

    func run() throws {
        if let group {
            let asking = GroupAsking(group: group, socket: socket, config: config)
            switch try asking.answer() {
            case .served(let credentials, let end):
                return try print(credentials.processForm(endingAt: end, pretty: true))
            case .lastKnown(var profile, let configuration, let duration):
                profile.timeout = limit ?? .seconds(60)
                let credentials = try obtain(profile, in: configuration)
                let end = servedUntil(
                    credentials.expiresAt?.value, for: duration, at: SystemClock.wall())
                return try print(credentials.processForm(endingAt: end, pretty: true))
            }
        }
        let configuration = try config.map(loadOrExit) ?? Configuration(profiles: [])
        var wanted = surroundings.profile(profile, in: configuration)
        wanted.timeout = limit ?? .seconds(60)
        let credentials = try obtain(wanted, in: configuration)
        try print(
            credentials.processForm(endingAt: credentials.expiresAt?.value, pretty: true))
    }

    /// Finds the credentials of a profile; says why there are none, and ends with the code for that.
    private func obtain(
        _ asked: ProfileConfiguration, in settings: Configuration
    ) throws -> Credentials {
        let answer = runBlocking { () async -> CredentialsAnswer? in
            do throws(TransportFailure) {
                return try await obtainOnce(asked, in: settings)
            } catch {
                complain(visible("credwatch: profile \(asked.name): \(error.reason)"))
                return nil
            }
        }
        switch answer {
        case .obtained(let credentials)??:
            return credentials
        case .failed(let diagnosis, let source)??:
            complain(failureLine(asked.name, diagnosis, source))
            throw ExitCode(diagnosis.cause == .noCredentials ? 4 : 1)
        case nil, .some(nil):
            throw ExitCode(1)
        }
    }

    private func print(_ form: [UInt8]) throws {
        guard writeWhole(form, to: STDOUT_FILENO) else {
            complain(
                "credwatch: standard output takes nothing: \(String(cString: strerror(errno)))")
            throw ExitCode(1)
        }
    }
}

/// Says in one line why a profile has no credentials.
private func failureLine(_ profile: String, _ diagnosis: Diagnosis, _ source: String?) -> String {
    let place = source.map { ", \($0)" } ?? ""
    var text = "credwatch: profile \(profile)\(place): \(diagnosis.summary)"
    for case .serviceError(let code, let message) in diagnosis.evidence {
        text += " AWS said \(code)\(message.isEmpty ? "" : ": \(message)")"
    }
    for case .transport(_, let reason) in diagnosis.evidence { text += " (\(reason))" }
    return visible(redacted(text))
}
