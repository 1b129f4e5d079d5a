import ArgumentParser
import Daemon
import EventLoops
import Glibc
import Model
import Reporting

/// `credwatch credentials`: what an application would use, for another program.
///
/// The only place that prints a secret.
struct CredentialsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "Print the credentials of a profile, for another program.",
        discussion: """
            Resolves the credentials as an AWS SDK would, and prints them in the form of \
            credential_process. Without --profile: what an application would use that names no profile. \
            Whether AWS accepts them is not asked. Nothing is printed to a terminal without --show.

            EXIT CODES
              0 printed, 1 a configured source failed, 4 no source is configured
              64 wrong usage, 78 config refused
            For 1 and 4, one line on standard error names profile, source and reason.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The profile.", discussion: "Default: none is named", valueName: "name"))
    var profile: String?

    @Flag(name: .long, help: "Print to a terminal too. Default: refuse to")
    var show = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The time limit of each request and program.", discussion: "Default: 60s",
            valueName: "duration"))
    var timeout: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A config whose profiles may be named too.",
            discussion: "Default: none; \(Configuration.defaultFile) does not count here",
            valueName: "file"))
    var config: String?

    @OptionGroup var surroundings: SurroundingsOptions

    func validate() throws {
        guard limit != nil else {
            throw ValidationError("--timeout has to be a duration like 60s.")
        }
        if profile?.isEmpty == true { throw ValidationError("--profile needs a name.") }
        if isatty(STDOUT_FILENO) == 1, !show {
            throw ValidationError("Standard output is a terminal; --show prints secrets there.")
        }
    }

    /// The time limit; nil when it is none.
    private var limit: Duration? {
        guard let timeout else { return .seconds(60) }
        return Duration(parsing: timeout).flatMap { $0 > .zero ? $0 : nil }
    }

    func run() throws {
        let configuration = try config.map(loadOrExit) ?? Configuration(profiles: [])
        var wanted = surroundings.profile(profile, in: configuration)
        wanted.timeout = limit ?? .seconds(60)
        let (asked, settings) = (wanted, configuration)
        let answer = runBlocking { () async -> CredentialsAnswer? in
            do throws(TransportFailure) {
                return try await obtainOnce(asked, in: settings)
            } catch {
                complain(visible("credwatch: profile \(asked.name): \(error.reason)"))
                return nil
            }
        }
        switch answer {
        case .obtained(let credentials)??:
            guard writeWhole(credentials.processOutput, to: STDOUT_FILENO) else {
                complain(
                    "credwatch: standard output takes nothing: \(String(cString: strerror(errno)))")
                throw ExitCode(1)
            }
        case .failed(let diagnosis, let source)??:
            complain(failureLine(wanted.name, diagnosis, source))
            throw ExitCode(diagnosis.cause == .noCredentials ? 4 : 1)
        case nil, .some(nil):
            throw ExitCode(1)
        }
    }
}

/// Says in one line why a profile has no credentials.
private func failureLine(_ profile: String, _ diagnosis: Diagnosis, _ source: String?) -> String {
    let place = source.map { ", \($0)" } ?? ""
    var text = "credwatch: profile \(profile)\(place): \(diagnosis.summary)"
    for case .serviceError(let code, let message) in diagnosis.evidence {
        text += " AWS said \(code)\(message.isEmpty ? "" : ": \(message)")"
    }
    for case .transport(_, let reason) in diagnosis.evidence { text += " (\(reason))" }
    return visible(redacted(text))
}

extension Credentials {
    /// The form that a `credential_process` prints.
    fileprivate var processOutput: [UInt8] {
        var json = JSONWriter(pretty: true)
        json.object { json in
            json.member("Version", 1)
            json.member("AccessKeyId", accessKeyID.value)
            json.member("SecretAccessKey", secretAccessKey.value.reveal())
            if let sessionToken { json.member("SessionToken", sessionToken.value.reveal()) }
            if let expiresAt { json.member("Expiration", expiresAt.value) }
            if let accountID { json.member("AccountId", accountID) }
        }
        json.finish()
        return json.bytes
    }
}
