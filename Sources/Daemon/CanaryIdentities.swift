import Answers
import HTTP
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

/// The identities that may ask IAM about another one: whom `diagnose_with` names, and the profile itself.
struct SecondIdentities: Sendable {
    let resolver: Resolver
    let obtainer: Obtainer
    let caller: ServiceCaller
    /// By name, those that `diagnose_with` may name.
    let profiles: [String: ProfileConfiguration]

    /// Somebody who can sign a question to IAM.
    struct Asker: Sendable {
        /// For a sentence: the profile's name.
        var name: String
        var credentials: Credentials
        var endpoint: Endpoint
    }

    /// Finds a profile's credentials, and where it asks IAM; nil when it has none within a time limit.
    func asker(_ profile: ProfileConfiguration, within limit: Duration) async -> Asker? {
        var profile = profile
        profile.timeout = min(profile.timeout, limit)
        guard let resolution = try? await resolver.resolve(profile) else { return nil }
        switch resolution {
        case .ready(let ready): return await asker(profile, ready.credentials)
        case .planned(let plan):
            let obtained = try? await obtainer.obtain(plan.steps, within: profile.timeout)
            guard let obtained else { return nil }
            return await asker(profile, obtained.credentials)
        }
    }

    /// The same with credentials that are at hand.
    func asker(_ profile: ProfileConfiguration, _ credentials: Credentials) async -> Asker? {
        let anything = CanaryCall(.action(service: "iam", name: "GetUser"))
        guard let found = try? await resolver.targets(of: [anything], for: profile).first,
            case .success(let target) = found
        else { return nil }
        return Asker(
            name: profile.name, credentials: credentials,
            endpoint: Endpoint(
                url: target.url, signingRegion: target.region,
                partition: Partition(ofRegion: target.region).id))
    }

    /// Returns the managed policies of a user, as far as anybody may see them.
    func attachedPolicies(
        of user: String, _ profile: ProfileConfiguration, own: Credentials, within limit: Duration
    ) async -> [String] {
        let end = SystemClock.moment() + limit
        let asker: Asker?
        if let name = profile.diagnoseWith, let other = profiles[name] {
            asker = await self.asker(other, within: limit)
        } else if own.sessionToken == nil {
            asker = await self.asker(profile, own)
        } else {
            // IAM does not take every session.
            asker = nil
        }
        let left = end - SystemClock.moment()
        guard let asker, left > .milliseconds(100) else { return [] }
        let outcome = await caller.call(
            "ListAttachedUserPolicies", [("UserName", user)], of: .iam, at: asker.endpoint,
            with: asker.credentials, timeout: left)
        if case .answered(let body, _) = outcome { return policyNames(in: body) }
        return []
    }
}
