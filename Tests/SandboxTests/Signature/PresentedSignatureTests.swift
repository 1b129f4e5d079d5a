import Testing

@testable import Sandbox

@Suite struct PresentedSignatureTests {
    static let scope = "AKIAQNCLJGYSAZAAN74C/20261122/us-east-1/sts/aws4_request"
    static let date = ("x-amz-date", "20261122T120000Z")

    static func fault(_ headers: [(String, String)], query: String = "") -> ServiceFault? {
        var request = HTTPRequest(method: "POST", path: [0x2F], query: Array(query.utf8))
        request.headers = headers.map { .init(name: $0.0, value: Array($0.1.utf8)) }
        do throws(ServiceFault) {
            _ = try PresentedSignature(
                of: request, query: QueryParameters(decoding: Array(query.utf8)))
            return nil
        } catch {
            return error
        }
    }

    @Test func wantsASignature() {
        #expect(Self.fault([]) == .missingAuthentication)
        #expect(Self.fault([Self.date]) == .missingAuthentication)
    }

    @Test(arguments: [
        (
            "AWS4-HMAC-SHA256 Credential=A KIA/x, SignedHeaders=host, Signature=0",
            "'KIA/x' not a valid key=value pair"
        ),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=h, Signature=0", "exactly 5"),
        ("AWS4-HMAC-SHA256 Credential=\(scope), Signature=0", "requires 'SignedHeaders'"),
        ("AWS4-HMAC-SHA256 Credential=\(scope), SignedHeaders=h", "requires 'Signature'"),
        ("AWS4-HMAC-SHA256", "requires 'Credential' parameter."),
        ("Basic dXNlcjpwYXNz", "requires 'Credential' parameter."),
        ("", "requires 'Credential' parameter."),
    ])
    func namesWhatIsMissing(authorization: String, text: String) throws {
        let fault = try #require(Self.fault([("authorization", authorization), Self.date]))
        #expect(fault.code == "IncompleteSignature")
        #expect(fault.httpStatus == 400)
        #expect(fault.message.contains(text))
    }

    @Test func wantsADate() throws {
        let authorization = (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=\(Self.scope), SignedHeaders=h, Signature=0"
        )
        #expect(Self.fault([authorization])?.message.contains("'X-Amz-Date' or a 'Date'") == true)
        for date in ["2026-11-22", "99991332T235959Z", "00000101T000000Z", "20261322T000000Z", ""] {
            #expect(
                Self.fault([authorization, ("x-amz-date", date)])?.message.contains("ISO-8601")
                    == true)
        }
        #expect(Self.fault([authorization, Self.date]) == nil)
        #expect(Self.fault([authorization, ("date", "Sun, 22 Nov 2026 12:00:00 GMT")]) == nil)
    }

    @Test(arguments: [
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256", "'X-Amz-Credential'"),
        ("X-Amz-Signature=0", "'X-Amz-Algorithm'"),
        (
            "X-Amz-Algorithm=x&X-Amz-Credential=c&X-Amz-Signature=0&X-Amz-SignedHeaders=h"
                + "&X-Amz-Date=d", "'AWS4-HMAC-SHA256'"
        ),
    ])
    func namesWhatAPresignedURLMisses(query: String, text: String) throws {
        let fault = try #require(Self.fault([], query: query))
        #expect(fault.code == "IncompleteSignature")
        #expect(fault.message.contains(text))
    }
}
