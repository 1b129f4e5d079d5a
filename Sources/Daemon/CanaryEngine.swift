import Model
import Scheduling
import Tracking

/// What the engine does for canaries beside their checks.
extension Engine {
    /// Hands the warnings of a profile's canary to Tracking.
    ///
    /// Of a credential that is refused altogether, what it may do is no question.
    func tellCanary(of result: CheckResult, at now: Instant) {
        let advisories =
            result.diagnosis.verdict == .bad ? [] : canaries.advisories(of: result.profile)
        handle(.advised(profile: result.profile, by: .canary, advisories), at: now)
    }

    /// Forgets the canaries that a new config has changed or taken away, and ends their warnings.
    func forgetCanaries(at now: Instant) {
        for name in canaries.prune(to: configuration.profiles) {
            handle(.advised(profile: name, by: .canary, []), at: now)
        }
    }
}
