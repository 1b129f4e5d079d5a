import ArgumentParser
import Configuring
import Daemon
import Model
import Reporting

/// `credwatch reload`.
struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Make the running daemon read its config again, and wait until it has.",
        discussion: """
            A config that is refused leaves the old one in force; every problem is printed. A service \
            manager that runs this (ExecReload=) knows when the reload is done and whether it failed; the \
            daemon tells the journal, so nothing is printed into it twice. Only root and the daemon's user may.

            EXIT CODES
              0 the new config is in force, 2 it is refused, 3 no answer from the daemon, 64 wrong usage
            """)

    @OptionGroup var options: ConfigOption

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The daemon's control socket.",
            discussion:
                "Default: the one that the config names, \(Configuration.defaultControlSocket) when it is refused",
            valueName: "path"))
    var socket: String?

    func run() throws {
        do {
            let reply = try send(.reload, to: socket ?? configuredSocket)
            // As ExecReload= of the unit, it would repeat what the daemon has told the journal already.
            if !reply.done {
                if !printsToJournal(2) { complain(reply.text) }
                throw ExitCode(2)
            }
            if !printsToJournal(1) { print(reply.text) }
        } catch let problem as ControlProblem {
            complain(problem.description)
            throw ExitCode(3)
        }
    }

    /// A config that is refused names no socket, and is just what the daemon has to be asked about.
    private var configuredSocket: String {
        if case .accepted(let configuration, _) = loadConfiguration(path: options.file) {
            return configuration.controlSocket
        }
        return Configuration.defaultControlSocket
    }
}
