import Diagnosing
import Linting
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

/// One check from its beginning to its diagnosis; what happens because of it is the engine's.
final class CheckPipeline: Sendable {
    let resolver: Resolver
    let obtainer: Obtainer
    let prober: Prober
    let paths = PathMemory()
    /// Who makes the calls of canaries; nil leaves them out.
    let canaries: CanaryRunner?
    /// What was proven of profiles that are served; nil keeps nothing.
    let proven: ProvenCredentials?

    init(
        resolver: Resolver, obtainer: Obtainer, prober: Prober, canaries: CanaryRunner? = nil,
        proven: ProvenCredentials? = nil
    ) {
        self.canaries = canaries
        self.proven = proven
        self.resolver = resolver
        self.obtainer = obtainer
        self.prober = prober
    }

    /// Checks a profile: who it is, how AWS answers, and why.
    ///
    /// `endpoint` stands in for the profile's own one when a backup is proven where the primary was
    /// refused.
    func check(
        _ profile: ProfileConfiguration, at endpoint: Endpoint? = nil, isProof: Bool = false
    ) async -> CheckResult {
        let startedAt = SystemClock.now()
        let resolution: Resolution
        do {
            resolution = try await resolver.resolve(profile)
        } catch {
            return failed(profile, startedAt, diagnosis(of: error, profile: profile.name))
        }
        return await check(
            resolution, for: profile, at: endpoint, isProof: isProof, since: startedAt)
    }

    /// Checks what a profile resolved to.
    func check(
        _ resolution: Resolution, for profile: ProfileConfiguration, at endpoint: Endpoint? = nil,
        isProof: Bool = false, since startedAt: Instant
    ) async -> CheckResult {
        var resolved: ResolvedProfile
        var endsForGood: WallTime?
        var remarks: [Evidence] = []
        switch resolution {
        case .ready(let ready):
            resolved = ready
            endsForGood = ready.credentials.endOfToken
        case .planned(let plan):
            do {
                let obtained = try await obtainer.obtain(plan.steps, within: profile.timeout)
                resolved = ResolvedProfile(plan, with: obtained.credentials)
                endsForGood = obtained.endsForGood
                remarks = obtained.evidence
            } catch {
                let diagnosis = await explain(error, in: plan, for: profile)
                return failed(profile, startedAt, diagnosis, plan, error.details)
            }
        }
        if let endpoint {
            resolved = resolved.asked(
                at: Sourced(endpoint, from: .builtIn("the group's primary")))
        }
        var (answers, diagnosis) = await interrogate(
            resolved, for: profile, isProof: endpoint != nil)
        diagnosis.evidence += remarks
        if case .planned(let plan) = resolution, diagnosis.doubtsCredentials {
            // Kept ones may be revoked by now; the next check looks whether new ones are better.
            obtainer.invalidate(plan.steps)
        }
        if let canary = profile.canary, let canaries, diagnosis.verdict == .good {
            diagnosis = await canaries.judge(
                diagnosis, canary, of: profile, with: resolved,
                as: answers.first?.outcome.identity, isProof: isProof)
        }
        if profile.isServed, diagnosis.verdict == .good {
            proven?.note(profile, resolved.credentials, at: SystemClock.now())
        }
        return result(profile, startedAt, resolved, endsForGood, answers, diagnosis)
    }

    /// Weighs a result by what other credentials have met since, in the same pass.
    func weighed(_ result: CheckResult, at now: Moment) -> CheckResult {
        guard result.diagnosis.cause == .wrongSecret, let endpoint = result.endpoint,
            let key = result.accessKeyID
        else { return result }
        let path = paths.knowledge(of: endpoint, besides: key, at: now)
        return result.diagnosed(Diagnosing.weighed(result.diagnosis, by: path, at: endpoint))
    }

