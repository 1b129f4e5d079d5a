import Glibc
import Model
import Resolving

extension Doctor {
    /// Says what hides what, and how the environment that was asked for differs from ours.
    func precedencePart(
        _ plan: Plan?, result: CheckResult?
    ) async -> DoctorSection<DoctorPrecedence> {
        var own = order.profile
        own.surroundings = .own
        var notes: [String] = []
        var there: DoctorSide?
        if order.profile.surroundings != .own {
            let (profile, pipeline) = (profile, pipeline)
            let looked = await alone(within: share(1, of: 8)) { () async -> AWSEnvironment? in
                try? await pipeline.resolver.environment(
                    of: profile.surroundings, within: profile.timeout)
            }
            if let looked, let environment = looked {
                there = DoctorSide(environment: environment, plan: plan)
            } else {
                notes.append(
                    "The environment of \(order.profile.surroundings.subject) could not be looked at, so nothing is compared."
                )
            }
        }
        let ownPlan = there == nil ? plan : await explained(own)
        let here = DoctorSide(environment: environment, plan: ownPlan)
        let facts = MachineFacts(
            user: geteuid(), describedUser: PasswordEntry.describe(geteuid()),
            isAccepted: result?.diagnosis.verdict == .good)
        let content = precedence(
            of: plan, here: here, there: there, named: order.profile.surroundings.subject,
            facts: facts)
        let warns = content.findings.contains { $0.isWarning } || !notes.isEmpty
        return DoctorSection(warns ? .warning : .ok, content, notes: notes)
    }

    private func explained(_ profile: ProfileConfiguration) async -> Plan? {
        let pipeline = pipeline
        let plan = await alone(within: share(1, of: 8)) { () async -> Plan? in
            try? await pipeline.resolver.explain(profile)
        }
        return plan ?? nil
    }
}

/// An environment, and what a profile's plan is in it.
struct DoctorSide {
    var environment: AWSEnvironment
    var plan: Plan?
}

/// Who runs this program, and how the profile fares.
struct MachineFacts {
    var user: UInt32
    /// `app (uid 1000)`.
    var describedUser: String
    /// Whether AWS accepts what was found, so that an odd home directory did no harm.
    var isAccepted = false
}

/// Compares the sources of a plan with each other, and two environments.
func precedence(
    of plan: Plan?, here: DoctorSide, there: DoctorSide?, named subject: String,
    facts: MachineFacts
) -> DoctorPrecedence {
    let looked = there ?? here
    var findings = plan.map { hidden(in: $0, looked.environment) } ?? []
    findings += homes(of: looked.environment, facts: facts, isOwn: there == nil)
    guard let there else { return DoctorPrecedence(findings: findings) }
    return DoctorPrecedence(
        findings: findings, comparedWith: subject,
        differences: differences(here, there, facts: facts))
}

/// Says which sources of a plan are hidden, and what an application would use that names no profile.
private func hidden(in plan: Plan, _ environment: AWSEnvironment) -> [DoctorFinding] {
    guard let winner = plan.rows.first(where: { $0.standing == .chosen }) else { return [] }
    var findings: [DoctorFinding] = []
    for row in plan.rows {
        switch row.standing {
        case .chosen: break
        case .shadowed:
            let isOtherKey = row.accessKeyID != nil && row.accessKeyID != winner.accessKeyID
            let hides = isOtherKey && winner.source == .environmentKeys
            let key = row.accessKeyID.map { " with access key \(shownID($0))" } ?? ""
            findings.append(
                DoctorFinding(
                    "\(plan.source) hides \(row.title)\(key).", isWarning: hides))
        case .notConsulted:
            guard row.source == .environmentKeys || row.source == .webIdentity else { break }
            let isOtherKey = row.accessKeyID != winner.accessKeyID
            findings.append(
                DoctorFinding(
                    "An application that names no profile would use \(row.title) in place of \(plan.source).",
                    isWarning: isOtherKey))
        }
    }
    if winner.source == .environmentKeys, let name = environment["AWS_PROFILE"] {
        findings.append(
            DoctorFinding(
                "AWS_PROFILE names \(name.value), which counts for settings only: the keys of the environment win.",
                isWarning: true))
    }
    return findings
}

