/// The parts of a doctor's report, in the order in which an expert works.
package enum DoctorPart: String, Sendable, Hashable, CaseIterable {
    case configuration, lint, identity, user, precedence, network
    case keyUsers = "key_users"
    case pipeline = "ci"
    case verdict, requests

    /// What the part is about, for a heading.
    package var title: String {
        switch self {
        case .configuration: "What is configured, and what wins"
        case .lint: "What stands in the files and variables"
        case .identity: "Who AWS says we are"
        case .user: "The user and its keys"
        case .precedence: "What hides what, and what the application sees"
        case .network: "Clock and network"
        case .keyUsers: "Who still uses the key"
        case .pipeline: "Long-term keys in CI"
        case .verdict: "Verdict"
        case .requests: "Every request that was made"
        }
    }

    /// What is done for it, for a line that says how far the report is.
    package var activity: String {
        switch self {
        case .configuration: "finding out what is configured"
        case .lint: "reading files and variables as text"
        case .identity: "asking who AWS says we are"
        case .user: "asking IAM about the user and its keys"
        case .precedence: "comparing with what the application sees"
        case .network: "looking at clock and network"
        case .keyUsers: "looking for processes that use the key"
        case .pipeline: "looking for a CI system"
        case .verdict: "drawing the conclusion"
        case .requests: "listing the requests"
        }
    }
}

/// How a part of the report stands.
package enum DoctorState: Sendable, Hashable {
    case ok, warning, problem
    /// It was asked, and could not be told.
    case unknown
    /// Why nobody asked, a clause.
    case notAsked(String)
}

/// One part of the report: how it stands, what was found, and what is left to say.
package struct DoctorSection<Content: Sendable>: Sendable {
    package var state: DoctorState
    package var content: Content?
    /// What could not be asked, or is worth a word: sentences.
    package var notes: [String]

    package init(_ state: DoctorState, _ content: Content? = nil, notes: [String] = []) {
        self.state = state
        self.content = content
        self.notes = notes
    }

    package static func notAsked(_ reason: String) -> DoctorSection {
        DoctorSection(.notAsked(reason))
    }
}

/// What `credwatch doctor` says about one profile.
package struct DoctorReport: Sendable {
    package var profile: String
    package var startedAt: WallTime
    package var duration: Duration
    /// How long it might have taken.
    package var limit: Duration
    package var configuration: DoctorSection<Explanation>
    package var lint: DoctorSection<LintReport>
    package var identity: DoctorSection<DoctorIdentity>
    package var user: DoctorSection<DoctorUser>
    package var precedence: DoctorSection<DoctorPrecedence>
    package var network: DoctorSection<DoctorNetwork>
    /// Nil where the key is not refused, and no group has moved away from one.
    package var keyUsers: DoctorSection<[StaleUsers]>?
    /// Nil where no CI system with long-term keys is seen.
    package var pipeline: PipelineAdvice?
    package var verdict: DoctorSection<Diagnosis>
    package var remedies: [DoctorRemedy]
    package var requests: [RequestRecord]
    /// How many requests more there were than are kept.
    package var requestsLeftOut: Int

    package init(
        profile: String, startedAt: WallTime, duration: Duration = .zero, limit: Duration,
        configuration: DoctorSection<Explanation> = .notAsked(DoctorReport.noTime),
        lint: DoctorSection<LintReport> = .notAsked(DoctorReport.noTime),
        identity: DoctorSection<DoctorIdentity> = .notAsked(DoctorReport.noTime),
        user: DoctorSection<DoctorUser> = .notAsked(DoctorReport.noTime),
        precedence: DoctorSection<DoctorPrecedence> = .notAsked(DoctorReport.noTime),
        network: DoctorSection<DoctorNetwork> = .notAsked(DoctorReport.noTime),
        keyUsers: DoctorSection<[StaleUsers]>? = nil,
        pipeline: PipelineAdvice? = nil,
        verdict: DoctorSection<Diagnosis> = .notAsked(DoctorReport.noTime),
        remedies: [DoctorRemedy] = [], requests: [RequestRecord] = [], requestsLeftOut: Int = 0
    ) {
        self.profile = profile
        self.startedAt = startedAt
        self.duration = duration
        self.limit = limit
        self.configuration = configuration
        self.lint = lint
        self.identity = identity
        self.user = user
        self.precedence = precedence
        self.network = network
        self.keyUsers = keyUsers
        self.pipeline = pipeline
        self.verdict = verdict
        self.remedies = remedies
        self.requests = requests
        self.requestsLeftOut = requestsLeftOut
    }

    package static let noTime = "there was no time left"

    /// The states of all parts that have one, in their order.
    package var states: [(part: DoctorPart, state: DoctorState)] {
        [
            (.configuration, configuration.state), (.lint, lint.state),
            (.identity, identity.state), (.user, user.state), (.precedence, precedence.state),
            (.network, network.state), (.keyUsers, keyUsers?.state ?? .ok),
            (.pipeline, pipeline == nil ? .ok : .warning),
            (.verdict, verdict.state),
        ]
    }

    /// 0 healthy, 1 warnings only, 2 a problem, 3 unknown.
    ///
    /// Without an answer of AWS about the credential nothing is healthy.
    package var exitCode: Int32 {
        if states.contains(where: { $0.state == .problem }) { return 2 }
        if verdict.content?.verdict != .good { return 3 }
        return states.contains { $0.state == .warning || $0.state == .unknown } ? 1 : 0
    }
}
