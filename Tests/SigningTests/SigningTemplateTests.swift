import Model
import Signing
import Testing

/// A prepared request is signed as the same request is that was not prepared.
@Suite struct SigningTemplateTests {
    @Test(arguments: [nil, "a token+/=="] as [String?], ["/", "/a b/../c"])
    func signsAsWithoutPreparation(token: String?, path: String) throws {
        let headers = [
            HeaderField("Host", "sts.eu-west-1.amazonaws.com"),
            HeaderField("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            HeaderField("User-Agent", "credwatch/1"), HeaderField("X-Amz-Target", "T"),
            HeaderField("X-Amz-A", " a  b "),
        ]
        let request = SigningRequest(
            method: "POST", path: path, query: "b=2&a=1", headers: headers,
            body: Array("Action=GetCallerIdentity".utf8))
        let template = SigningTemplate(request, region: "eu-west-1", service: "sts")
        let signer = Signer()
        // The second one is of another key in the same second, the third of the next day.
        for (second, key) in [(0, "AKIDEXAMPLE"), (0, "AKIAOTHER"), (86_400, "AKIDEXAMPLE")] {
            let time = WallTime(seconds: 1_440_938_160 + Int64(second))
            let credentials = SigningCredentials(
                accessKeyID: key, secretAccessKey: Secret("made/up" + key),
                sessionToken: token.map { Secret($0) })
            let plain = signer.sign(
                request,
                scope: SigningScope(
                    date: time.basicISO8601, region: "eu-west-1", service: "sts"),
                credentials: credentials)
            #expect(signer.sign(template, at: time, credentials: credentials) == headers + plain)
        }
    }
}
