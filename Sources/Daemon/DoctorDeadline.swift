import Model

/// Waits for work on another thread, for a limited time; nil when the time is over.
///
/// The work is cancelled then, and left alone if it does not heed that: whoever waits goes on.
func within<Value: Sendable>(
    _ limit: Duration, on executor: any TaskExecutor,
    _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    guard limit > .zero else { return nil }
    return await race(within: limit) { race in
        let task = Task.detached(executorPreference: executor) { race.end(with: await work()) }
        return { task.cancel() }
    }
}
