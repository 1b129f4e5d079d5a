import ArgumentParser
import Daemon
import EventLoops
import Glibc
import Model
import Reporting

/// `credwatch explain`: where credentials come from, and what they hide.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show where a profile's credentials come from, and what they hide.",
        discussion: """
            Prints every source in the order of the SDKs: the one that wins, those that it shadows, the links \
            of a chain of roles, where AWS is asked, the steps that lead to the credentials, and what the \
            SDKs skip in the files. Asks and runs nothing, and shows no secret, unless --isolate probes \
            each source on its own.

            EXIT CODES
              0 there is a plan; with --isolate: the winning source is accepted
              2 there is none, or it is refused; 3 it is unknown whether it is accepted
              64 wrong usage, 78 config refused
            """)

    @Argument(
        help:
            "The profile, of the config or of the shared AWS files. Default: what is used that names none"
    )
    var profile: String?

    @OptionGroup var surroundings: SurroundingsOptions

    @OptionGroup var options: ConfigOption

    @Flag(name: .long, help: "Print JSON in place of a text. Default: a text")
    var json = false

    @Flag(name: .long, help: "Probe each source on its own. Default: ask nothing")
    var isolate = false

    func run() throws {
        let configuration = try options.loadIfThere() ?? Configuration(profiles: [])
        let asked = surroundings.profile(profile, in: configuration)
        let isolate = isolate
        let outcome = runBlocking { () async -> Result<Explanation, TransportFailure> in
            do throws(TransportFailure) {
                return .success(
                    try await explainOnce(asked, in: configuration, isolating: isolate))
            } catch {
                return .failure(error)
            }
        }
        guard case .success(let explanation) = outcome else {
            if case .failure(let failure) = outcome { complain("credwatch: \(failure.reason)") }
            throw ExitCode(3)
        }
        if json {
            write(renderExplanationJSON(explanation), to: STDOUT_FILENO)
        } else {
            write(renderExplanation(explanation, style: tableStyle()), to: STDOUT_FILENO)
        }
        if explanation.problem != nil { throw ExitCode(2) }
        guard isolate else { return }
        switch explanation.verdict {
        case .good: break
        case .bad: throw ExitCode(2)
        case .unknown, nil: throw ExitCode(3)
        }
    }
}
