import ArgumentParser
import Configuring
import Glibc
import Model
import Reporting
import Scheduling

/// The options by which `credwatch status` is a plugin of a monitoring agent.
struct PluginOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Answer a monitoring agent in the form of the Monitoring Plugins: one line with performance data, details below, exit code 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (wrong usage too). Default: a table"
        ))
    var plugin = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --plugin: a status older than this is UNKNOWN.",
            discussion: "Default: its own valid_until", valueName: "duration"),
        transform: duration)
    var maxAge: Duration?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --plugin: judge by this profile; may be given again.",
            discussion: "Default: all of the status", valueName: "name"))
    var profile: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --plugin: judge by this failover group; may be given again.",
            discussion: "Default: all of the status", valueName: "name"))
    var group: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --plugin: WARNING when a login that credwatch cannot renew ends within this time.",
            discussion: "Default: 15m", valueName: "duration"),
        transform: duration)
    var expiryWarning: Duration?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --plugin: the same for CRITICAL.", discussion: "Default: never",
            valueName: "duration"),
        transform: duration)
    var expiryCritical: Duration?

    /// The question that the options ask.
    var question: PluginQuestion {
        PluginQuestion(
            maxAge: maxAge, profiles: profile, groups: group,
            endWarning: expiryWarning ?? EndNotice.quarter.lead, endCritical: expiryCritical)
    }

    func validate() throws {
        let isRefined =
            maxAge != nil || !profile.isEmpty || !group.isEmpty || expiryWarning != nil
            || expiryCritical != nil
        if !plugin, isRefined {
            throw ValidationError(
                "--max-age, --profile, --group, --expiry-warning and --expiry-critical go with --plugin only."
            )
        }
        if profile.contains("") || group.contains("") {
            throw ValidationError("--profile and --group need a name.")
        }
        if let expiryWarning, let expiryCritical, expiryCritical > expiryWarning {
            throw ValidationError("--expiry-critical must not be longer than --expiry-warning.")
        }
    }
}

/// Reads a duration of the command line; a number alone is seconds, as plugins have it.
private func duration(_ text: String) throws -> Duration {
    let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard let duration = Duration(parsing: isNumber ? text + "s" : text) else {
        throw ValidationError("\"\(text)\" is no duration like 90s, 5m or 1h30m.")
    }
    return duration
}

/// Prints a plugin's answer and ends with its exit code.
func finish(_ answer: PluginAnswer) throws {
    write(answer.text, to: STDOUT_FILENO)
    if answer.state != .ok { throw ExitCode(answer.state.rawValue) }
}

extension Credwatch {
    /// Whether a command line asks for a plugin's answer, be it understood otherwise or not.
    static func asksForPlugin(_ arguments: [String]) -> Bool {
        arguments.dropFirst().first == Status.configuration.commandName
            && arguments.contains("--plugin")
    }

    /// Runs the command line as a plugin: wrong usage is a line on standard output and 3, since an agent
    /// shows nothing else.
    static func runAsPlugin() -> Never {
        do {
            var command = try parseAsRoot()
            try command.run()
            Glibc.exit(PluginState.ok.rawValue)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch  where exitCode(for: error) == .success {
            exit(withError: error)
        } catch {
            let answer = PluginAnswer(PluginTrouble("wrong usage: \(message(for: error))"))
            write(answer.text, to: STDOUT_FILENO)
            Glibc.exit(answer.state.rawValue)
        }
    }
}

extension Status {
    /// Answers a monitoring agent; whatever is in the way of it is UNKNOWN with the reason.
    func pluginAnswer() -> PluginAnswer {
        do throws(PluginTrouble) {
            let path = try pluginFile()
            let document: StatusDocument
            do throws(StatusReadProblem) {
                document = try readStatus(path: path).document
            } catch {
                throw PluginTrouble(error.description)
            }
            return answerPlugin(document, plugin.question, now: SystemClock.wall())
        } catch {
            return PluginAnswer(error)
        }
    }

    /// The status file; a config that is refused may have named another one than the daemon writes.
    private func pluginFile() throws(PluginTrouble) -> String {
        if let file = fileWithoutConfig { return file }
        switch loadConfiguration(path: options.file) {
        case .accepted(let configuration, _): return configuration.statusFile
        case .refused(let problems):
            let first = problems.first.map { " (\($0))" } ?? ""
            throw PluginTrouble(
                "the config is refused\(first), so it does not say where the status file is; correct it,"
                    + " or name the status file with --file")
        }
    }
}
