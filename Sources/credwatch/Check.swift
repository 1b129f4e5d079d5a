import ArgumentParser
import Configuring
import Daemon
import EventLoops
import Glibc
import Model
import Reporting

/// `credwatch check`: one pass, now.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check profiles once, now.",
        discussion: """
            Checks all profiles of the config at the same time. Without a config file, checks what an \
            application would use that names no profile: environment keys, else the profile in \
            AWS_PROFILE or `default`. A name that the config does not have is taken for a profile of \
            the shared AWS files. With --unit, --pid or --environment-file the profiles of the config do \
            not count.

            With --ci, for pipelines: plain lines, for GitHub Actions and GitLab with annotations and sections, \
            and one line of JSON at the end. A job that uses a long-term key is told first how it gets a role.

            EXIT CODES
              0 healthy, 1 degraded (some unknown, or a warning), 2 failing, 3 unknown
              64 wrong usage, 78 config refused
            """)

    @Argument(help: "The profiles to check. Default: all of the config")
    var profiles: [String] = []

    @OptionGroup var surroundings: SurroundingsOptions

    @OptionGroup var options: ConfigOption

    @Flag(name: .long, help: "Print JSON in place of a table. Default: a table")
    var json = false

    @Flag(name: .long, help: "Write for the log of a CI system. Default: for people")
    var ci = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --ci: write the JSON into this file.",
            discussion: "Default: the last line on standard output", valueName: "file"))
    var summary: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --ci: write GitLab's report of code quality into this file.",
            discussion: "Default: none", valueName: "file"))
    var codequality: String?

    func validate() throws {
        if ci, json { throw ValidationError("Only one of --ci and --json can be given.") }
        if !ci, summary != nil || codequality != nil {
            throw ValidationError("--summary and --codequality go with --ci only.")
        }
        if summary?.isEmpty == true || codequality?.isEmpty == true {
            throw ValidationError("--summary and --codequality need a name.")
        }
    }

    func run() throws {
        let configuration = try selectedConfiguration()
        let progress = ProgressLine(total: configuration.profiles.count)
        let outcome = runBlocking { () async -> Result<StatusDocument, TransportFailure> in
            do throws(TransportFailure) {
                return .success(
                    try await checkOnce(configuration) { progress.show(finished: $0) })
            } catch {
                return .failure(error)
            }
        }
        guard case .success(let document) = outcome else {
            if case .failure(let failure) = outcome { complain("credwatch: \(failure.reason)") }
            throw ExitCode(Overall.unknown.exitCode)
        }
        progress.clear()
        if ci {
            let code = CICheck(
                configuration: configuration, summaryFile: summary, codeQualityFile: codequality
            ).tell(document)
            if code != 0 { throw ExitCode(code) }
            return
        }
        if json {
            write(renderCheck(document), to: STDOUT_FILENO)
        } else {
            write(renderCheckTable(document, style: tableStyle()), to: STDOUT_FILENO)
        }
        if document.overall != .healthy { throw ExitCode(document.overall.exitCode) }
    }

    /// The profiles that were asked for, with the settings of the config where there is one.
    private func selectedConfiguration() throws -> Configuration {
        var configuration = try options.loadIfThere() ?? Configuration(profiles: [])
        let isOfOthers = surroundings.surroundings != nil
        if profiles.isEmpty, isOfOthers || configuration.profiles.isEmpty {
            configuration.profiles = [surroundings.profile(nil, in: configuration)]
        }
        configuration.groups = []
        guard !profiles.isEmpty else { return configuration }
        var seen: Set<String> = []
        configuration.profiles = profiles.filter { seen.insert($0).inserted }.map {
            surroundings.profile($0, in: configuration)
        }
        return configuration
    }
}
