package import Model

/// Makes the entry for a hook that is about to run.
package func entry(forStartOf run: HookRun) -> JournalEntry {
    JournalEntry(
        .hookStarted, .info,
        "hook of group \(run.group) starts for \(run.event.rawValue), attempt \(run.attempt)",
        fields(of: run).list)
}

/// Makes the entry for a hook that ended; its failure is an error.
package func entry(forEndOf run: HookRun, record: HookRecord) -> JournalEntry {
    var fields = fields(of: run)
    var message = "hook of group \(run.group) for \(run.event.rawValue), attempt \(run.attempt)"
    guard let result = record.result else {
        return JournalEntry(.hookFinished, .info, message + ", still runs", fields.list)
    }
    fields.add("CREDWATCH_HOOK_RESULT", name(of: result))
    if case .exited(let code) = result { fields.add("CREDWATCH_HOOK_EXIT_CODE", code) }
    message += result.isSuccess ? ", succeeded" : ", failed: \(words(for: result))"
    if let end = record.finishedAt { message += " after \((end - record.startedAt).rough)" }
    return JournalEntry(
        .hookFinished, result.isSuccess ? .notice : .error, message, fields.list)
}

/// Makes the entry for one line that a hook printed.
package func entry(forOutput line: String, of run: HookRun) -> JournalEntry {
    JournalEntry(.hookOutput, .info, "hook of group \(run.group): \(line)", fields(of: run).list)
}

private func fields(of run: HookRun) -> Fields {
    var fields = Fields()
    fields.add("CREDWATCH_GROUP", run.group)
    fields.add("CREDWATCH_INCIDENT", run.incident)
    fields.add("CREDWATCH_FROM", run.from)
    fields.add("CREDWATCH_TO", run.to)
    fields.add("CREDWATCH_CAUSE", run.cause.rawValue)
    fields.add("CREDWATCH_HOOK_EVENT", run.event.rawValue)
    fields.add("CREDWATCH_HOOK_ATTEMPT", run.attempt)
    return fields
}

/// Returns how a hook's run ended as a stable word, the one of the status file.
func name(of result: HookResult) -> String {
    switch result {
    case .exited(let code): code == 0 ? "succeeded" : "failed"
    case .killed: "killed"
    case .timedOut: "timed_out"
    case .notStarted: "not_started"
    case .interrupted: "interrupted"
    case .switchFailed: "switch_failed"
    case .incomplete: "incomplete"
    }
}

/// Returns how the run of a hook or the switcher ended, for people; it fits behind either name.
package func words(for result: HookResult) -> String {
    switch result {
    case .exited(let code): code == 0 ? "succeeded" : "exit code \(code)"
    case .killed(let signal): "killed by signal \(signal)"
    case .timedOut: "time limit exceeded"
    case .notStarted(let reason): "not started: \(reason)"
    case .interrupted: "interrupted when credwatch itself ended"
    case .switchFailed(let reason): "nothing could be switched: \(reason)"
    case .incomplete(let reason): "switched, but \(reason)"
    }
}
