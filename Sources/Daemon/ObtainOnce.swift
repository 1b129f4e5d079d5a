package import Model
import Diagnosing
import HTTP
import Obtaining
import Resolving
import Scheduling

/// What the search for a profile's credentials came to.
package enum CredentialsAnswer: Sendable {
    case obtained(Credentials)
    /// `source` names the source that failed; nil when the search did not get that far.
    case failed(Diagnosis, source: String?)
}

/// Resolves a profile and carries its plan out, once; whether AWS accepts the result is not asked.
///
/// Every request and every program has the profile's time limit.
package func obtainOnce(
    _ profile: ProfileConfiguration, in configuration: Configuration
) async throws(TransportFailure) -> CredentialsAnswer {
    let transport = try makeTransport(for: configuration)
    let obtainer = Obtainer(transport: transport)
    let resolver = Resolver(environment: .current(), overrides: configuration.aws)
    let answer = await answer(profile, resolver, obtainer)
    await obtainer.shutDown()
    transport.shutdown()
    return answer
}

private func answer(
    _ profile: ProfileConfiguration, _ resolver: Resolver, _ obtainer: Obtainer
) async -> CredentialsAnswer {
    let plan: Plan
    do {
        switch try await resolver.resolve(profile) {
        case .ready(let resolved): return .obtained(resolved.credentials)
        case .planned(let found): plan = found
        }
    } catch {
        return .failed(diagnosis(of: error, profile: profile.name), source: nil)
    }
    do throws(ObtainProblem) {
        let credentials = try await obtainer.obtain(plan.steps, within: profile.timeout).credentials
        // A check hands these to AWS, which has the word about them; an application gets no dead ones.
        if case .loginSession(let login)? = plan.steps.last,
            let end = credentials.expiresAt?.value, end <= SystemClock.wall()
        {
            throw ObtainProblem(
                .loginSession, .loginNeeded("the login ended at \(end.rfc3339)"),
                at: login.session.provenance)
        }
        return .obtained(credentials)
    } catch {
        let diagnosis = diagnosis(of: error, profile: profile.name)
        // The last of the order may just be missing, and then the places before it are worth a word.
        let isNothing = diagnosis.cause == .noCredentials && !plan.searched.isEmpty
        let places = (plan.searched + [plan.source]).joined(separator: ", ")
        return .failed(
            diagnosis, source: isNothing ? places : plan.source)
    }
}
