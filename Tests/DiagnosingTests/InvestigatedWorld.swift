import Model
import Support

@testable import Diagnosing

/// An IAM that answers from a table: what is not in it is not known.
struct InvestigatedWorld {
    static let account = "123456789012"
    static let key = Sample.keyID
    static let now = WallTime(seconds: 1_795_356_000)

    var accountOfKey: InquiryReply? = .account(account)
    var lastUsed: InquiryReply?
    /// Pages of keys, by user.
    var keys: [String: [InquiryReply]] = [:]
    var users: Set<String> = []
    var policies: [String: [String]] = [:]
    /// What is answered in the place of everything else.
    var overrides: [InquiryAction: InquiryReply] = [:]

    static let denied = InquiryReply.refused(
        ServiceError(
            code: "AccessDenied",
            message: "User: x is not authorized because no identity-based policy allows it"),
        Sample.details(status: 403))
    static let unknown = InquiryReply.refused(
        ServiceError(
            code: "AccessDenied", message: "User: x is not authorized on resource: access key A"),
        Sample.details(status: 403))
    static let missing = InquiryReply.refused(
        ServiceError(code: "NoSuchEntity", message: "not found"), Sample.details(status: 404))
    static let throttled = InquiryReply.refused(
        ServiceError(code: "Throttling", message: "Rate exceeded"), Sample.details(status: 400))

    static func list(_ keys: ListedKey..., next: String? = nil) -> InquiryReply {
        .keys(keys, next: next)
    }

    /// A key that was made a number of days ago.
    static func key(_ id: String = key, active: Bool = true, days: Int64 = 30) -> ListedKey {
        ListedKey(id: id, isActive: active, createdAt: now + .seconds(-days * 86_400))
    }

    func reply(to inquiry: Inquiry, page: Int) -> InquiryReply {
        if let override = overrides[inquiry.action] { return override }
        switch inquiry.action {
        case .accessKeyInfo: return accountOfKey ?? Self.unknown
        case .accessKeyLastUsed: return lastUsed ?? Self.unknown
        case .user:
            return users.contains(inquiry.subject)
                ? .user(name: inquiry.subject, arn: nil) : Self.missing
        case .accessKeys:
            guard let pages = keys[inquiry.subject] else { return Self.missing }
            return pages[min(page, pages.count - 1)]
        case .attachedPolicies: return .policies(policies[inquiry.subject] ?? [], next: nil)
        }
    }

    /// Asks until nothing is left to ask.
    func investigate(_ key: KeyCase) -> (asked: [String], Investigation) {
        var answers: [InquiryAnswer] = []
        while case .ask(let inquiry) = nextInquiry(about: key, after: answers) {
            precondition(answers.count < 40, "it asks for ever")
            let page = answers.count {
                $0.inquiry.action == inquiry.action && $0.inquiry.subject == inquiry.subject
            }
            answers.append(
                InquiryAnswer(inquiry, reply(to: inquiry, page: page), requestID: "id-1"))
        }
        let asked = answers.map { "\($0.inquiry.action.name) \($0.inquiry.subject)" }
        return (asked, investigation(of: key, from: answers))
    }

    static let asker = Asker(
        profile: "ops", commandProfile: "ops",
        identity: CallerIdentity(
            account: account, arn: "arn:aws:iam::\(account):user/ops", userID: "AIDA"))

    static func keyCase(
        _ candidates: (String, UserCandidate.Basis)..., id: String = key, accepted: Bool = false
    ) -> KeyCase {
        KeyCase(
            accessKeyID: id, asker: asker, account: accepted ? account : nil,
            candidates: candidates.map {
                UserCandidate(name: $0.0, account: account, basis: $0.1)
            }, isAccepted: accepted)
    }

    /// What a check says of a key that AWS refuses.
    static func refusal(_ cause: Cause = .keyNotRecognized) -> Diagnosis {
        Diagnosis(
            cause: cause, verdict: cause.verdict, confidence: .possible, summary: "Refused.",
            remedy: "See.", evidence: [.location(Sample.place)],
            others: [Candidate(.keyDeleted, "deleted", test: "ask")])
    }

    /// What becomes of the refusal.
    func refined(
        _ key: KeyCase, cause: Cause = .keyNotRecognized,
        expected: ExpectedIdentity = ExpectedIdentity()
    ) -> Diagnosis {
        Diagnosing.refined(
            Self.refusal(cause), by: investigate(key).1,
            profile: ProfileConfiguration(name: "app", awsProfile: "the app", expected: expected),
            at: Self.now)
    }
}

extension Diagnosis {
    /// The answers to a question.
    func answer(to action: InquiryAction) -> String? {
        for item in evidence {
            if case .inquiry(action.rawValue, let answer) = item { return answer }
        }
        return nil
    }
}
