import CLinux
import Glibc
package import HTTP
package import Model
package import Signing

/// The obtaining stage: carries out the steps of a plan.
package final class Obtainer: Sendable {
    private let roles: RoleSource
    private let webIdentities: WebIdentitySource
    private let containers: ContainerSource
    private let metadata: MetadataSource
    private let sso: SSOSource
    private let login: LoginSource

    /// Makes an obtainer that asks by a transport; nothing is asked yet. `clock` gives the time that
    /// requests are signed with, and that decides when a login is over.
    package init(
        transport: any Transport, signer: Signer = Signer(),
        clock: @escaping @Sendable () -> WallTime = Obtainer.systemTime
    ) {
        let call = ServiceCall(transport: transport, clock: clock)
        let logins = LoginStore(clock: clock)
        let sts = STSCall(call: call, signer: signer)
        roles = RoleSource(sts: sts)
        webIdentities = WebIdentitySource(sts: sts)
        containers = ContainerSource(agent: AgentCall(transport: transport))
        metadata = MetadataSource(agent: AgentCall(transport: transport))
        sso = SSOSource(call: call, logins: logins)
        login = LoginSource(call: call, logins: logins)
    }

    /// Reads the machine's clock.
    package static let systemTime: @Sendable () -> WallTime = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
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
        case .assumeRole(let step):
            guard let base else {
                throw ObtainProblem(
                    .assumeRole, .nothing("the plan has nobody to assume the role"),
                    at: step.roleARN.provenance)
            }
            var obtained = try await roles.credentials(
                for: step, from: base.credentials, within: limit)
            // A role ends when nobody can renew what assumes it.
            obtained.endsForGood = base.endsForGood
            obtained.evidence = base.evidence + obtained.evidence
            return obtained
        case .webIdentity(let step):
            return try await webIdentities.credentials(for: step, within: limit)
        case .container(let step):
            return try await containers.credentials(for: step, within: limit)
        case .instanceMetadata(let step):
            return try await metadata.credentials(for: step, within: limit)
        case .sso(let step): return try await sso.credentials(for: step, within: limit)
        case .loginSession(let step): return try await login.credentials(for: step, within: limit)
        case .process:
            fatalError("to be written")
        }
    }
}
