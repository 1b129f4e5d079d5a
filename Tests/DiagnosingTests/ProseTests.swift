@testable import Diagnosing
import Model
import Support
import Testing

@Suite struct ProseTests {
    /// What an answer may carry when something on the way repeats all that was sent.
    private static func echo(_ text: String) -> [ProbeOutcome] {
        [
            Sample.refused(text, "You sent \(text), and: \(text)\(text)", requestID: text),
            .notAWS(what: "a page with \(text)", Sample.details(requestID: text)),
            .failed(
                TransportFailure(
                    phase: .wait, timedOut: false, reason: "odd line: \(text)",
                    latency: .zero)),
            .identity(
                CallerIdentity(account: text, arn: "arn:aws:iam::1:user/\(text)", userID: text),
                Sample.details(requestID: text)),
        ]
    }

    private func dumped(_ diagnosis: Diagnosis) -> String {
        var text = ""
        dump(diagnosis, to: &text)
        return text
    }

    private static let secrets = [
        (Sample.secret, Sample.token),
        ("p@ss-word.with:marks", "tok#en with:marks".filter { $0 != " " }),
    ]

    @Test(arguments: Cause.allCases)
    func `no cause lets a secret through`(cause: Cause) {
        for (secret, token) in Self.secrets {
            let subject = Sample.subject(
                Sample.credentials(keyID: Sample.temporaryKeyID, secret: secret, token: token))
            for outcome in Self.echo(secret) + Self.echo(token) {
                let answer = Answer(
                    question: .asConfigured, endpoint: Sample.endpoint, outcome: outcome)
                let text = dumped(subject.diagnosis(cause, answer))
                #expect(!text.contains(secret))
                #expect(!text.contains(token))
            }
        }
    }

