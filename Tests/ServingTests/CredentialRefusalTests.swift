import Model
import Testing

@testable import Serving

@Suite struct CredentialRefusalTests {
    private static let all: [CredentialRefusal] =
        [
            .foreignHost, .method, .noToken, .wrongToken, .tooManyTokens, .unreadableToken,
            .gap(.notServed(group: "g")), .gap(.refused(group: "g", profile: "p")),
            .gap(.unproven(group: "g", profile: "p")), .gap(.stopping),
        ] + Refusal.allCases.map { .http($0) }

    @Test(arguments: all)
    func `a refusal comes as the SDKs read it`(_ refusal: CredentialRefusal) throws {
        let answer = ServedAnswer.refusal(refusal)
        #expect(answer.status == refusal.status && answer.status >= 400)
        #expect(answer.contentType == "application/json")
        let json = try #require(JSONValue(parsing: answer.body))
        #expect(json["code"]?.text == refusal.code)
        #expect(json["message"]?.text == refusal.message)
        let head = String(decoding: answer.head(at: WallTime(seconds: 0)), as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 \(refusal.status) "))
        #expect(head.contains("\r\nCache-Control: no-store\r\n"))
        #expect(!head.contains("HTTP Version Not Supported") || refusal == .http(.version))
    }

    @Test(arguments: [
        (CredentialRefusal.noToken, 401), (.wrongToken, 403), (.method, 405), (.foreignHost, 421),
        (.tooManyTokens, 429), (.unreadableToken, 503),
        // What passes is asked for again.
        (.gap(.refused(group: "g", profile: "p")), 503),
        (.gap(.unproven(group: "g", profile: "p")), 503), (.gap(.stopping), 503),
    ])
    func `the status says whether to ask again`(_ refusal: CredentialRefusal, _ status: Int) {
        #expect(refusal.status == status)
    }

    @Test func `credentials are kept by nobody in between`() {
        let answer = ServedAnswer.credentials(Array("{}".utf8))
        let head = String(decoding: answer.head(at: WallTime(seconds: 0)), as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.contains("Content-Type: application/json\r\n"))
        #expect(head.contains("Cache-Control: no-store\r\n"))
    }
}
