import ArgumentParser
import Model

/// The command line of the sandbox.
@main
struct SandboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credwatch-sandbox",
        abstract: "Plays AWS's STS and IAM on a loopback port, for demos and tests.",
        version: credwatchVersion,
        subcommands: [Serve.self])
}
