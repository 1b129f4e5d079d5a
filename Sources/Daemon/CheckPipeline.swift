import Diagnosing
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

/// One check from its beginning to its diagnosis; what happens because of it is the engine's.
struct CheckPipeline: Sendable {
    let resolver: Resolver
    let obtainer: Obtainer
    let prober: Prober
    let paths = PathMemory()

    init(resolver: Resolver, obtainer: Obtainer, prober: Prober) {
        self.resolver = resolver
        self.obtainer = obtainer
        self.prober = prober
    }

    /// Checks a profile: who it is, how AWS answers, and why.
    ///
    /// `endpoint` stands in for the profile's own one when a backup is proven where the primary was
    /// refused.
    func check(_ profile: ProfileConfiguration, at endpoint: Endpoint? = nil) async
        -> CheckResult
    {
        let startedAt = SystemClock.now()
        var resolved: ResolvedProfile
        do {
            switch try await resolver.resolve(profile) {
            case .ready(let ready): resolved = ready
            case .planned(let plan):
                let obtained = try await obtainer.obtain(plan.steps, within: profile.timeout)
                resolved = ResolvedProfile(plan, with: obtained.credentials)
            }
        } catch let problem as ResolveProblem {
            return CheckResult(
                profile: profile.name, startedAt: startedAt, finishedAt: SystemClock.now(),
                diagnosis: diagnosis(of: problem, profile: profile.name))
        } catch {
            fatalError("to be written")
        }
        if let endpoint {
            resolved.endpoint = Sourced(endpoint, from: .builtIn("the group's primary"))
            resolved.mainEndpoint = nil
        }
        let (answers, diagnosis) = await interrogate(resolved, for: profile)
        return result(profile, startedAt, resolved, answers, diagnosis)
    }

    /// Asks until nothing is left to ask.
    private func interrogate(_ resolved: ResolvedProfile, for profile: ProfileConfiguration) async
        -> ([Answer], Diagnosis)
    {
        let key = resolved.credentials.accessKeyID.value
        var subject = Subject(
            profile: profile.name, resolved: resolved, expected: profile.expected)
        var answers: [Answer] = []
        while true {
            switch nextStep(for: subject, after: answers) {
            case .conclude(let diagnosis):
                return (answers, diagnosis)
            case .ask(let question, let credentials, let endpoint):
                let outcome = await prober.probe(
                    credentials, at: endpoint, timeout: profile.timeout)
                answers.append(Answer(question: question, endpoint: endpoint, outcome: outcome))
                let now = SystemClock.moment()
                paths.note(outcome, key: key, endpoint: endpoint, at: now)
                if case .refused = outcome {
                    subject.path = paths.knowledge(of: endpoint, besides: key, at: now)
                }
            }
        }
    }

    private func result(
        _ profile: ProfileConfiguration, _ startedAt: Instant, _ resolved: ResolvedProfile,
        _ answers: [Answer], _ diagnosis: Diagnosis
    ) -> CheckResult {
        let own = answers.first?.outcome
        var identity: CallerIdentity?
        if case .identity(let found, _) = own { identity = found }
        return CheckResult(
            profile: profile.name, startedAt: startedAt, finishedAt: SystemClock.now(),
            diagnosis: diagnosis, identity: identity,
            // A secret pasted into the place of the id must not be shown as one.
            accessKeyID: shown(resolved.credentials.accessKeyID.value), source: resolved.source,
            expiresAt: resolved.credentials.expiresAt?.value, latency: own?.latency,
            endpoint: resolved.endpoint.value, skew: own?.details?.skew,
            fingerprint: fingerprint(of: resolved.credentials),
            sourceModifiedAt: resolved.sourceModifiedAt)
    }
}

/// An access key id as it may be shown; what is as long as a secret goes through the redaction.
private func shown(_ id: String) -> String {
    id.utf8.count < 32 ? id : redacted(id)
}

extension ProbeOutcome {
    fileprivate var latency: Duration {
        switch self {
        case .identity(_, let details), .refused(_, let details), .notAWS(_, let details):
            details.latency
        case .failed(let failure): failure.latency
        }
    }
}
