import EventLoops
import Model

extension Doctor {
    /// Finds out what is configured and what wins, as `credwatch explain` does.
    func configurationPart() async -> DoctorSection<Explanation> {
        var profile = profile
        // Files and surroundings are looked at twice; what hangs must leave time for the rest.
        profile.timeout = min(profile.timeout, share(1, of: 8))
        let (asked, settings) = (profile, configuration)
        let explanation = await alone(within: share(1, of: 4)) {
            try? await explainOnce(asked, in: settings, isolating: false)
        }
        guard let explanation, let explanation else {
            return DoctorSection(
                .unknown, notes: ["Reading what is configured took too long, and was given up."])
        }
        return configurationSection(explanation)
    }

    /// Runs work on a thread of its own, so that whatever blocks it holds up nothing else.
    func alone<Value: Sendable>(
        within limit: Duration, _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        guard let loop = EventLoop() else { return nil }
        return await within(min(limit, left), on: LoopTasks(loop), work)
    }
}

/// Judges an explanation; what the files hold beside is judged as text.
func configurationSection(_ explanation: Explanation) -> DoctorSection<Explanation> {
    DoctorSection(explanation.problem == nil ? .ok : .problem, explanation)
}
