package import HTTP
package import Model

/// The obtaining stage: carries out the steps of a plan.
package final class Obtainer: Sendable {
    private let transport: any Transport
    private let sso: SSOSource
    private let login: LoginSource

    /// Makes an obtainer that asks by a transport; `clock` gives the time that decides what is over.
    package init(transport: any Transport, clock: @escaping @Sendable () -> WallTime) {
        self.transport = transport
        let call = ServiceCall(transport: transport, clock: clock)
        let logins = LoginStore(clock: clock)
        sso = SSOSource(call: call, logins: logins)
        login = LoginSource(call: call, logins: logins)
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
        case .sso(let step): return try await sso.credentials(for: step, within: limit)
        case .loginSession(let step): return try await login.credentials(for: step, within: limit)
        case .assumeRole, .webIdentity, .process, .container, .instanceMetadata:
            fatalError("to be written")
        }
    }
}
