import Answers
import Diagnosing
import HTTP
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

/// The comparison of what the members of a group may do, asked of IAM's simulation.
struct EquivalenceAsking: Sendable {
    let identities: SecondIdentities
    let prober: Prober

    /// No answer has more pages.
    private static let mostPages = 20

    /// Compares a group; takes `limit` at most, and says what it could not ask.
    func compare(_ group: GroupConfiguration, within limit: Duration) async -> EquivalenceFinding {
        let end = SystemClock.moment() + limit
        let names = [group.primary] + group.backups
        var members: [GroupMember] = []
        for name in names {
            members.append(
                GroupMember(
                    profile: name,
                    permissions: await permissions(of: name, in: group, names, until: end)))
        }
        return equivalenceFinding(
            group: group.name, actions: group.equivalentActions, primary: members[0],
            backups: Array(members.dropFirst()))
    }

    private func permissions(
        of name: String, in group: GroupConfiguration, _ names: [String], until end: Moment
    ) async -> MemberPermissions {
        guard let profile = identities.profiles[name] else { return .unknown("no such profile") }
        guard let left = left(until: end, profile.timeout) else {
            return .unknown(CanaryObstacle.tooLate.reason)
        }
        guard let own = await identities.asker(profile, within: left) else {
            return .unknown("it has no credentials now")
        }
        let identity: CallerIdentity
        switch await whoIs(profile, own, until: end) {
        case .success(let found): identity = found
        case .failure(let obstacle): return .unknown(obstacle.reason)
        }
        var refusal: MemberPermissions?
        for asker in await askers(of: profile, own, names, until: end) {
            let answer = await simulate(identity, by: asker, group.equivalentActions, until: end)
            guard case .denied = answer else { return answer }
            refusal = refusal ?? answer
        }
        return refusal ?? .unknown("nobody could be asked")
    }

    /// Who may be asked, in order: whom the config names for the profile, then for the others of the group,
    /// and the profile itself.
    private func askers(
        of profile: ProfileConfiguration, _ own: SecondIdentities.Asker, _ names: [String],
        until end: Moment
    ) async -> [SecondIdentities.Asker] {
        var wanted: [String] = []
        for member in [profile] + names.compactMap({ identities.profiles[$0] }) {
            if let name = member.diagnoseWith, !wanted.contains(name) { wanted.append(name) }
        }
        var askers: [SecondIdentities.Asker] = []
        for name in wanted.prefix(3) where name != profile.name {
            if let other = identities.profiles[name], let left = left(until: end, other.timeout),
                let asker = await identities.asker(other, within: left)
            {
                askers.append(asker)
            }
        }
        return askers + [own]
    }

    private func whoIs(
        _ profile: ProfileConfiguration, _ own: SecondIdentities.Asker, until end: Moment
    ) async -> Result<CallerIdentity, CanaryObstacle> {
        guard let left = left(until: end, profile.timeout) else { return .failure(.tooLate) }
        guard let resolution = try? await identities.resolver.resolve(profile) else {
            return .failure(CanaryObstacle("it does not resolve now"))
        }
        let endpoint =
            switch resolution {
            case .ready(let ready): ready.endpoint.value
            case .planned(let plan): plan.endpoint.value
            }
        switch await prober.probe(own.credentials, at: endpoint, timeout: left) {
        case .identity(let identity, _): return .success(identity)
        case .refused(let error, _): return .failure(CanaryObstacle("STS answers \(error.code)"))
        case .notAWS(let what, _): return .failure(CanaryObstacle("the answer of STS is \(what)"))
        case .failed(let failure): return .failure(CanaryObstacle(failure.reason))
        }
    }

    // MARK: - The simulation

    private func simulate(
        _ identity: CallerIdentity, by asker: SecondIdentities.Asker,
        _ actions: [EquivalentAction], until end: Moment
    ) async -> MemberPermissions {
        let principal: String
        switch PrincipalForm(identity) {
        case .entity(let arn): principal = arn
        case .role(let name, let plain):
            switch await role(name, plain, by: asker, until: end) {
            case .success(let arn): principal = arn
            case .failure(let problem): return problem.permissions
            }
        case .other(let why): return .notSimulated(why)
        }
        var decisions: [SimulatedAction] = []
        var resources: [String] = []
        for action in actions where !resources.contains(action.resource) {
            resources.append(action.resource)
        }
        // With several resources in one question IAM would simulate each action on each of them.
        for resource in resources {
            let names = actions.filter { $0.resource == resource }.map(\.action)
            switch await simulate(principal, names, on: resource, by: asker, until: end) {
            case .success(let list): decisions += list
            case .failure(let problem): return problem.permissions
            }
        }
        return .simulated(principal: principal, decisions)
    }

