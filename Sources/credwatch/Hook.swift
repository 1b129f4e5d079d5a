import ArgumentParser
import Daemon
import Model

/// `credwatch hook`: trying a failover hook out.
struct Hook: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try out a group's failover hook.",
        subcommands: [Test.self])

    /// `credwatch hook test GROUP`.
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a group's hook with CREDWATCH_EVENT=test.",
            discussion: """
                Runs the hook as the user who calls, with the environment and standard input that it \
                gets in earnest. Nothing is switched unless the hook does so for the event `test`.

                EXIT CODES
                  0 the hook exited with 0, 2 it did not, 64 wrong usage, 78 config refused
                """)

        @Argument(help: "The failover group.")
        var group: String

        @OptionGroup var options: ConfigOption

        func run() async throws {
            let configuration = try loadOrExit(options.file)
            switch await testHook(of: group, in: configuration, report: { print($0) }) {
            case .done: break
            case .failed: throw ExitCode(2)
            case .unknown(let reason):
                complain(reason)
                throw ExitCode(64)
            }
        }
    }
}
