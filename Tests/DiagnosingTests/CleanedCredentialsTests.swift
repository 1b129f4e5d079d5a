import Model
import Support
import Testing

@testable import Diagnosing

/// Values without the characters that do not belong.
@Suite struct CleanedCredentialsTests {
    static let foreign: [Unicode.Scalar] = [
        "\u{200B}", "\u{FEFF}", "\u{A0}", "\r", "\t", " ", "\u{2060}", "\u{201C}", "\"", "'",
        "\u{0}",
        "é", "\u{202E}",
    ]

    private func insert(_ scalar: Unicode.Scalar, into text: String, at index: Int) -> String {
        var scalars = Array(text.unicodeScalars)
        scalars.insert(scalar, at: index)
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    @Test(arguments: foreign)
    func `a foreign character is found and taken out wherever it stands`(
        _ scalar: Unicode.Scalar
    ) throws {
        for index in 0...Sample.secret.count {
            let written = Sample.credentials(
                secret: insert(scalar, into: Sample.secret, at: index))
            let found = try #require(cleaned(written))
            #expect(found.credentials.secretAccessKey.value.reveal() == Sample.secret)
            #expect(found.removed.map(\.position) == [index + 1])
            #expect(found.removed.map(\.field) == ["secret access key"])
            #expect(found.removed.first?.name.hasPrefix("U+") == true)
        }
        let id = try #require(
            cleaned(Sample.credentials(keyID: insert(scalar, into: Sample.keyID, at: 7))))
        #expect(id.credentials.accessKeyID.value == Sample.keyID)
        #expect(id.removed.map(\.position) == [8])
    }

    @Test func `values in which every character belongs are left alone`() {
        #expect(cleaned(Sample.credentials()) == nil)
        #expect(cleaned(Sample.credentials(token: Sample.token)) == nil)
    }

    @Test func `quotes on both sides and a token are cleaned at once`() throws {
        let found = try #require(
            cleaned(
                Sample.credentials(
                    keyID: "\"\(Sample.keyID)\"", secret: "'\(Sample.secret)'",
                    token: Sample.token + "\r")))
        #expect(found.credentials.accessKeyID.value == Sample.keyID)
        #expect(found.credentials.secretAccessKey.value.reveal() == Sample.secret)
        #expect(found.credentials.sessionToken?.value.reveal() == Sample.token)
        #expect(found.removed.count == 5)
    }

    @Test(arguments: ["\u{200B}\u{200B}", String(repeating: "é", count: 4_000)])
    func `what leaves no key, or is another thing altogether, is not asked`(_ secret: String) {
        #expect(cleaned(Sample.credentials(secret: secret)) == nil)
    }

    @Test(
        arguments: [
            (Sample.accepted(), true, "accepted as arn:aws:iam::028075177508:user/app"),
            (Sample.refused("InvalidClientTokenId"), false, "refused with InvalidClientTokenId"),
            (Sample.refused("SignatureDoesNotMatch"), false, "refused with SignatureDoesNotMatch"),
            (Sample.refused("Throttling"), nil, "Throttling"),
            (Sample.refused("InvalidClientTokenId", status: 503), nil, "InvalidClientTokenId"),
            (
                Sample.accepted(requestID: nil), nil,
                "an answer without a request id of AWS"
            ),
            (.notAWS(what: "an HTML page", Sample.details()), nil, "an HTML page"),
            (
                .failed(
                    TransportFailure(
                        phase: .connect, timedOut: true, reason: "no answer", latency: .zero)), nil,
                "no answer"
            ),
        ] as [(ProbeOutcome, Bool?, String)])
    func `only AWS's own word says whether the rest is good`(
        _ outcome: ProbeOutcome, _ isAccepted: Bool?, _ answer: String
    ) {
        let values = CleanedValues([], outcome)
        #expect(values.isAccepted == isAccepted)
        #expect(values.answer == answer)
    }
}
