import ArgumentParser
import Configuring
import Glibc
import Model
import Reporting
import Scheduling

/// `credwatch status`: what the status file says.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the daemon's status file says.",
        discussion: """
            Reads the file only; the daemon is not asked. A file that was not renewed in its time counts \
            as unknown.

            EXIT CODES
              0 healthy, 1 degraded, 2 failing, 3 unknown, stale or no status file, 64 wrong usage
              with --plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN or wrong usage
            """)

    @OptionGroup var options: ConfigOption

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The status file.",
            discussion:
                "Default: status.file of the config, or \(Configuration.defaultStatusFile) without a config",
            valueName: "file"))
    var file: String?

    @Flag(name: .long, help: "Print the file's JSON in place of a table. Default: a table")
    var json = false

    @OptionGroup var plugin: PluginOptions
    @OptionGroup var look: StatusLook

    func validate() throws {
        if json, look.watch || look.html != nil {
            throw ValidationError("--json goes without --watch and --html.")
        }
        if plugin.plugin, json || look.watch || look.html != nil {
            throw ValidationError("--plugin goes without --json, --watch and --html.")
        }
    }

    func run() throws {
        if plugin.plugin { return try finish(pluginAnswer()) }
        let path = try statusFile()
        if look.watch {
            var watch = StatusWatch(path: path, look: look)
            throw ExitCode(watch.run())
        }
        let read: StatusContents
        do {
            read = try readStatus(path: path)
        } catch {
            complain("credwatch: \(error)")
            throw ExitCode(Overall.unknown.exitCode)
        }
        let now = SystemClock.wall()
        if json {
            write(visibleJSON(read.bytes), to: STDOUT_FILENO)
        } else if let page = look.html {
            try writePage(read.document, to: page, now: now)
        } else {
            write(renderTable(read.document, style: look.style(), now: now), to: STDOUT_FILENO)
        }
        let isStale = read.document.validUntil < now
        let overall = isStale ? Overall.unknown : read.document.overall
        if overall != .healthy { throw ExitCode(overall.exitCode) }
    }

    private func statusFile() throws -> String {
        try fileWithoutConfig ?? loadOrExit(options.file).statusFile
    }

    /// The status file when no config has to be asked for it; nil when one says where it is.
    var fileWithoutConfig: String? {
        if let file { return file }
        let hasConfig = options.config != nil || access(Configuration.defaultFile, R_OK) == 0
        return hasConfig ? nil : Configuration.defaultStatusFile
    }
}