    private func simulate(
        _ principal: String, _ actions: [String], on resource: String,
        by asker: SecondIdentities.Asker, until end: Moment
    ) async -> Result<[SimulatedAction], Obstacle> {
        var parameters = [(name: "PolicySourceArn", value: principal)]
        for (index, action) in actions.enumerated() {
            parameters.append(("ActionNames.member.\(index + 1)", action))
        }
        if resource != "*" { parameters.append(("ResourceArns.member.1", resource)) }
        var decisions: [SimulatedAction] = []
        var marker: String?
        for _ in 0..<Self.mostPages {
            let page = parameters + (marker.map { [(name: "Marker", value: $0)] } ?? [])
            let body: [UInt8]
            switch await ask("SimulatePrincipalPolicy", page, asker, until: end) {
            case .success(let answer): body = answer
            case .failure(let problem): return .failure(problem)
            }
            guard let answer = SimulationAnswer(body) else {
                return .failure(Obstacle(.unknown("the simulation's answer has no decision")))
            }
            // IAM repeats the resource as it was given; what matters is what was asked.
            decisions += answer.decisions.map { decision in
                var decision = decision
                decision.resource = resource
                return decision
            }
            guard let next = answer.marker, next != marker else { break }
            marker = next
        }
        return .success(decisions)
    }

    /// Finds the whole ARN of a role; that of its session lacks the path.
    private func role(
        _ name: String, _ plain: String, by asker: SecondIdentities.Asker, until end: Moment
    ) async -> Result<String, Obstacle> {
        switch await ask("GetRole", [("RoleName", name)], asker, until: end) {
        case .success(let body):
            return roleARN(in: body).map { .success($0) }
                ?? .failure(Obstacle(.unknown("the answer of iam:GetRole has no ARN")))
        case .failure(let problem):
            // Most roles have no path.
            if case .denied = problem.permissions { return .success(plain) }
            return .failure(problem)
        }
    }

    private struct Obstacle: Error {
        var permissions: MemberPermissions

        init(_ permissions: MemberPermissions) {
            self.permissions = permissions
        }
    }

    private func ask(
        _ action: String, _ parameters: [(name: String, value: String)],
        _ asker: SecondIdentities.Asker, until end: Moment
    ) async -> Result<[UInt8], Obstacle> {
        guard let left = left(until: end, .seconds(10)) else {
            return .failure(Obstacle(.unknown(CanaryObstacle.tooLate.reason)))
        }
        let outcome = await identities.caller.call(
            action, parameters, of: .iam, at: asker.endpoint, with: asker.credentials,
            timeout: left)
        switch outcome {
        case .answered(let body, _): return .success(body)
        case .refused(let error, let details):
            // A refusal without AWS's id is somebody else's, and one of a role that is not there is no denial.
            if details.requestID != nil, isDenial(error, details) {
                return .failure(
                    Obstacle(
                        .denied(
                            action: "iam:\(action)", asker: asker.name, message: error.message)))
            }
            return .failure(Obstacle(.unknown("iam:\(action) answers \(error.code)")))
        case .notAWS(let what, _):
            return .failure(Obstacle(.unknown("the answer to iam:\(action) is \(what)")))
        case .failed(let failure): return .failure(Obstacle(.unknown(failure.reason)))
        }
    }

    private func isDenial(_ error: ServiceError, _ details: AnswerDetails) -> Bool {
        switch refusal(error, to: .getCallerIdentity) {
        // IAM refuses some sessions altogether.
        case .accessDenied, .roleDenied, .keyNotRecognized: true
        // An ARN of another account, which only that account's identities may ask about.
        case .unrecognized: error.code == "NoSuchEntity" || error.code == "InvalidInput"
        default: false
        }
    }

    private func left(until end: Moment, _ most: Duration) -> Duration? {
        let left = end - SystemClock.moment()
        return left > .milliseconds(100) ? min(left, most) : nil
    }
}

extension CanaryObstacle {
    fileprivate static let tooLate = CanaryObstacle("there was no time left to ask")
}

/// What an identity is to IAM's simulation.
enum PrincipalForm: Hashable {
    /// Its ARN as it is.
    case entity(String)
    /// A session of a role: its name, and the ARN that it has without a path.
    case role(name: String, plain: String)
    /// A clause: why there is no simulation for it.
    case other(String)

    init(_ identity: CallerIdentity) {
        let parts = identity.arn.split(
            separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else {
            self = .other("its ARN has no known form")
            return
        }
        let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
        if parts[2] == "iam", path.first == "user", path.count > 1 {
            self = .entity(identity.arn)
        } else if parts[2] == "sts", path.first == "assumed-role", path.count == 3 {
            self = .role(
                name: String(path[1]), plain: "arn:\(parts[1]):iam::\(parts[4]):role/\(path[1])")
        } else if parts[5] == "root" {
            self = .other("it is the account's root user, who may do everything")
        } else {
            self = .other("IAM simulates users and roles only, and it is neither")
        }
    }
}
