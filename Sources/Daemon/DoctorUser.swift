import Diagnosing
import Model
import Scheduling

/// What came of asking IAM, and the result of the check in the light of it.
struct ExaminedUser: Sendable {
    var section: DoctorSection<DoctorUser>
    var result: CheckResult?
}

extension Doctor {
    /// Asks IAM about the key and its user, by the second identity, or by the key itself while it works.
    func examineUser(_ result: CheckResult?) async -> ExaminedUser {
        progress(.began(.user))
        var examined = await examined(result)
        examined.section = await beside(examined.section, examined.result)
        progress(.ended(.user, examined.section.state))
        return examined
    }

    private func examined(_ result: CheckResult?) async -> ExaminedUser {
        guard !order.isOffline else {
            return ExaminedUser(
                section: .notAsked("--offline, so IAM was not asked"), result: result)
        }
        guard let result else {
            return ExaminedUser(section: .notAsked("nothing is known of the key"), result: nil)
        }
        if let reason = reasonNotToAsk(about: result) {
            return ExaminedUser(section: .notAsked(reason), result: result)
        }
        let limit = min(left * 2 / 3, order.limit / 3)
        guard limit > .milliseconds(100) else {
            return ExaminedUser(section: .notAsked(DoctorReport.noTime), result: result)
        }
        let (profile, configuration, transport) = (profile, configuration, transport)
        // It ends by itself with what it knows; the limit around it is for what hangs all the same.
        let found = await within(limit + .milliseconds(500), on: transport) {
            await investigateOnce(
                profile, result: result, in: configuration, transport: transport, within: limit,
                allowingItself: true)
        }
        guard let found else {
            return ExaminedUser(
                section: DoctorSection(
                    .unknown, notes: ["IAM gave no answers within \(limit.rough)."]),
                result: result)
        }
        guard let investigation = found else {
            return ExaminedUser(
                section: .notAsked(
                    "there is nobody to ask with: name a profile by diagnose_with, or by --diagnose-with"
                ), result: result)
        }
        return joined(result, with: investigation, profile: profile, at: SystemClock.wall())
    }
}

/// Why IAM has nothing to say about a result; nil when it may have.
private func reasonNotToAsk(about result: CheckResult) -> String? {
    guard let id = result.accessKeyID else { return "there is no access key to ask about" }
    guard isLongTerm(id) else { return "the key is temporary, and IAM lists none of these" }
    let cause = result.diagnosis.cause
    if result.diagnosis.verdict == .good || isWorthInquiry(cause) { return nil }
    return "IAM has no say in this (\(cause.title))"
}

/// Joins a result with what IAM said: a refusal is explained, a key that works gets its warnings.
func joined(
    _ result: CheckResult, with investigation: Investigation, profile: ProfileConfiguration,
    at now: WallTime
) -> ExaminedUser {
    var user = DoctorUser(
        askedBy: investigation.asker.profile,
        evidence: investigation.evidence(expecting: profile.expected.account))
    let isOpen = investigation.problem != nil || !isConclusive(investigation)
    guard result.diagnosis.verdict == .good else {
        let diagnosis = refined(result.diagnosis, by: investigation, profile: profile, at: now)
        let isExplained = diagnosis.cause != result.diagnosis.cause
        return ExaminedUser(
            section: DoctorSection(isExplained ? .problem : isOpen ? .unknown : .ok, user),
            result: result.diagnosed(diagnosis))
    }
    user.advisories = advisories(from: investigation, at: now, maxKeyAge: profile.maxKeyAge)
    return ExaminedUser(
        section: DoctorSection(
            !user.advisories.isEmpty ? .warning : isOpen ? .unknown : .ok, user), result: result)
}