    @Test(arguments: [
        ("https://sts.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com:443"),
        ("https://127.0.0.1:8443/path", "127.0.0.1:8443"), ("https://[::1]:8443", "'[::1]:8443'"),
        ("https://[::1]", "'[::1]:443'"),
    ])
    func `the command that shows a certificate asks where credwatch does`(
        url: String, address: String
    ) {
        let endpoint = Endpoint(url: url, signingRegion: "us-east-1", partition: "aws")
        let subject = Subject(
            profile: "app", resolved: Sample.resolved(endpoint: endpoint, main: nil),
            expected: ExpectedIdentity())
        let answer = Answer(
            question: .asConfigured, endpoint: endpoint, outcome: Sample.failed(.tls))
        #expect(
            subject.diagnosis(.tls, answer).commands == [
                "openssl s_client -connect \(address) </dev/null"
            ])
    }

    @Test func `no way through the questions lets a secret through`() throws {
        for (secret, token) in Self.secrets {
            let outcomes = Self.echo(secret) + Self.echo(token) + [Sample.unknownKey]
            let subject = Sample.subject(
                Sample.credentials(secret: secret, token: token),
                expected: ExpectedIdentity(account: "1", arn: "x"))
            for (first, second) in outcomes.flatMap({ first in outcomes.map { (first, $0) } }) {
                for third in outcomes {
                    let interrogation = Interrogation(
                        subject,
                        [.asConfigured: first, .withoutSessionToken: second, .mainRegion: third])
                    let text = dumped(try #require(interrogation.diagnosis))
                    #expect(!text.contains(secret) && !text.contains(token))
                }
            }
        }
    }

    @Test func `no fault in a value shows the value`() throws {
        let mangled = ["\u{A0}", "\"", "\r", "\u{200B}", " "].flatMap { mark in
            [
                Sample.credentials(secret: Sample.secret + mark, token: Sample.token),
                Sample.credentials(secret: mark + Sample.secret, token: Sample.token),
                Sample.credentials(token: Sample.token + mark),
            ]
        }
        for credentials in mangled + [Sample.credentials(secret: "YOUR_SECRET_" + "KEY")] {
            let secret = credentials.secretAccessKey.value.reveal()
            let diagnosis = try #require(
                Interrogation(Sample.subject(credentials), [:]).diagnosis)
            let text = dumped(diagnosis)
            #expect(!text.contains(secret) && !text.contains(Sample.secret))
            #expect(!text.contains(Sample.token))
        }
    }

    @Test func `a secret in the place of the key id is not shown`() throws {
        let pasted = "u3Vx0HqA8mJtYb2BLkWn5RzPc7QfDgEs1AiTo9Xy"
        for secret in [pasted, Sample.secret] {
            let subject = Sample.emulated(Sample.credentials(keyID: pasted, secret: secret))
            for outcome in [Sample.unknownKey, Sample.badSignature, Sample.accepted()] {
                let found = Interrogation(subject, [.asConfigured: outcome]).diagnosis
                #expect(!dumped(try #require(found)).contains(pasted))
            }
        }
    }

    @Test(arguments: Cause.allCases)
    func `every cause has two sentences`(cause: Cause) {
        let answer = Answer(
            question: .asConfigured, endpoint: Sample.endpoint, outcome: Sample.unknownKey)
        let diagnosis = Sample.subject(Sample.temporary).diagnosis(cause, answer)
        #expect(diagnosis.cause == cause)
        #expect(diagnosis.verdict == cause.verdict)
        #expect(diagnosis.summary.hasSuffix("."))
        #expect(
            diagnosis.summary.first?.isLowercase == false || diagnosis.summary.hasPrefix("http"))
        #expect(diagnosis.remedy.isEmpty == (cause == .ok))
        #expect(diagnosis.remedy.isEmpty || diagnosis.remedy.hasSuffix("."))
        #expect(!diagnosis.summary.contains("\n") && !diagnosis.remedy.contains("\n"))
    }

    @Test func `the evidence names the answer, the place and the second opinion`() throws {
        let interrogation = Interrogation(
            Sample.subject(), [.asConfigured: Sample.unknownKey, .mainRegion: Sample.unknownKey])
        let evidence = try #require(interrogation.diagnosis).evidence
        #expect(
            evidence == [
                .serviceError(
                    code: "InvalidClientTokenId",
                    message: "The security token included in the request is invalid."),
                .requestID(Sample.requestID), .httpStatus(403), .endpoint(Sample.endpoint.url),
                .location(Sample.place), .keyAccount("028075177508"),
                .secondOpinion(
                    .mainRegion, "https://sts.us-east-1.amazonaws.com: InvalidClientTokenId"),
            ])
    }

    @Test func `a refusal is told with what another credential met there`() throws {
        let path = PathKnowledge(otherPassed: .seconds(12))
        let answers: [Question: ProbeOutcome] = [
            .asConfigured: Sample.badSignature, .mainRegion: Sample.badSignature,
        ]
        let opinion = Evidence.secondOpinion(
            .otherCredential, "https://sts.eu-central-1.amazonaws.com: accepted 12s ago")
        let known = try #require(Interrogation(Sample.subject(path: path), answers).diagnosis)
        #expect(known.evidence.contains(opinion))
        let alone = try #require(Interrogation(Sample.subject(), answers).diagnosis)
        #expect(!alone.evidence.contains(opinion))
        // What is learnt later in the same pass makes no difference.
        #expect(weighed(alone, by: path, at: Sample.endpoint).confidence == .certain)
        #expect(weighed(alone, by: path, at: Sample.endpoint).others.isEmpty)
        #expect(weighed(alone, by: path, at: Sample.endpoint).evidence.contains(opinion))
        #expect(weighed(alone, by: PathKnowledge(), at: Sample.endpoint) == alone)
    }

    @Test func `the account that a key id carries is told, and missed when another is expected`()
        throws
    {
        let answers: [Question: ProbeOutcome] = [
            .asConfigured: Sample.unknownKey, .mainRegion: Sample.unknownKey,
        ]
        func found(_ keyID: String, _ account: String?) throws -> Diagnosis {
            let subject = Sample.subject(
                Sample.credentials(keyID: keyID), expected: ExpectedIdentity(account: account))
            return try #require(Interrogation(subject, answers).diagnosis)
        }
        let other = try found(Sample.keyID, "123456789012")
        #expect(other.evidence.contains(.keyAccount("028075177508")))
        #expect(
            other.summary.hasSuffix(
                "The id itself is of account 028075177508, expected is 123456789012."))
        #expect(other.others.first?.cause == .wrongIdentity)
        #expect(other.verdict == .bad)
        let same = try found(Sample.keyID, "028075177508")
        #expect(same.evidence.contains(.keyAccount("028075177508")))
        #expect(!same.others.contains { $0.cause == .wrongIdentity })
        // A key of the older layout carries none, and the formula's number would be wrong.
        let old = try found("AKIAJSIE27KKMHXI3BJQ", "123456789012")
        #expect(!old.others.contains { $0.cause == .wrongIdentity })
    }

    @Test func `what the values show stands in the evidence of a refusal`() throws {
        let hint = LintFinding(.invisibleCharacter, .error, at: Sample.place, "It has one.")
        var subject = Sample.subject()
        subject.hints = [hint]
        let refused = Interrogation(
            subject, [.asConfigured: Sample.unknownKey, .mainRegion: Sample.unknownKey])
        let found = try #require(refused.diagnosis)
        #expect(found.evidence.contains(.finding(hint)))
        #expect(found.others.first?.cause == .keyMistyped)
        let throttled = Interrogation(subject, [.asConfigured: Sample.throttled])
        #expect(!(try #require(throttled.diagnosis).evidence.contains(.finding(hint))))
    }

    @Test func `a wrong identity shows both`() throws {
        let subject = Sample.subject(
            expected: ExpectedIdentity(account: "123456789012", arn: "arn:aws:iam::*:user/ops"))
        let found = Interrogation(subject, [.asConfigured: Sample.accepted()]).diagnosis
        let evidence = try #require(found).evidence
        #expect(
            evidence.contains(
                .expectation(
                    field: "account", expected: "123456789012", actual: Sample.identity.account)))
        #expect(
            evidence.contains(
                .expectation(
                    field: "arn", expected: "arn:aws:iam::*:user/ops", actual: Sample.identity.arn)
            ))
    }
}
