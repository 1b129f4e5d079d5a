package import HTTP
package import Model

/// The obtaining stage: carries out the steps of a plan.
package final class Obtainer: Sendable {
    private let transport: any Transport

    /// Makes an obtainer that asks by a transport; nothing is asked yet.
    package init(transport: any Transport) {
        self.transport = transport
    }

    /// Carries out a plan's steps, each with the credentials of the one before.
    ///
    /// Every request and every program has `limit` to come to its end.
    package func obtain(
        _ steps: [PlanStep], within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        var obtained: ObtainedCredentials?
        for step in steps {
            obtained = try await carryOut(step, with: obtained, within: limit)
        }
        guard let obtained else {
            throw ObtainProblem(
                .profileKeys, .nothing("the plan has no step"), at: .builtIn("an empty plan"))
        }
        return obtained
    }

    private func carryOut(
        _ step: PlanStep, with base: ObtainedCredentials?, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        switch step {
        case .keys(let credentials):
            return ObtainedCredentials(
                credentials: credentials,
                endsForGood: credentials.sessionToken == nil ? nil : credentials.expiresAt?.value)
        case .assumeRole, .webIdentity, .sso, .loginSession, .process, .container,
            .instanceMetadata:
            throw ObtainProblem(
                step.source, .unavailable("this version does not ask it"), at: .builtIn("a plan"))
        }
    }
}
