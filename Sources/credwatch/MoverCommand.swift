import ArgumentParser
import Daemon

/// `credwatch mover`: the privileged half, which systemd starts for each connection to its socket.
struct MoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mover",
        abstract: "Answer one request of the daemon with root's rights.",
        discussion: """
            systemd starts it for credwatch-mover.socket; by hand there is nothing to call it for.
            """,
        shouldDisplay: false)

    @OptionGroup var options: ConfigOption

    func run() throws {
        let code = answerAsMover(configurationFile: options.file) { complain($0) }
        if code != 0 { throw ExitCode(code) }
    }
}
