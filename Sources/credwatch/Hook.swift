import ArgumentParser
import Daemon
import EventLoops
import Glibc
import Model

/// `credwatch hook`: trying a failover hook out.
struct Hook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Try out a group's failover hook.",
        subcommands: [Test.self])

    /// `credwatch hook test GROUP`.
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Run a group's hook with CREDWATCH_EVENT=test.",
            discussion: """
                Runs the hook as the user who calls, with the environment and standard input that it \
                gets in earnest. Nothing is switched unless the hook does so for the event `test`. The service \
                has fewer rights than root at a terminal: see SECURITY in credwatch-hook(7).

                EXIT CODES
                  0 the hook exited with 0, 2 it did not, 64 wrong usage, 78 config refused
                """)

        @Argument(help: "The failover group.")
        var group: String

        @OptionGroup var options: ConfigOption

        func run() throws {
            let configuration = try loadOrExit(options.file)
            let group = group
            let trial = runBlocking {
                await testHook(of: group, in: configuration, report: { print($0) })
            }
            switch trial {
            case .done:
                guard geteuid() == 0 else { return }
                complain(
                    "it ran as root; the service runs it with fewer rights, see SECURITY in credwatch-hook(7)"
                )
            case .failed, nil: throw ExitCode(2)
            case .unknown(let reason):
                complain(reason)
                throw ExitCode(64)
            }
        }
    }
}
