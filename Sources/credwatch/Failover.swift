import ArgumentParser
import Configuring
import Daemon
import Model

/// What an order by hand needs.
struct OrderOptions: ParsableArguments {
    @Argument(help: "The failover group.")
    var group: String

    @Flag(name: .long, help: "Move without a proof that the target is good. Default: ask for it")
    var force = false

    @OptionGroup var options: ConfigOption

    /// Gives the order to the daemon and prints its answer.
    func give(_ command: ControlRequest.Command) throws {
        let configuration = try loadOrExit(options.file)
        let request = ControlRequest(command: command, group: group, force: force)
        do {
            let reply = try send(request, to: configuration.controlSocket)
            print(reply.text)
            if !reply.done { throw ExitCode(2) }
        } catch let problem as ControlProblem {
            complain(problem.description)
            throw ExitCode(3)
        }
    }
}

/// `credwatch failover GROUP`.
struct Failover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover",
        abstract: "Move a group to its first proven backup now.",
        discussion: """
            Asks the running daemon, which probes the backups, moves the applications and answers when it is \
            done. Only root and the daemon's user may. With --drill the same is done for real while the \
            primary is good, and after it the way back: exit code 0 says that both worked.

            EXIT CODES
              0 moved, 2 not moved (the reason is printed), 3 no answer from the daemon, 64 wrong usage
            """)

    @OptionGroup var order: OrderOptions

    @Flag(name: .long, help: "Rehearse: fail over and back again. Default: stay there")
    var drill = false

    func validate() throws {
        if drill, order.force {
            throw ValidationError("--drill always asks for proofs, so --force is not for it")
        }
    }

    func run() throws { try order.give(drill ? .drill : .failover) }
}

/// `credwatch failback GROUP`.
struct Failback: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failback",
        abstract: "Move a group back to its primary now.",
        discussion: """
            Asks the running daemon, which probes the primary, moves the applications and answers when it is \
            done. Only root and the daemon's user may.

            EXIT CODES
              0 moved, 2 not moved (the reason is printed), 3 no answer from the daemon, 64 wrong usage
            """)

    @OptionGroup var order: OrderOptions

    func run() throws { try order.give(.failback) }
}
