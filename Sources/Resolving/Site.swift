import Model

/// One environment with the shared files that belong to it, and what was planned out of both.
final class Site: Sendable {
    /// What is special about the plans that are made here.
    enum Kind: Sendable {
        case ordinary
        /// A process whose file system is seen through `/proc/PID/root`.
        case process(ProcessRoot, subject: String)
        /// A file of `$CREDENTIALS_DIRECTORY`.
        case credential(HandedCredential)
    }

    let planner: Planner
    let store: FileStore
    /// What stands in for the shared files where there are none to be read.
    let fixed: SharedFiles?
    let cache = ResolvedCache()
    /// What is passed over in silence in the file that the environment comes from.
    let findings: [FileFinding]
    let kind: Kind

    init(
        _ planner: Planner, _ store: FileStore, fixed: SharedFiles? = nil, kind: Kind = .ordinary,
        findings: [FileFinding] = []
    ) {
        self.planner = planner
        self.store = store
        self.fixed = fixed
        self.kind = kind
        self.findings = findings
    }

    /// A site of an environment whose files are read as our own are.
    convenience init(
        _ environment: AWSEnvironment, _ overrides: AWSOverrides, findings: [FileFinding] = []
    ) {
        self.init(
            Planner(environment, overrides), FileStore(SharedFilePaths(environment, overrides)),
            findings: findings)
    }

    /// Makes the plan of a profile, with what the SDKs pass over if it is explained to a person.
    func plan(
        _ profile: ProfileConfiguration, in files: SharedFiles, isExplained: Bool = false
    ) throws(ResolveProblem) -> Plan {
        let profile = try adapted(profile, in: files)
        var plan =
            isExplained
            ? try planner.explain(profile, in: files) : try planner.plan(profile, in: files)
        switch kind {
        case .ordinary: break
        case .process(let root, let subject): try plan.move(into: root, of: subject)
        case .credential(let credential): credential.complete(&plan)
        }
        return plan
    }

    /// A profile as it is here: in a file of credentials it has a name of its own.
    func adapted(
        _ profile: ProfileConfiguration, in files: SharedFiles
    ) throws(ResolveProblem) -> ProfileConfiguration {
        guard case .credential(let credential) = kind else { return profile }
        return try credential.profile(for: profile, in: files)
    }
}

extension Plan {
    /// Lets the steps read their files where the process would.
    ///
    /// What is a program in another root file system is no program here.
    mutating func move(into root: ProcessRoot, of subject: String) throws(ResolveProblem) {
        let problem = ResolveProblem.surroundings(
            subject: subject,
            what: "its credential_process is a program of another root file system",
            hint: "Run credwatch in the same container, or check what the program gives.")
        func isElsewhere(_ step: PlanStep) -> Bool {
            if root.isAnother, case .process = step { true } else { false }
        }
        if steps.contains(where: isElsewhere) { throw problem }
        for index in steps.indices { steps[index].move(into: root) }
        for row in rows.indices {
            if rows[row].steps.contains(where: isElsewhere) {
                rows[row].steps = []
                rows[row].problem = problem
            }
            for index in rows[row].steps.indices { rows[row].steps[index].move(into: root) }
        }
    }
}

extension PlanStep {
    /// Puts the root of a process in front of the files that the step reads.
    mutating func move(into root: ProcessRoot) {
        switch self {
        case .webIdentity(var step):
            step.tokenFile.value = root.path + step.tokenFile.value
            self = .webIdentity(step)
        case .sso(var step):
            step.cacheFile = root.path + step.cacheFile
            self = .sso(step)
        case .loginSession(var step):
            step.cacheFile = root.path + step.cacheFile
            self = .loginSession(step)
        case .container(var step):
            let path = step.tokenFile?.value ?? ""
            step.tokenFile?.value = root.path + path
            self = .container(step)
        case .keys, .assumeRole, .process, .instanceMetadata: break
        }
    }
}