private func homes(
    of environment: AWSEnvironment, facts: MachineFacts, isOwn: Bool
) -> [DoctorFinding] {
    var findings: [DoctorFinding] = []
    let home = environment["HOME"]?.value
    switch (home, environment.passwordHome) {
    case (let home?, let known?) where trimmed(home) != trimmed(known):
        findings.append(
            DoctorFinding(
                "HOME is \(home), but the user's home directory is \(known): files in ~/.aws are looked for in the former.",
                isWarning: !facts.isAccepted))
    case (nil, let known?):
        findings.append(
            DoctorFinding("HOME is not set, so ~ is the user's home directory \(known)."))
    case (nil, nil):
        findings.append(
            DoctorFinding(
                "No home directory is known, so no file in ~/.aws counts.",
                isWarning: !facts.isAccepted))
    default: break
    }
    if isOwn {
        findings.append(DoctorFinding("This is what \(facts.describedUser) sees."))
        if facts.user == 0, let user = environment["SUDO_USER"] {
            findings.append(
                DoctorFinding(
                    "sudo was used: \(user.value) has other variables and another home directory than root.",
                    isWarning: !facts.isAccepted))
        }
    }
    for name in ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] {
        guard let path = environment[name] else { continue }
        findings.append(DoctorFinding("\(name) names \(path.value)."))
    }
    return findings
}

private func trimmed(_ path: String) -> Substring {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    return path
}

/// Lists what is another thing there than here; of variables that may be secret only the names.
private func differences(
    _ here: DoctorSide, _ there: DoctorSide, facts: MachineFacts
) -> [DoctorPrecedence.Difference] {
    var list: [DoctorPrecedence.Difference] = []
    func compare(_ setting: String, _ ours: String?, _ theirs: String?) {
        guard ours != theirs else { return }
        list.append(.init(setting, here: ours ?? "none", there: theirs ?? "none"))
    }
    func key(_ plan: Plan?) -> String? {
        plan?.rows.first { $0.standing == .chosen }?.accessKeyID.map(shownID)
    }
    compare("source", here.plan?.source, there.plan?.source)
    compare("access key", key(here.plan), key(there.plan))
    if let ours = here.plan, let theirs = there.plan {
        // Without a plan nobody has looked for these.
        compare("region", ours.region.value, theirs.region.value)
        compare("endpoint", ours.endpoint.value.url, theirs.endpoint.value.url)
    }
    compare("home directory", here.environment.home, there.environment.home)
    compare(
        "user", facts.describedUser,
        there.environment.user.map { PasswordEntry.describe($0) } ?? facts.describedUser)
    for name in ["AWS_PROFILE", "AWS_CA_BUNDLE"] {
        compare(name, here.environment[name]?.value, there.environment[name]?.value)
    }
    let names = Set(here.environment.variables.keys).union(there.environment.variables.keys)
    for name in names.sorted() where isOfInterest(name) {
        let (ours, theirs) = (here.environment[name] != nil, there.environment[name] != nil)
        guard ours != theirs else { continue }
        list.append(
            .init(name, here: ours ? "set" : "not set", there: theirs ? "set" : "not set"))
    }
    return list
}

/// Whether a variable has a say in credentials or the way to AWS, and is not compared by its value.
private func isOfInterest(_ name: String) -> Bool {
    let isProxy = ["https_proxy", "http_proxy", "all_proxy", "no_proxy"]
        .contains(name.lowercased())
    return isProxy || name.hasPrefix("AWS_") && name != "AWS_PROFILE" && name != "AWS_CA_BUNDLE"
}

/// An access key id as it may be shown: a secret that was pasted in its place is not.
func shownID(_ id: String) -> String {
    id.utf8.count < 32 ? id : "<redacted>"
}

extension Surroundings {
    /// Whose environment it is, for a sentence: `app.service`.
    var subject: String {
        switch self {
        case .own: "credwatch itself"
        case .unit(let unit): unit
        case .process(let process): "PID \(process)"
        case .environmentFile(let path): path
        case .credential(let name): "the systemd credential \(name)"
        }
    }
}