    /// Finds out whether the credential that asked for a role is at fault itself.
    private func explain(
        _ problem: ObtainProblem, in plan: Plan, for profile: ProfileConfiguration
    ) async -> Diagnosis {
        guard blamesBase(problem), let base = problem.base, let endpoint = problem.endpoint else {
            return diagnosis(of: problem, profile: profile.name, login: plan.profile)
        }
        let resolved = ResolvedProfile(plan, with: base).asked(
            at: Sourced(endpoint, from: problem.place), main: plan.mainEndpoint)
        var anyone = profile
        anyone.expected = ExpectedIdentity()
        let (answers, own) = await interrogate(resolved, for: anyone)
        return diagnosis(
            of: problem, profile: profile.name, base: own, answer: answers.first?.outcome)
    }

    /// The result of a check that found no credentials; `details` are those of the answer that said so.
    private func failed(
        _ profile: ProfileConfiguration, _ startedAt: Instant, _ diagnosis: Diagnosis,
        _ plan: Plan? = nil, _ details: AnswerDetails? = nil
    ) -> CheckResult {
        CheckResult(
            profile: profile.name, startedAt: startedAt, finishedAt: SystemClock.now(),
            diagnosis: diagnosis, source: plan?.source, latency: details?.latency,
            endpoint: plan?.endpoint.value, skew: details?.skew,
            sourceModifiedAt: plan?.sourceModifiedAt)
    }

    /// Asks until nothing is left to ask.
    ///
    /// A proof is about one endpoint, and asks nowhere else.
    private func interrogate(
        _ resolved: ResolvedProfile, for profile: ProfileConfiguration, isProof: Bool = false
    ) async -> ([Answer], Diagnosis) {
        let key = resolved.credentials.accessKeyID.value
        var subject = Subject(
            profile: profile.name, resolved: resolved, expected: profile.expected,
            isProof: isProof)
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
                if case .refused = outcome { inform(&subject, at: now) }
            }
        }
    }

    /// Adds what is known beside the answers, once a refusal makes it worth the while.
    private func inform(_ subject: inout Subject, at now: Moment) {
        subject.path = paths.knowledge(
            of: subject.resolved.endpoint.value,
            besides: subject.resolved.credentials.accessKeyID.value, at: now)
        subject.hints = hints(about: subject.resolved.credentials)
    }

    private func result(
        _ profile: ProfileConfiguration, _ startedAt: Instant, _ resolved: ResolvedProfile,
        _ endsForGood: WallTime?, _ answers: [Answer], _ diagnosis: Diagnosis
    ) -> CheckResult {
        let own = answers.first?.outcome
        return CheckResult(
            profile: profile.name, startedAt: startedAt, finishedAt: SystemClock.now(),
            diagnosis: diagnosis, identity: own?.identity,
            // A secret pasted into the place of the id must not be shown as one.
            accessKeyID: shown(resolved.credentials.accessKeyID.value), source: resolved.source,
            expiresAt: resolved.credentials.expiresAt?.value, endsForGood: endsForGood,
            latency: own?.latency, endpoint: resolved.endpoint.value, skew: own?.details?.skew,
            fingerprint: fingerprint(of: resolved.credentials),
            sourceModifiedAt: resolved.sourceModifiedAt)
    }
}

/// An access key id as it may be shown; what is as long as a secret goes through the redaction.
private func shown(_ id: String) -> String {
    id.utf8.count < 32 ? id : redacted(id)
}

extension Diagnosis {
    /// Whether AWS did not take the credentials themselves.
    fileprivate var doubtsCredentials: Bool {
        switch cause {
        case .sessionExpired, .keyNotRecognized, .wrongSecret, .refusalUnconfirmed: true
        default: false
        }
    }
}

extension ObtainProblem {
    /// What came with the answer that refused the credentials, if one did.
    fileprivate var details: AnswerDetails? {
        if case .refused(_, let details) = reason { details } else { nil }
    }
}

extension ProbeOutcome {
    fileprivate var identity: CallerIdentity? {
        if case .identity(let identity, _) = self { identity } else { nil }
    }

    fileprivate var latency: Duration {
        switch self {
        case .identity(_, let details), .refused(_, let details), .notAWS(_, let details):
            details.latency
        case .failed(let failure): failure.latency
        }
    }
}
