import ArgumentParser
import Daemon
import EventLoops
import Glibc
import Model
import Reporting
import Rotating
import Scheduling

/// `credwatch keys PROFILE`: the access keys of a profile's user.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List the access keys of a profile's user, or retire one.",
        discussion: """
            Without an action: id, state, age, last use of each key, and where it is configured on this host. \
            A key is not deactivated or deleted while it is the profile's own, stands in a file of this host, or \
            was used within the last day; nor is an active key deleted. --force overrides that.

            EXIT CODES
              0 done, 2 not done (the reason is printed), 64 wrong usage, 78 config refused
            """)

    @Argument(help: "The profile, of the config or of the shared AWS files.")
    var profile: String

    @Argument(
        help: ArgumentHelp(
            "activate, deactivate or delete.", discussion: "Default: list", valueName: "action"),
        transform: { text in
            guard let change = KeyChange(rawValue: text) else {
                throw ValidationError("there is no action \(text)")
            }
            return change
        })
    var action: KeyChange?

    @Argument(help: "The access key id. Default: none; an action needs it")
    var id: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The profile that asks IAM.", discussion: "Default: the profile itself",
            valueName: "profile"))
    var using: String?

    @Flag(name: .long, help: "Override what speaks against an action. Default: heed it")
    var force = false

    @Flag(name: .long, help: "Print JSON in place of a table. Default: a table")
    var json = false

    @OptionGroup var options: ConfigOption

    func validate() throws {
        if action != nil, id == nil { throw ValidationError("The action needs an access key id.") }
        if let id, !isKeyID(id) { throw ValidationError("That is no access key id.") }
        if json, action != nil { throw ValidationError("--json goes with the list only.") }
        if force, action == nil { throw ValidationError("--force goes with an action only.") }
        if profile.isEmpty || using?.isEmpty == true {
            throw ValidationError("A profile needs a name.")
        }
    }

    func run() throws {
        let configuration = try options.loadIfThere() ?? Configuration(profiles: [])
        let wanted = namedProfile(profile, in: configuration)
        let asker = using.map { namedProfile($0, in: configuration) }
        if let action, let id {
            let isForced = force
            let done = runBlocking { () async -> Result<String, KeysProblem> in
                do throws(KeysProblem) {
                    return .success(
                        try await changeKey(
                            id, action, of: wanted, using: asker, isForced: isForced,
                            in: configuration))
                } catch {
                    return .failure(error)
                }
            }
            return say(try value(done))
        }
        let found = runBlocking { () async -> Result<KeyReport, KeysProblem> in
            do throws(KeysProblem) {
                return .success(try await keysOnce(of: wanted, using: asker, in: configuration))
            } catch {
                return .failure(error)
            }
        }
        let report = try value(found)
        if json {
            write(renderKeysJSON(report), to: STDOUT_FILENO)
        } else {
            write(
                visible(renderKeys(report, now: SystemClock.wall()), keepingLines: true),
                to: STDOUT_FILENO)
        }
        if let missing = report.missing { complain("credwatch: \(missing)") }
    }

    private func value<Value>(_ result: Result<Value, KeysProblem>?) throws -> Value {
        switch result {
        case .success(let value): return value
        case .failure(let problem): complain("credwatch: \(problem.sentence)")
        case nil: break
        }
        throw ExitCode(2)
    }
}

/// Prints a sentence on standard output, without what a terminal would obey.
func say(_ sentence: String) {
    write(visible(redacted(sentence)) + "\n", to: STDOUT_FILENO)
}
