import ArgumentParser
import Daemon
import EventLoops
import Glibc
import Model
import Rotating

/// `credwatch rotate PROFILE`: a new access key in the place of the old one.
struct RotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new access key for a profile's user, write it, and retire the old one.",
        discussion: """
            Makes a key with the profile's own key, or as --using. Writes it where the profile's keys stand. \
            Deactivates the old key once AWS has accepted the new one five times in a row over 15 s, at the \
            regional and at the main endpoint; the daemon, or the next run, deletes it later. Every step is \
            noted beforehand in the state directory: an interrupted rotation goes on with the next run. \
            A secret is never printed.

            EXIT CODES
              0 done, 1 not finished: run it again, 2 nothing changed, or all undone
              64 wrong usage, 78 config refused
            """)

    @Argument(help: "The profile, of the config or of the shared AWS files.")
    var profile: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The profile that asks IAM.", discussion: "Default: the profile itself",
            valueName: "profile"))
    var using: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long the old key is kept, inactive.",
            discussion: "Default: `rotate` of the config, or 7d", valueName: "duration"))
    var deleteAfter: String?

    @Flag(name: .long, help: "Never delete the old key. Default: delete it later")
    var keep = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The key that may be deleted where the user has two.",
            discussion: "Default: stop, and say which", valueName: "key id"))
    var replace: String?

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Retire a key although somebody seems to use it; give up a rotation whose new key was deleted.",
            discussion: "Default: leave it"))
    var force = false

    @Flag(name: .long, help: "Print what would be done, and change nothing. Default: do it")
    var dryRun = false

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "As the daemon does it: only when the config says that it is due.", visibility: .hidden)
    )
    var unattended = false

    @OptionGroup var options: ConfigOption

    func validate() throws {
        if keep, deleteAfter != nil {
            throw ValidationError("--keep and --delete-after exclude each other.")
        }
        guard deleteAfter == nil || Self.duration(deleteAfter) != nil else {
            throw ValidationError(
                "--delete-after has to be a duration of at most 10 years like 7d.")
        }
        if let replace, !isKeyID(replace) {
            throw ValidationError("--replace has to be an access key id.")
        }
        if profile.isEmpty || using?.isEmpty == true {
            throw ValidationError("A profile needs a name.")
        }
        if using == profile { throw ValidationError("--using names the profile itself.") }
    }

    private static func duration(_ text: String?) -> Duration? {
        guard let text, let duration = Duration(parsing: text),
            duration <= .seconds(3_650 * 86_400)
        else { return nil }
        return duration
    }

    func run() throws {
        let configuration = try options.loadIfThere() ?? Configuration(profiles: [])
        let wanted = namedProfile(profile, in: configuration)
        let rule = wanted.rotation
        if unattended, rule == nil {
            complain("credwatch: profile \(profile) has no `rotate` in the config")
            throw ExitCode(2)
        }
        var order = RotationOrder(
            using: (using ?? rule?.using).map { namedProfile($0, in: configuration) },
            deleteAfter: rule?.deleteAfter ?? RotationRule.defaultDeleteAfter,
            replacing: replace, isForced: force, isDryRun: dryRun,
            minimumAge: unattended ? rule?.every : nil)
        if keep { order.deleteAfter = nil }
        if let time = Self.duration(deleteAfter) { order.deleteAfter = time }
        let socket = configuration.controlSocket
        order.askForCheck = { [profile] in await askForCheck(of: profile, at: socket) }
        let (asked, given) = (wanted, order)
        let result = runBlocking {
            await rotateOnce(asked, given, in: configuration) { say($0) }
        }
        if let result, result != .done { throw ExitCode(result.rawValue) }
        if result == nil { throw ExitCode(2) }
    }
}

/// A profile of the config, else of the shared AWS files.
func namedProfile(_ name: String, in configuration: Configuration) -> ProfileConfiguration {
    configuration.profiles.first { $0.name == name } ?? ProfileConfiguration(name: name)
}
