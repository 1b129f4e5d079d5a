import Model
import Processes

/// What a hook is told: the same in its environment and, as JSON, on its standard input.
struct HookInput {
    /// Longer texts are cut: a variable has to fit into what exec takes.
    private static let longestMessage = 4_096

    private let run: HookRun
    private let statusFile: String

    /// Takes over a run; control characters become visible and what looks like a secret is removed.
    init(_ run: HookRun, statusFile: String) {
        var run = run
        run.group = visible(run.group)
        run.from = visible(run.from)
        run.to = visible(run.to)
        run.incident = visible(run.incident)
        var redactor = Redactor(longest: Self.longestMessage)
        run.message = redactor.presentable(run.message)
        self.run = run
        self.statusFile = visible(statusFile)
    }

    /// The whole environment of the hook; nothing of the daemon's own is in it.
    var environment: [String: String] {
        [
            "PATH": Self.searchPath,
            "LANG": "C.UTF-8",
            "CREDWATCH_EVENT": run.event.rawValue,
            "CREDWATCH_GROUP": run.group,
            "CREDWATCH_FROM": run.from,
            "CREDWATCH_TO": run.to,
            "CREDWATCH_CAUSE": run.cause.rawValue,
            "CREDWATCH_MESSAGE": run.message,
            "CREDWATCH_INCIDENT": run.incident,
            "CREDWATCH_ATTEMPT": String(run.attempt),
            "CREDWATCH_DRILL": run.isDrill ? "1" : "0",
            "CREDWATCH_STATUS_FILE": statusFile,
        ]
    }

    /// One JSON object with a line feed after it.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { object in
            object.member("schema", "credwatch-hook/1")
            object.member("event", run.event.rawValue)
            object.member("group", run.group)
            object.member("from", run.from)
            object.member("to", run.to)
            object.member("cause", run.cause.rawValue)
            object.member("message", run.message)
            object.member("incident", run.incident)
            object.member("attempt", run.attempt)
            object.member("drill", run.isDrill)
            object.member("status_file", statusFile)
        }
        writer.finish()
        return writer.bytes
    }

    /// Where a hook, and `env` in its first line, look for programs.
    static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}
