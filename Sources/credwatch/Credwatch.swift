import ArgumentParser
import Daemon
import Glibc
import Model

/// The command line.
///
/// Each command is named here: a name that the parser derives from the type costs half a millisecond.
@main
struct Credwatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credwatch",
        abstract: "Watches AWS credentials, says why one fails, and moves to a proven backup.",
        discussion: """
            EXIT CODES
              check, status   0 healthy, 1 degraded, 2 failing, 3 unknown or stale
              validate        0 valid, 1 with warnings, 2 refused
              hook test, failover, failback, reload
                              0 done, 2 not done, 3 no answer from the daemon
              switch          0 done, 2 nothing changed, 3 written, but not in use everywhere
              rotate          0 done, 1 not finished: run it again, 2 nothing changed
              keys            0 done, 2 not done
              lint            0 clean, 1 warnings, 2 errors
              explain         0 there is a plan, 2 there is none
              explain --isolate
                              0 the winning source is accepted, 2 refused, 3 unknown
              doctor          0 healthy, 1 warnings only, 2 a problem, 3 unknown
              credentials     0 printed, 1 a configured source failed, 4 none is configured
              run             0 stopped by a signal, 1 could not start, 78 config refused
              all             64 wrong usage; with status --plugin 3
            """,
        version: credwatchVersion,
        subcommands: [
            Run.self, Check.self, DoctorCommand.self, Lint.self, Explain.self,
            CredentialsCommand.self, Status.self, Validate.self, Failover.self, Failback.self,
            RotateCommand.self, KeysCommand.self, Reload.self, Hook.self, Switch.self,
            MoverCommand.self,
        ])

    static func main() {
        holdStandardStreams()
        prepareProcess()
        if asksForPlugin(CommandLine.arguments) { runAsPlugin() }
        main(nil)
    }
}

/// The option that names the config.
struct ConfigOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The config file.", discussion: "Default: \(Configuration.defaultFile)",
            valueName: "file"))
    var config: String?

    /// The file that was named, or the default one.
    var file: String { config ?? Configuration.defaultFile }

    /// Loads the file that was named, or the default one if it is there.
    func loadIfThere() throws -> Configuration? {
        guard config != nil || access(Configuration.defaultFile, F_OK) == 0 else { return nil }
        return try loadOrExit(file)
    }
}
