import Model

/// Roles that are assumed with the credentials of the step before.
struct RoleSource: Sendable {
    let sts: STSCall

    func credentials(
        for step: RoleAssumption, from base: Credentials, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        do {
            let role = STSCall.Role(
                arn: step.roleARN, sessionName: step.sessionName,
                durationSeconds: step.durationSeconds, endpoint: step.endpoint)
            return ObtainedCredentials(
                credentials: try await sts.assume(
                    role, "AssumeRole",
                    with: step.externalID.map { [("ExternalId", Secret($0))] } ?? [],
                    signedBy: base, within: limit))
        } catch {
            throw ObtainProblem(
                .assumeRole, error.reason, at: step.roleARN.provenance, base: base,
                endpoint: step.endpoint, evidence: [.note("the role is \(step.roleARN.value)")])
        }
    }
}
