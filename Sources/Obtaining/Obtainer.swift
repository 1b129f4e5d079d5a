package import HTTP
package import Model
import Processes
package import Signing

/// The obtaining stage: carries out the steps of a plan, and keeps what they lead to.
package final class Obtainer: Sendable {
    private let roles: RoleSource
    private let webIdentities: WebIdentitySource
    private let containers: ContainerSource
    private let metadata: MetadataSource
    private let sso: SSOSource
    private let login: LoginSource
    private let processes = ProcessRunner()
    private let keeper: CredentialKeeper

    /// Makes an obtainer that asks by a transport; nothing is asked yet.
    ///
    /// `now` gives the time that requests are signed with, and that decides when something is over.
    /// Fetches that several checks share run on the transport's thread, if it has one.
    package init(
        transport: any Transport, signer: Signer = Signer(),
        now: @escaping @Sendable () -> Instant = { Instant.now() }
    ) {
        let clock: @Sendable () -> WallTime = { now().wall }
        let call = ServiceCall(transport: transport, clock: clock)
        let logins = LoginStore(clock: clock)
        let sts = STSCall(call: call, signer: signer)
        let agent = AgentCall(transport: transport)
        roles = RoleSource(sts: sts)
        webIdentities = WebIdentitySource(sts: sts)
        containers = ContainerSource(agent: agent)
        metadata = MetadataSource(agent: agent)
        sso = SSOSource(call: call, logins: logins)
        login = LoginSource(call: call, logins: logins)
        keeper = CredentialKeeper(executor: transport as? any TaskExecutor, now: now)
    }

    /// Carries out a plan's steps, each with the credentials of the one before, unless what they lead to
    /// is still good.
    ///
    /// Every request and every program has `limit` to come to its end. What is kept is kept for each
    /// beginning of the steps, so roles share the credentials that they are assumed with.
    package func obtain(
        _ steps: [PlanStep], within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        guard let last = steps.last else {
            throw ObtainProblem(
                .profileKeys, .nothing("the plan has no step"), at: .builtIn("an empty plan"))
        }
        if steps.count == 1, case .keys = last {
            return try await carryOut(last, with: nil, within: limit)
        }
        // Steps end by their own limits, with a better reason; this is for what gets stuck all the same.
        let patience = limit * (2 * steps.count) + .seconds(5)
        return try await keeper.credentials(for: steps, within: patience) { [self] in
            await fetch(Array(steps.dropLast()), last, within: limit)
        }
    }

    /// Forgets what steps led to, because AWS does not take it any more: the next check fetches anew.
    package func invalidate(_ steps: [PlanStep]) {
        keeper.invalidate(steps)
    }

    /// Ends all programs that run, SIGTERM now and SIGKILL after the grace; starts none any more.
    package func shutDown(grace: Duration = .milliseconds(500)) async {
        await processes.terminateAll(grace: grace)
    }

    private func fetch(
        _ beginning: [PlanStep], _ last: PlanStep, within limit: Duration
    ) async -> Result<ObtainedCredentials, ObtainProblem> {
        do throws(ObtainProblem) {
            var base: ObtainedCredentials?
            if !beginning.isEmpty { base = try await obtain(beginning, within: limit) }
            do throws(ObtainProblem) {
                var obtained = try await carryOut(last, with: base, within: limit)
                // A role cannot be assumed again when the login that asks for it is over.
                let ends = [obtained.endsForGood, base?.endsForGood].compactMap(\.self)
                obtained.endsForGood = ends.min()
                return .success(obtained)
            } catch {
                if error.refusesBase { keeper.invalidate(beginning) }
                throw error
            }
        } catch {
            return .failure(error)
        }
    }

    private func carryOut(
        _ step: PlanStep, with base: ObtainedCredentials?, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        switch step {
        case .keys(let credentials):
            return ObtainedCredentials(
                credentials: credentials, endsForGood: credentials.endOfToken)
        case .assumeRole(let role):
            guard let base else {
                throw ObtainProblem(
                    .assumeRole, .nothing("the plan has nobody to assume the role"),
                    at: step.place)
            }
            var obtained = try await roles.credentials(
                for: role, from: base.credentials, within: limit)
            obtained.evidence = base.evidence + obtained.evidence
            return obtained
        case .webIdentity(let step):
            return try await webIdentities.credentials(for: step, within: limit)
        case .container(let step):
            return try await containers.credentials(for: step, within: limit)
        case .instanceMetadata(let step):
            return try await metadata.credentials(for: step, within: limit)
        case .sso(let step):
            return try await sso.credentials(for: step, within: limit)
        case .loginSession(let step):
            return try await login.credentials(for: step, within: limit)
        case .process(let step):
            return try await ProcessSource(processes: processes)
                .credentials(for: step, within: limit)
        }
    }
}
