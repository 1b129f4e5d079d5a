import Model
import Testing

@testable import Sandbox

/// The request that AWS's documentation of Signature Version 4 signs as its example.
@Suite struct SignatureVerifierTests {
    static let secret = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    static let signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"

    static func request(
        scope: String = "20150830/us-east-1/iam/aws4_request", date: String = "20150830T123600Z",
        signedHeaders: String = "content-type;host;x-amz-date", signature: String = signature
    ) -> HTTPRequest {
        var request = HTTPRequest(method: "GET", path: [0x2F])
        request.query = Array("Action=ListUsers&Version=2010-05-08".utf8)
        request.headers = [
            ("host", "iam.amazonaws.com"), ("x-amz-date", date),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(scope), "
                    + "SignedHeaders=\(signedHeaders), Signature=\(signature)"
            ),
        ].map { HTTPRequest.Header(name: $0.0, value: Array($0.1.utf8)) }
        return request
    }

    static func verify(
        _ request: HTTPRequest, at now: String, service: Service = .iam,
        secret: Secret = SignatureVerifierTests.secret
    ) -> ServiceFault? {
        do throws(ServiceFault) {
            let presented = try PresentedSignature(
                of: request, query: QueryParameters(decoding: request.query ?? []))
            let verifier = SignatureVerifier(
                now: WallTime(parsing: now) ?? WallTime(seconds: 0), service: service)
            try verifier.verify(request, presented, secret: secret)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["20150830T123100Z", "20150830T123600Z", "20150830T124100Z"])
    func acceptsAWSOwnExampleWithinFiveMinutes(now: String) {
        #expect(Self.verify(Self.request(), at: now) == nil)
    }

    @Test func refusesAnotherSecretOrRequest() {
        let now = "20150830T123600Z"
        #expect(
            Self.verify(Self.request(), at: now, secret: Secret("another")) == .wrongSignature)
        var request = Self.request()
        request.body = [0x20]
        #expect(Self.verify(request, at: now) == .wrongSignature)
        request = Self.request(signature: "")
        #expect(Self.verify(request, at: now) == .wrongSignature)
        request = Self.request()
        request.method = "POST"
        #expect(Self.verify(request, at: now) == .wrongSignature)
    }

    @Test(arguments: [
        (
            "20150830T124101Z",
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
                + "(20150830T124101Z - 5 min.)"
        ),
        (
            "20150830T123059Z",
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z "
                + "(20150830T123059Z + 5 min.)"
        ),
    ])
    func namesTheSkew(now: String, message: String) {
        let fault = Self.verify(Self.request(), at: now)
        #expect(fault?.code == "SignatureDoesNotMatch")
        #expect(fault?.message == message)
        #expect(fault?.httpStatus == 403)
    }

    @Test(arguments: [
        (request(scope: "20150830/eu-west-1/iam/aws4_request"), "valid region"),
        (request(scope: "20150830/us-east-1/sts/aws4_request"), "correct service: 'iam'"),
        (request(scope: "20150830/us-east-1/iam/aws4"), "valid terminator"),
        (request(scope: "20150829/us-east-1/iam/aws4_request"), "'20150829' != '20150830'"),
        (request(signedHeaders: "content-type;x-amz-date"), "'Host' or ':authority'"),
    ])
    func namesWhatIsWrongWithTheScope(request: HTTPRequest, text: String) throws {
        let fault = try #require(Self.verify(request, at: "20150830T123600Z"))
        #expect(fault.code == "SignatureDoesNotMatch")
        #expect(fault.message.contains(text))
    }

    @Test(arguments: [
        ("us-east-1", true), ("eu-central-2", true), ("us-gov-west-1", true),
        ("us-isob-east-1", true), ("eusc-de-east-1", true), ("", false), ("us-east", false),
        ("us-east-1a", false), ("US-EAST-1", false), ("us--1", false), ("aws-global", false),
    ])
    func knowsTheFormOfRegions(text: String, isRegion: Bool) {
        #expect(SignatureVerifier.isRegion(text) == isRegion)
    }
}
