package import HTTP
package import Model
import Processes

/// The obtaining stage: carries out the steps of a plan, and keeps what they lead to.
package final class Obtainer: Sendable {
    private let transport: any Transport
    private let processes = ProcessRunner()
    private let keeper: CredentialKeeper

    /// Makes an obtainer that asks by a transport; nothing is asked yet.
    ///
    /// Fetches that several checks share run on the transport's thread, if it has one.
    package init(
        transport: any Transport, now: @escaping @Sendable () -> Instant = { Instant.now() }
    ) {
        self.transport = transport
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
        if steps.count == 1, case .keys(let credentials) = last {
            return ObtainedCredentials(
                credentials: credentials,
                endsForGood: credentials.sessionToken == nil ? nil : credentials.expiresAt?.value)
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
        case .process(let process):
            return try await ProcessSource(processes: processes)
                .credentials(for: process, within: limit)
        case .keys, .assumeRole, .webIdentity, .sso, .loginSession, .container,
            .instanceMetadata:
            throw ObtainProblem(
                step.source, .unavailable("this version does not ask it"), at: step.place)
        }
    }
}
