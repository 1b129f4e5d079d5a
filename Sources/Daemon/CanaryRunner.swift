import Diagnosing
import HTTP
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

/// What comes after an accepted credential of a profile with a canary: the calls, and what they mean.
struct CanaryRunner: Sendable {
    let resolver: Resolver
    let prober: CanaryProber
    let identities: SecondIdentities
    let memory: CanaryMemory

    /// Makes a runner; `profiles` are those that `diagnose_with` may name.
    init(
        _ profiles: [ProfileConfiguration], _ resolver: Resolver, _ obtainer: Obtainer,
        _ transport: any Transport, remembering memory: CanaryMemory
    ) {
        self.resolver = resolver
        self.memory = memory
        prober = CanaryProber(transport: transport, clock: SystemClock.wall)
        identities = SecondIdentities(
            resolver: resolver, obtainer: obtainer,
            caller: ServiceCaller(transport: transport, clock: SystemClock.wall),
            profiles: Dictionary(profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 }))
    }

    /// Joins the good diagnosis with what the canary says, which is asked when it is due.
    ///
    /// Between two runs the last one stands. When a backup is being proven (`isProof`) and a denial counts,
    /// it is asked at once. All of it takes the profile's time limit once.
    func judge(
        _ good: Diagnosis, _ canary: Canary, of profile: ProfileConfiguration,
        with credentials: Credentials, as identity: CallerIdentity?, isProof: Bool
    ) async -> Diagnosis {
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
        if let known, now < known.due, !mustAsk {
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
            &report, &record, of: profile, with: credentials, as: identity, since: now)
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
            targets = try await resolver.targets(of: canary.calls, for: profile)
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
        of profile: ProfileConfiguration, with credentials: Credentials,
        as identity: CallerIdentity?, since start: Moment
    ) async {
        guard report.maySufferQuarantine, let user = identity?.userName else { return }
        let now = SystemClock.moment()
        if let last = record.quarantineLookedAt, now - last < record.canary.interval {
            report.quarantinePolicy = record.report.quarantinePolicy
            return
        }
        let left = profile.timeout - (now - start)
        guard left > .milliseconds(100) else { return }
        record.quarantineLookedAt = now
        let policies = await identities.attachedPolicies(
            of: user, profile, own: credentials, within: left)
        report.quarantinePolicy = policies.first { $0.hasPrefix(quarantinePolicyPrefix) }
    }
}

extension CallerIdentity {
    /// The name of an IAM user; nil for every other principal.
    var userName: String? {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "iam" else { return nil }
        let path = parts[5].split(separator: "/")
        return path.first == "user" && path.count > 1 ? path.last.map(String.init) : nil
    }
}
