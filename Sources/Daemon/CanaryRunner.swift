import Diagnosing
import HTTP
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

/// What comes after an accepted credential of a profile with a canary: the calls, and what they mean.
struct CanaryRunner: Sendable {
    let prober: CanaryProber
    let identities: SecondIdentities
    /// By name, those that `diagnose_with` may name.
    let profiles: [String: ProfileConfiguration]
    let memory: CanaryMemory

    /// Makes a runner; `profiles` are those that `diagnose_with` may name.
    init(
        _ profiles: [ProfileConfiguration], _ identities: SecondIdentities,
        _ transport: any Transport, remembering memory: CanaryMemory
    ) {
        self.identities = identities
        self.memory = memory
        self.profiles = Dictionary(profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        prober = CanaryProber(transport: transport, clock: SystemClock.wall)
    }

    /// Joins the good diagnosis with what the canary says, which is asked when it is due.
    ///
    /// Between two runs the last one stands. When a backup is being proven (`isProof`) and a denial counts,
    /// it is asked at once; when none counts, what is known stands. All of it takes the profile's time
    /// limit once.
    func judge(
        _ good: Diagnosis, _ canary: Canary, of profile: ProfileConfiguration,
        with resolved: ResolvedProfile, as identity: CallerIdentity?, isProof: Bool
    ) async -> Diagnosis {
        let credentials = resolved.credentials
        let now = SystemClock.moment()
        let subject = CanarySubject(
            profile: profile.name, identity: identity,
            isTemporary: credentials.sessionToken != nil,
            secrets: [credentials.secretAccessKey.value]
                + (credentials.sessionToken.map { [$0.value] } ?? []))
        // Each session has another key, but may do what the one before it could.
        let owner =
            subject.isTemporary
            ? (identity?.arn ?? "").hashValue : fingerprint(of: credentials)
        let known = memory.record(of: profile.name, canary, owner: owner)
        let mustAsk = isProof && canary.counts
        if let known, isProof || now < known.due, !mustAsk {
            return canaryDiagnosis(
                good: good, known.report, before: known.conclusion, subject,
                counts: canary.counts)
        }
        // A proof that does not count leaves the backup's own canary to its own checks.
        if isProof, !canary.counts { return good }
        var report = CanaryReport(
            await outcomes(canary, of: profile, with: credentials, since: now), subject)
        var record =
            known
            ?? CanaryMemory.Record(
                canary: canary, owner: owner, subject: subject, report: report, due: now)
        await lookForQuarantine(
            &report, &record, of: profile, with: resolved, as: identity, since: now)
        let before = record.conclusion
        record.subject = subject
        record.take(report, at: SystemClock.moment())
        memory.keep(record, of: profile.name)
        return canaryDiagnosis(
            good: good, report, before: before, subject, counts: canary.counts, isProof: isProof)
    }

    private func outcomes(
        _ canary: Canary, of profile: ProfileConfiguration, with credentials: Credentials,
        since start: Moment
    ) async -> [CanaryOutcome] {
        let targets: [Result<CanaryTarget, CanaryObstacle>]
        do {
            targets = try await identities.resolver.targets(of: canary.calls, for: profile)
        } catch {
            targets = canary.calls.map { _ in .failure(CanaryObstacle(error)) }
        }
        let left = max(profile.timeout - (SystemClock.moment() - start), .milliseconds(1))
        return await prober.probe(
            Array(zip(canary.calls, targets)), with: credentials, within: left)
    }

    /// Asks whether AWS's quarantine policy is attached to the user, where a denial looks like that.
    ///
    /// Not more often than the canary's interval, and within what is left of the time limit.
    private func lookForQuarantine(
        _ report: inout CanaryReport, _ record: inout CanaryMemory.Record,
        of profile: ProfileConfiguration, with resolved: ResolvedProfile,
        as identity: CallerIdentity?, since start: Moment
    ) async {
        guard report.maySufferQuarantine,
            case .user(let user, _)? = identity.map(PrincipalForm.init)
        else { return }
        let now = SystemClock.moment()
        if let last = record.quarantineLookedAt, now - last < record.canary.interval {
            report.quarantinePolicy = record.report.quarantinePolicy
            return
        }
        let left = profile.timeout - (now - start)
        guard left > .milliseconds(100) else { return }
        record.quarantineLookedAt = now
        let voice: SecondIdentities.Voice
        if let other = profile.asker(among: profiles) {
            guard case .success(let found) = await identities.voice(of: other, within: left)
            else { return }
            voice = found
        } else if resolved.credentials.sessionToken == nil {
            voice = await identities.voice(of: profile, resolved)
        } else {
            // IAM does not take every session.
            return
        }
        let rest = profile.timeout - (SystemClock.moment() - start)
        guard rest > .milliseconds(100) else { return }
        let answer = await identities.ask(
            Inquiry(.attachedPolicies, about: user), voice, within: rest)
        if case .policies(let names, _) = answer.reply {
            report.quarantinePolicy = names.first { $0.hasPrefix(quarantinePolicyPrefix) }
        }
    }
}
