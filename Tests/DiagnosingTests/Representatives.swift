import Model
import Support

@testable import Diagnosing

/// A diagnosis of every kind that this version makes, for what has to hold of all of them.
enum Representatives {
    struct Entry: Sendable {
        var name: String
        /// The questions that led to it.
        var asked: [Question] = []
        /// Whether the profile's canary was called.
        var asksCanary = false
        /// What somebody else, or the key itself, asked IAM about the key.
        var inquiries: [InquiryAction] = []
        var diagnosis: Diagnosis
    }

    static let all: [(name: String, diagnosis: Diagnosis)] = entries.map { ($0.name, $0.diagnosis) }

    static let entries =
        ofRows + ofTexts + ofProblems + ofSources + ofInquiries + ofCanaries + [
            Entry(
                name: "a check that hangs", diagnosis: diagnosisOfTimedOutCheck(after: .seconds(45))
            )
        ]

    private static let ofRows: [Entry] = Row.all.compactMap { row in
        let interrogation = Interrogation(row.subject, row.answers)
        return interrogation.diagnosis.map {
            Entry(name: row.name, asked: interrogation.asked, diagnosis: $0)
        }
    }

    private static let ofTexts: [Entry] = [
        Sample.credentials(keyID: Sample.temporaryKeyID),
        Sample.credentials(keyID: "YOUR_ACCESS_KEY"), Sample.credentials(secret: ""),
        Sample.credentials(secret: "\(Sample.secret)\u{200B}"),
    ].compactMap { credentials in
        Interrogation(Sample.subject(credentials), [:]).diagnosis.map {
            Entry(name: "a text", diagnosis: $0)
        }
    }

    private static let place = SourceLocation(
        file: "/home/app/.aws/credentials", line: 4, column: 1)

    private static let ofProblems: [Entry] = [
        ResolveProblem.profileMissing(
            name: "app", searched: ["/home/app/.aws/credentials"], candidates: []),
        .noSource(searched: ["the environment"]),
        .fileUnreadable(
            path: "/home/app/.aws/credentials", reason: "Permission denied", hint: ""),
        .fileMalformed(place, what: "the section is not closed"),
        .incomplete(missing: "aws_secret_access_key", present: .file(place)),
        .unsupportedSource(property: "x", place),
        .badSetting(name: "region", what: "it is empty", .file(place)),
        .badChain(what: "they lead in a circle", .file(place)), .needsMFA(serial: .file(place)),
        .surroundings(subject: "app.service", what: "it does not run", hint: "Start it."),
        .timedOut(path: "/home/app/.aws/credentials"),
    ].map { Entry(name: "\($0)", diagnosis: diagnosis(of: $0, profile: "app")) }

    private static func refused(_ code: String, _ message: String = "", skew: Duration = .zero)
        -> ObtainProblem.Reason
    {
        .refused(
            ServiceError(code: code, message: message), Sample.details(status: 403, skew: skew))
    }

    private static let ofSources: [Entry] = {
        let reasons: [(CredentialSource, ObtainProblem.Reason)] = [
            (.assumeRole, refused("AccessDenied")),
            (.assumeRole, refused("AccessDenied", skew: .seconds(1_200))),
            (.assumeRole, refused("ValidationError")), (.assumeRole, refused("Throttling")),
            (.webIdentity, refused("AccessDenied")), (.webIdentity, refused("IDPRejectedClaim")),
            (.webIdentity, refused("IDPCommunicationError")),
            (.sso, refused("UnauthorizedException")), (.sso, refused("ForbiddenException")),
            (.sso, .loginNeeded("the login ended")), (.loginSession, .loginNeeded("it ended")),
            (.credentialProcess, .processFailed("it exited with 1")),
            (.credentialProcess, .untrusted("everybody may write it")),
            (.container, .unavailable("it does not answer")),
            (.instanceMetadata, .unavailable("it does not answer")),
            (.instanceMetadata, .nothing("the instance has no role")),
        ]
        var entries = reasons.map { source, reason in
            let isSTS = source == .assumeRole || source == .webIdentity
            let problem = ObtainProblem(
                source, reason, at: .file(place), base: isSTS ? Sample.credentials() : nil,
                endpoint: isSTS ? Sample.endpoint : nil)
            return Entry(
                name: "\(source): \(reason)",
                diagnosis: diagnosis(of: problem, profile: "app", login: "app"))
        }
        let denied = ObtainProblem(
            .assumeRole, refused("AccessDenied"), at: .file(place), base: Sample.credentials(),
            endpoint: Sample.endpoint)
        let good = Diagnosis(cause: .ok, verdict: .good, summary: "It works.", remedy: "")
        entries.append(
            Entry(
                name: "a role that is denied to a good base", asked: [.asConfigured],
                diagnosis: diagnosis(
                    of: denied, profile: "app", base: good, answer: Sample.accepted())))
        return entries
    }()
}
