import ArgumentParser
import Daemon
import Reporting

extension JournalTarget: ExpressibleByArgument {}

/// `credwatch run`: the daemon.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the daemon, in the foreground.",
        discussion: """
            Checks every configured profile on its schedule, logs each change, keeps the status file, \
            and moves the applications of a group whose primary is confirmed as refused and whose \
            backup is proven good.

            SIGNALS
              TERM, INT  stop within a second
              HUP        read the config again; a broken one is refused, and the old one stays
              USR1       check everything now

            EXIT CODES
              0 stopped by a signal, 1 could not start, 64 wrong usage, 78 config refused
            """)

    @OptionGroup var options: ConfigOption

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to log: auto, journal or stderr.",
            discussion:
                "auto is the journal when systemd has connected standard error to it, else standard error. Default: auto",
            valueName: "target"))
    var log: JournalTarget = .auto

    func run() throws {
        let code = runDaemon(configurationFile: options.file, log: log)
        if code != 0 { throw ExitCode(code) }
    }
}
