import Diagnosing
import Model
import Support

/// An AWS of prepared answers, asked as the daemon asks.
struct Interrogation {
    var asked: [Question] = []
    var requests: [(credentials: Credentials, endpoint: Endpoint)] = []
    var diagnosis: Diagnosis?

    /// Asks until the conclusion; a question without a prepared answer, or a fifth one, ends it without.
    init(_ subject: Subject, _ prepared: [Question: ProbeOutcome]) {
        var answers: [Answer] = []
        while asked.count < 5 {
            switch nextStep(for: subject, after: answers) {
            case .conclude(let diagnosis):
                self.diagnosis = diagnosis
                return
            case .ask(let question, let credentials, let endpoint):
                asked.append(question)
                requests.append((credentials, endpoint))
                guard let outcome = prepared[question] else { return }
                answers.append(Answer(question: question, endpoint: endpoint, outcome: outcome))
            }
        }
    }
}

extension Sample {
    /// Makes the subject of a diagnosis.
    static func subject(
        _ credentials: Credentials = credentials(), region: String = "eu-central-1",
        endpoint: Endpoint = endpoint, main: Endpoint? = mainEndpoint,
        expected: ExpectedIdentity = ExpectedIdentity(), path: PathKnowledge = PathKnowledge(),
        isProof: Bool = false
    ) -> Subject {
        Subject(
            profile: "app",
            resolved: resolved(credentials, region: region, endpoint: endpoint, main: main),
            expected: expected, path: path, isProof: isProof)
    }

    /// The subject at an endpoint that is not AWS's and has no sibling.
    static func emulated(_ credentials: Credentials = credentials()) -> Subject {
        subject(
            credentials,
            endpoint: Endpoint(
                url: "http://127.0.0.1:4566", signingRegion: "eu-central-1", partition: "aws"),
            main: nil)
    }

    static let temporary = credentials(keyID: temporaryKeyID, token: token)
    static let withLeftover = credentials(token: token)

    static func failed(_ phase: TransportPhase, timedOut: Bool = false) -> ProbeOutcome {
        .failed(
            TransportFailure(
                phase: phase, timedOut: timedOut, reason: "the reason", latency: .seconds(1)))
    }

    // What AWS says, word for word.
    static let unknownKey = refused(
        "InvalidClientTokenId", "The security token included in the request is invalid.")
    static let badSignature = refused(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )
    static let expiredToken = refused(
        "ExpiredToken", "The security token included in the request is expired")
    static let throttled = refused("Throttling", "Rate exceeded", status: 400)
    static let behind = refused(
        "SignatureDoesNotMatch",
        "Signature expired: 20261122T140310Z is now earlier than 20261122T141810Z (20261122T143310Z - 15 min.)",
        skew: .seconds(1_800))
    static let ahead = refused(
        "SignatureDoesNotMatch",
        "Signature not yet current: 20261122T150310Z is still later than 20261122T140810Z (20261122T140310Z + 5 min.)",
        skew: nil)
}
