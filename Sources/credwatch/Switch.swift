import ArgumentParser
import Daemon
import EventLoops
import Model
import Reporting

/// `credwatch switch GROUP`: writing a group's keys by hand, or seeing what a failover would do.
struct Switch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switch",
        abstract: "Write a profile's keys where a group's applications take theirs.",
        discussion: """
            Does what a failover of the group does to the files and units of its `switch`, with the rights of \
            the user who calls: writes the keys, reads and probes what stands there, restarts the units and \
            looks at their processes. The daemon's idea of which profile is in use stays as it is: to move a \
            group, see `credwatch failover`. In a hook, the profile is the one that the hook is told of.

            EXIT CODES
              0 done, or nothing stands in the way, 2 nothing was changed, 3 written, but a unit does not \
            use the keys, 64 wrong usage, 78 config refused
            """)

    @Argument(help: "The failover group.")
    var group: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The member whose keys are written.",
            discussion: "Default: the one in use, by the status file", valueName: "profile"))
    var to: String?

    @Flag(name: .long, help: "Say what would be done, and change nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var options: ConfigOption

    func run() throws {
        let configuration = try loadOrExit(options.file)
        guard let known = configuration.groups.first(where: { $0.name == group }) else {
            throw usage("there is no failover group \(group)")
        }
        guard let profile = to ?? told ?? profileInUse(by: group, configuration) else {
            throw usage("the status file does not say which profile is in use; name one with --to")
        }
        guard ([known.primary] + known.backups).contains(profile) else {
            throw usage("group \(group) has no member \(profile)")
        }
        let (name, isDryRun, json) = (group, dryRun, json)
        let report = runBlocking { () async -> SwitchReport? in
            do throws(TransportFailure) {
                return try await switchOnce(
                    name, to: profile, in: configuration, isDryRun: isDryRun
                ) { step in
                    if !json { write(visible(step.description) + "\n", to: 1) }
                }
            } catch {
                complain("credwatch: \(error.reason)")
                return nil
            }
        }
        guard let report = report ?? nil else { throw ExitCode(2) }
        if json { write(report.json, to: 1) }
        switch report.outcome.end {
        case .done: return
        case .failed(let reason):
            if !json { complain("nothing is changed: \(reason)") }
            throw ExitCode(2)
        case .incomplete(let reason):
            if !json { complain("the keys are written, but \(reason)") }
            throw ExitCode(3)
        }
    }

    /// The profile that a hook is told of, when this is the hook's own group.
    private var told: String? {
        environment("CREDWATCH_GROUP") == group ? environment("CREDWATCH_TO") : nil
    }

    private func usage(_ reason: String) -> ExitCode {
        complain(reason)
        return ExitCode(64)
    }
}
