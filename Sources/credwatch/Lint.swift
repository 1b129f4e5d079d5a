import ArgumentParser
import Daemon
import EventLoops
import Glibc
import Model
import Reporting

/// `credwatch lint`: what is wrong in the files and the environment, read as text.
struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Read the sources of credentials as text, and print all that is wrong in them.",
        discussion: """
            Looks for what no SDK says: marks and characters that nobody sees, quotes that are kept, lines and \
            sections that are skipped, misspelt names, values that cannot be what they should, files that \
            others may read or the service cannot. Prints a line `file:line:column: severity: message \
            [code]` for each finding, never a value. Sends nothing and runs nothing.

            Without a profile: all of the config where there is one, else everything in the shared AWS \
            files and the environment. With --file: this file alone, for editors and CI.

            EXIT CODES
              0 clean, 1 warnings, 2 errors, 64 wrong usage, 78 config refused
            """)

    @Argument(
        help:
            "The profiles, of the config or of the shared AWS files. Default: all of them")
    var profiles: [String] = []

    @OptionGroup var surroundings: SurroundingsOptions

    @OptionGroup var options: ConfigOption

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Look at this file alone; --as says how it is read.", discussion: "Default: none",
            valueName: "file"))
    var file: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How the file is read: \(LintDialect.allCases.map(\.rawValue).joined(separator: ", ")).",
            discussion: "Default: credentials", valueName: "form"),
        transform: { text in
            guard let dialect = LintDialect(rawValue: text) else {
                throw ValidationError("there is no form \(text)")
            }
            return dialect
        })
    var `as`: LintDialect?

    @Flag(name: .long, help: "Print JSON in place of lines. Default: lines")
    var json = false

    func validate() throws {
        let isOther = !profiles.isEmpty || surroundings.surroundings != nil
        if file != nil, isOther || options.config != nil {
            throw ValidationError("--file goes with --as and --json only.")
        }
        if file?.isEmpty == true { throw ValidationError("--file needs a name.") }
        if file == nil, self.as != nil { throw ValidationError("--as goes with --file only.") }
    }

    func run() throws {
        guard let report = try makeReport() else { throw ExitCode(2) }
        if json {
            write(renderLintJSON(report), to: STDOUT_FILENO)
        } else {
            write(renderLint(report), to: STDOUT_FILENO)
        }
        complain("credwatch: \(lintSummary(report))")
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// Nil when there is no thread to work on.
    private func makeReport() throws -> LintReport? {
        if let file {
            let dialect = self.as ?? .credentials
            return runBlocking { await lintOnce(file: file, as: dialect) }
        }
        let configuration = try options.loadIfThere() ?? Configuration(profiles: [])
        if profiles.isEmpty, let place = surroundings.surroundings {
            return runBlocking { await lintOnce(everythingIn: place, in: configuration) }
        }
        let asked =
            profiles.isEmpty
            ? configuration.profiles
            : profiles.map { surroundings.profile($0, in: configuration) }
        return runBlocking { await lintOnce(asked, in: configuration) }
    }
}
