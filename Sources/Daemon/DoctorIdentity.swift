import Diagnosing
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

extension Doctor {
    /// Asks AWS whose the credentials are, by the same check that the daemon makes; where the values have
    /// characters that do not belong, asks once more without these.
    func identityPart() async -> DoctorSection<DoctorIdentity> {
        guard !order.isOffline else { return await identityOffline() }
        let (profile, pipeline) = (profile, pipeline)
        let checked = await within(share(3, of: 5), on: transport) {
            await pipeline.check(profile)
        }
        guard let checked else {
            return DoctorSection(
                .unknown,
                notes: [
                    "The question who AWS says we are was given up after \(share(3, of: 5).rough)."
                ])
        }
        let weighed = await weighedByOther(checked)
        var identity = DoctorIdentity(result: weighed, expected: profile.expected)
        identity.cleaned = await askWithoutForeignCharacters()
        if let cleaned = identity.cleaned {
            identity.result = weighed.diagnosed(weighed.diagnosis.joined(with: cleaned))
        }
        return DoctorSection(state(of: identity.result.diagnosis), identity)
    }

    /// Looks at the values alone: a fault in them needs no request.
    private func identityOffline() async -> DoctorSection<DoctorIdentity> {
        let reason = "--offline, so AWS was not asked"
        let (profile, pipeline) = (profile, pipeline)
        let found = await alone(within: share(1, of: 4)) { () async -> CheckResult? in
            let startedAt = SystemClock.now()
            let diagnosis = await localDiagnosis(of: profile, by: pipeline.resolver)
            return diagnosis.map {
                CheckResult(
                    profile: profile.name, startedAt: startedAt, finishedAt: SystemClock.now(),
                    diagnosis: $0)
            }
        }
        guard let found, let result = found else { return .notAsked(reason) }
        return DoctorSection(
            state(of: result.diagnosis),
            DoctorIdentity(result: result, expected: profile.expected),
            notes: ["AWS was not asked (--offline); the values themselves show this."])
    }

    /// Asks with the values as they may have been meant.
    ///
    /// Nil when every character belongs. Only here is a value sent that stands nowhere as it is.
    private func askWithoutForeignCharacters() async -> CleanedValues? {
        let (profile, pipeline) = (profile, pipeline)
        let cleaned = await alone(within: share(1, of: 8)) { () async -> CleanedProfile? in
            await cleanedProfile(profile, by: pipeline.resolver)
        }
        guard let cleaned, let cleaned else { return nil }
        let outcome = await within(share(1, of: 3), on: transport) {
            await pipeline.prober.probe(
                cleaned.values.credentials, at: cleaned.endpoint, timeout: profile.timeout)
        }
        guard let outcome else {
            return CleanedValues(
                removed: cleaned.values.removed, isAccepted: nil,
                answer: "not asked to the end, since the time was over")
        }
        return CleanedValues(cleaned.values.removed, outcome)
    }
}

/// What a profile's values may have been meant to be, and where to ask.
private struct CleanedProfile: Sendable {
    var values: CleanedCredentials
    var endpoint: Endpoint
}

private func cleanedProfile(
    _ profile: ProfileConfiguration, by resolver: Resolver
) async -> CleanedProfile? {
    switch try? await resolver.resolve(profile) {
    case .ready(let resolved):
        return cleaned(resolved.credentials).map {
            CleanedProfile(values: $0, endpoint: resolved.endpoint.value)
        }
    case .planned(let plan):
        guard case .keys(let keys)? = plan.steps.first else { return nil }
        return cleaned(keys).map { CleanedProfile(values: $0, endpoint: plan.endpoint.value) }
    case nil: return nil
    }
}

/// What can be said of a profile without a request; nil when only AWS can tell.
private func localDiagnosis(
    of profile: ProfileConfiguration, by resolver: Resolver
) async -> Diagnosis? {
    do {
        guard case .ready(let resolved) = try await resolver.resolve(profile) else { return nil }
        let subject = Subject(
            profile: profile.name, resolved: resolved, expected: profile.expected)
        guard case .conclude(let diagnosis) = nextStep(for: subject, after: []) else { return nil }
        return diagnosis
    } catch {
        return diagnosis(of: error, profile: profile.name)
    }
}

extension Diagnosis {
    /// The same diagnosis with what AWS said to the cleaned values.
    func joined(with cleaned: CleanedValues) -> Diagnosis {
        var copy = self
        copy.evidence.append(.secondOpinion(.withoutForeignCharacters, cleaned.answer))
        if cleaned.isAccepted == true, cause == .malformedValue {
            copy.confidence = .certain
            copy.others = []
        }
        return copy
    }
}

/// How a part stands whose answer is a diagnosis.
func state(of diagnosis: Diagnosis) -> DoctorState {
    switch diagnosis.verdict {
    case .bad: return .problem
    case .good: return diagnosis.cause == .ok ? .ok : .warning
    case .unknown: return diagnosis.cause.isOfThisMachine ? .problem : .unknown
    }
}

extension Cause {
    /// Whether it says for certain that something on this machine has to be mended, though nothing about
    /// the credential.
    var isOfThisMachine: Bool {
        switch self {
        case .clockSkew, .wrongPartition, .needsMFA, .loginNeeded, .processFailed,
            .sourceUntrusted, .profileMissing, .fileUnreadable, .fileMalformed,
            .credentialsIncomplete, .noCredentials, .unsupportedSource, .badSetting:
            true
        case .ok, .keyNotRecognized, .keyInactive, .keyDeleted, .userDeleted, .keyMistyped,
            .wrongSecret, .sessionExpired, .sessionTokenMissing, .leftoverSessionToken,
            .malformedValue, .placeholderCredentials, .wrongIdentity, .roleDenied,
            .webIdentityRefused, .permissionLost, .quarantined, .throttled, .networkDNS,
            .networkConnect, .networkTimeout, .networkInterrupted, .tls, .proxy, .notAWS,
            .awsOutage, .regionNotEnabled, .refusalUnconfirmed, .signatureAltered, .needsPerson,
            .sourceUnavailable, .accessDenied, .identityProviderUnreachable, .unrecognizedAnswer,
            .checkTimedOut:
            false
        }
    }
}
