import ArgumentParser
import Daemon
import EventLoops
import Model
import Reporting

/// `credwatch validate`: the check that the daemon makes before it takes a config.
struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a config, and print every problem.",
        discussion: """
            Makes the same check as the daemon at its start and at a reload: the file itself, the keys of \
            each primary and backup, the hooks, and what systemd knows of units. Each problem is a line \
            `file:line:column: message [rule]`. Sends nothing to AWS.

            EXIT CODES
              0 valid, 1 valid with warnings, 2 refused, 64 wrong usage
            """)

    @OptionGroup var options: ConfigOption

    func run() throws {
        let file = options.file
        guard let outcome = runBlocking({ await inspectConfiguration(file) }) else {
            throw ExitCode(2)
        }
        for problem in outcome.problems { complain(problem.description) }
        if outcome.isRefused { throw ExitCode(2) }
        let count = outcome.problems.count
        guard count > 0 else { return print("\(visible(options.file)): valid") }
        print("\(visible(options.file)): valid, with \(count) warning\(count == 1 ? "" : "s")")
        throw ExitCode(1)
    }
}
