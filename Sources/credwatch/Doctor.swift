import ArgumentParser
import Daemon
import EventLoops
import Glibc
import Model
import Reporting

/// `credwatch doctor`: everything about one profile in one report.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine one profile from end to end, and say what to do.",
        discussion: """
            Reports, in the order in which an expert works: what is configured and what wins, what is odd in \
            the files, who AWS says we are, the user and its keys, what hides what, clock and network, the \
            verdict, the remedy as commands, and every request that was made. Works without a config, \
            without systemd and without the daemon, and writes nothing. Ends within the limit, with what it \
            knows by then, and says what it could not ask.

            Where a value has characters that do not belong, AWS is asked once more without these; no \
            other command does that. In a CI job with a long-term key it shows how the job gets a role.

            EXIT CODES
              0 healthy, 1 warnings only, 2 a problem, 3 unknown
              64 wrong usage, 78 config refused
            """)

    @Argument(
        help:
            "The profile, of the config or of the shared AWS files. Default: what is used that names none"
    )
    var profile: String?

    @OptionGroup var surroundings: SurroundingsOptions

    @OptionGroup var options: ConfigOption

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The profile whose credentials ask IAM about the user and its keys.",
            discussion: "Default: what the config says, else a backup, else the profile itself",
            valueName: "profile"))
    var diagnoseWith: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long all of it may take.", discussion: "Default: 30s", valueName: "duration"))
    var timeout: String?

    @Flag(name: .long, help: "Ask and run nothing. Default: ask AWS")
    var offline = false

    @Flag(name: .long, help: "Print JSON in place of a text. Default: a text")
    var json = false

    func validate() throws {
        guard limit != nil else {
            throw ValidationError("--timeout has to be a duration of 1s to 10m, like 30s.")
        }
        if profile?.isEmpty == true { throw ValidationError("The profile needs a name.") }
        if diagnoseWith?.isEmpty == true {
            throw ValidationError("--diagnose-with needs the name of a profile.")
        }
    }

    /// The time limit; nil when it is none.
    private var limit: Duration? {
        guard let timeout else { return .seconds(30) }
        return Duration(parsing: timeout).flatMap {
            (.seconds(1) ... .seconds(600)).contains($0) ? $0 : nil
        }
    }

    func run() throws {
        let configuration = try options.loadIfThere() ?? Configuration(profiles: [])
        var asked = surroundings.profile(profile, in: configuration)
        if let diagnoseWith { asked.diagnoseWith = diagnoseWith }
        let order = DoctorOrder(
            asked, limit: limit ?? .seconds(30), isOffline: offline, command: commandLine)
        let steps = DoctorSteps()
        let outcome = runBlocking { () async -> Result<DoctorReport, TransportFailure> in
            do throws(TransportFailure) {
                return .success(
                    try await examineOnce(order, in: configuration) { steps.show($0) })
            } catch {
                return .failure(error)
            }
        }
        steps.clear()
        guard case .success(let report) = outcome else {
            if case .failure(let failure) = outcome { complain("credwatch: \(failure.reason)") }
            throw ExitCode(3)
        }
        if json {
            write(renderDoctorJSON(report), to: STDOUT_FILENO)
        } else {
            write(renderDoctor(report, style: doctorStyle()), to: STDOUT_FILENO)
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// The command that asks for the same report, for a shell.
    private var commandLine: String {
        var words = ["credwatch doctor"]
        if let config = options.config { words.append("--config " + shellQuoted(path: config)) }
        if let unit = surroundings.unit { words.append(shellOption("--unit", unit)) }
        if let pid = surroundings.pid { words.append("--pid \(pid)") }
        if let file = surroundings.environmentFile {
            words.append("--environment-file " + shellQuoted(path: file))
        }
        if let diagnoseWith { words.append(shellOption("--diagnose-with", diagnoseWith)) }
        if let profile {
            words.append((profile.hasPrefix("-") ? "-- " : "") + shellQuoted(profile))
        }
        return words.joined(separator: " ")
    }

    /// A report has lines of 80 columns where nobody says how wide the screen is.
    private func doctorStyle() -> TableStyle {
        var style = tableStyle()
        if style.width == .max { style.width = 80 }
        return style
    }
}
