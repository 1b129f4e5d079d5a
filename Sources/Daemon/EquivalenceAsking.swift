import Answers
import Diagnosing
import HTTP
import Model
import Probing
import Scheduling

/// The comparison of what the members of a group may do, asked of IAM's simulation.
struct EquivalenceAsking: Sendable {
    let identities: SecondIdentities
    /// By name, the members of groups and those that `diagnose_with` may name.
    let profiles: [String: ProfileConfiguration]

    private typealias Voice = SecondIdentities.Voice
    private typealias Silence = SecondIdentities.Silence

    /// The longest that one question may take.
    private static let mostOfQuestion = Duration.seconds(10)
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
        guard let profile = profiles[name] else { return .unknown("no such profile") }
        let own: Voice
        switch await voice(of: profile, until: end) {
        case .success(let found): own = found
        case .failure(let silence): return .unknown(silence.what)
        }
        guard let left = left(until: end) else { return .unknown(Silence.tooLate.what) }
        let identity: CallerIdentity
        switch await identities.identity(of: own, within: left) {
        case .success(let found): identity = found
        case .failure(let silence): return .unknown(silence.what)
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
        of profile: ProfileConfiguration, _ own: Voice, _ names: [String], until end: Moment
    ) async -> [Voice] {
        var wanted: [ProfileConfiguration] = []
        for member in [profile] + names.compactMap({ profiles[$0] }) {
            if let asker = member.asker(among: profiles),
                !wanted.contains(where: { $0.name == asker.name })
            {
                wanted.append(asker)
            }
        }
        var askers: [Voice] = []
        for asker in wanted.prefix(3) where asker.name != profile.name {
            if case .success(let voice) = await voice(of: asker, until: end),
                case .success = voice.iam
            {
                askers.append(voice)
            }
        }
        return askers + [own]
    }

    private func voice(
        of profile: ProfileConfiguration, until end: Moment
    ) async -> Result<Voice, Silence> {
        guard let left = left(until: end) else { return .failure(.tooLate) }
        return await identities.voice(of: profile, within: left)
    }

    // MARK: - The simulation

    private func simulate(
        _ identity: CallerIdentity, by asker: Voice,
        _ actions: [EquivalentAction], until end: Moment
    ) async -> MemberPermissions {
        let principal: String
        switch PrincipalForm(identity) {
        case .user(_, let arn): principal = arn
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
        by asker: Voice, until end: Moment
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
        _ name: String, _ plain: String, by asker: Voice, until end: Moment
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
        _ asker: Voice, until end: Moment
    ) async -> Result<[UInt8], Obstacle> {
        guard let left = left(until: end) else {
            return .failure(Obstacle(.unknown(Silence.tooLate.what)))
        }
        let outcome: ServiceCallOutcome
        switch await identities.call(
            action, parameters, of: .iam, asker, within: min(left, Self.mostOfQuestion))
        {
        case .success(let found): outcome = found
        case .failure(let silence): return .failure(Obstacle(.unknown(silence.what)))
        }
        switch outcome {
        // Without AWS's id it is somebody else's.
        case .answered(_, let details) where details.requestID == nil,
            .refused(_, let details) where details.requestID == nil:
            return .failure(Obstacle(.unknown("the answer to iam:\(action) is not AWS's")))
        case .answered(let body, _): return .success(body)
        case .refused(let error, _):
            // One of a role that is not there is no denial.
            if isDenial(error) {
                return .failure(
                    Obstacle(
                        .denied(
                            action: "iam:\(action)", asker: asker.profile.name,
                            message: error.message)))
            }
            return .failure(Obstacle(.unknown("iam:\(action) answers \(error.code)")))
        case .notAWS(let what, _):
            return .failure(Obstacle(.unknown("the answer to iam:\(action) is \(what)")))
        case .failed(let failure): return .failure(Obstacle(.unknown(failure.reason)))
        }
    }

    private func isDenial(_ error: ServiceError) -> Bool {
        switch refusal(error, to: .getCallerIdentity) {
        // IAM refuses some sessions altogether.
        case .accessDenied, .roleDenied, .keyNotRecognized: true
        // An ARN of another account, which only that account's identities may ask about.
        case .unrecognized: error.code == "NoSuchEntity" || error.code == "InvalidInput"
        default: false
        }
    }

    /// What is left of the time, if it is enough to ask.
    private func left(until end: Moment) -> Duration? {
        let left = end - SystemClock.moment()
        return left > .milliseconds(100) ? left : nil
    }
}

extension SecondIdentities.Silence {
    fileprivate static let tooLate = Self("there was no time left to ask", mayPass: true)
}
