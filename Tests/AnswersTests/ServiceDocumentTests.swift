import Model
import Testing

@testable import Answers

/// XML as STS writes it, as others write it, and as nobody should.
@Suite struct ServiceDocumentTests {
    /// An answer that repeats what was sent in place of an identity is nobody's.
    @Test(arguments: [
        ("IQoJb3JpZ2luX2VjEJr", "123456789012"), ("arn:aws:iam::123456789012:user/a", "account"),
        ("arn:aws:iam::123456789012:user/a", "1234567890123"), (" arn", "123456789012"),
    ])
    func takesNothingElseForAnIdentity(arn: String, account: String) {
        for name in ["GetCallerIdentityResponse", "other"] {
            let text =
                "<\(name) xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"
                + "<Arn>\(arn)</Arn><UserId>AIDA</UserId><Account>\(account)</Account>"
                + "</GetCallerIdentityResult></\(name)>"
            #expect(ServiceDocument(Array(text.utf8)).identity == nil)
        }
    }

    @Test(arguments: [
        // Prefixes, attributes, other orders, white space.
        """
        \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>\r\n
        <a:GetCallerIdentityResponse xmlns:a='x>y' b = "a>b">
          <!-- <Arn>arn:no</Arn> --><a:GetCallerIdentityResult a="/">
            <a:Account> 123456789012\n</a:Account><Other><Arn>arn:inner</Arn></Other>
            <a:UserId>AIDA</a:UserId >
            <a:Arn><![CDATA[arn:aws:iam::123456789012:user/a&b<c>]]></a:Arn>
          </a:GetCallerIdentityResult></a:GetCallerIdentityResponse>
        """,
        // References; cut off behind the last value.
        "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a&amp;b&#60;c&#x3E;</Arn>"
            + "<UserId>AIDA</UserId><Account>123456789012</Account>",
        // Values that come twice: the first counts. Elements without content in between.
        "<r><GetCallerIdentityResult><x/><Arn>arn:aws:iam::123456789012:user/a&amp;b&lt;c&gt;</Arn>"
            + "<Arn>arn:two</Arn><UserId>AIDA</UserId><Account>123456789012</Account><y a='/'/>"
            + "</GetCallerIdentityResult></r>",
    ])
    func findsTheIdentity(text: String) {
        let document = ServiceDocument(Array(text.utf8))
        #expect(
            document.identity
                == CallerIdentity(
                    account: "123456789012", arn: "arn:aws:iam::123456789012:user/a&b<c>",
                    userID: "AIDA"))
        #expect(document.error == nil)
    }

    @Test(arguments: [
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
            + "<Type>Sender</Type><Code>Throttling</Code><Message>Rate\nexceeded</Message></Error>"
            + "<RequestId>x</RequestId></ErrorResponse>",
        "<Response><Errors><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
            + "<Error><Code>Other</Code></Error></Errors></Response>",
        "<Error><Message>Rate exceeded</Message><Code> Throttling </Code></Error>",
    ])
    func findsTheError(text: String) {
        let document = ServiceDocument(Array(text.utf8))
        #expect(document.error == ServiceError(code: "Throttling", message: "Rate exceeded"))
        #expect(document.identity == nil)
    }

    @Test(arguments: [
        "", "<", "<>", "</>", "<!", "<!--", "<![CDATA[", "<?", "&", "<a", "<a b='>", "< a>",
        "</GetCallerIdentityResult></Arn>",
        "<GetCallerIdentityResult/><Arn>a</Arn><UserId>b</UserId><Account>c</Account>",
        "<GetCallerIdentityResult><Arn>a</Arn><UserId>b</UserId></GetCallerIdentityResult>",
        "<GetCallerIdentityResult><Arn/><UserId>b</UserId><Account>1</Account>",
        "<GetCallerIdentityResult><Arn>a</Arn><UserId>b</UserId><Account>c",
        "<Error><Code></Code><Message>m</Message></Error>",
        "<Error><Code>two words</Code></Error>", "<Error><Code>&lt;b&gt;</Code></Error>",
        "<Code>Throttling</Code>", "<error><code>Throttling</code></error>",
    ])
    func findsNothingInTheRest(text: String) {
        let document = ServiceDocument(Array(text.utf8))
        #expect(document == ServiceDocument([]))
    }

    @Test func keepsValuesShort() throws {
        let long = String(repeating: "x", count: 100_000)
        let error = ServiceDocument(
            Array("<Error><Code>Big</Code><Message>\(long)<b/><![CDATA[\(long)]]></Message>".utf8)
        ).error
        #expect(try #require(error).message.utf8.count <= 8_192)
        #expect(ServiceDocument(Array("<Error><Code>\(long)</Code></Error>".utf8)).error == nil)
    }

    /// Cut anywhere, and with any one byte changed to one that means something.
    @Test func survivesEveryMutation() {
        let good = Array(
            "<?x?><!--c--><a:Error b='1'><Code>A&#x41;</Code><Message><![CDATA[m]]></Message></a:Error>"
                .utf8)
        var seen = 0
        for length in 0...good.count {
            if ServiceDocument(Array(good[..<length])).error != nil { seen += 1 }
        }
        for place in good.indices {
            for byte in Array("<>&;/'\"]![?-#:A \0\u{80}".utf8) {
                var bytes = good
                bytes[place] = byte
                if ServiceDocument(bytes).error != nil { seen += 1 }
            }
        }
        #expect(seen > 100)
    }

    @Test func readsALargeBodyInLinearTime() {
        // Each of these would take minutes if a scan began anew at every byte.
        for piece in ["<", "<a", "<!--", "&", "<![CDATA[", "<Error><Code>", "]]", "<a b='"] {
            let body = Array(String(repeating: piece, count: (1 << 18) / piece.utf8.count).utf8)
            #expect(ServiceDocument(body).identity == nil)
        }
    }
}

/// The short way to an identity leads where the scanner leads, or nowhere.
@Suite struct PlainIdentityTests {
    private static let answer = """
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:iam::123456789012:user/app</Arn>
            <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
            <Account>123456789012</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
        </GetCallerIdentityResponse>
        """

    @Test func readsWhatSTSSends() {
        let expected = CallerIdentity(
            account: "123456789012", arn: "arn:aws:iam::123456789012:user/app",
            userID: "AIDACKCEVSQ6C2EXAMPLE")
        #expect(CallerIdentity(plainly: Array(Self.answer.utf8)) == expected)
        let flat = Self.answer.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
        #expect(CallerIdentity(plainly: Array(flat.utf8)) == expected)
    }

    @Test func neverDisagreesWithTheScanner() {
        var random = SystemRandomNumberGenerator()
        let good = Array(Self.answer.utf8)
        let pieces = [
            "<!--", "-->", "<![CDATA[", "]]>", "&lt;", "<Arn>", "</Arn>", "<Error>", ">", " ",
        ]
        var read = 0
        for _ in 0..<20_000 {
            var bytes = good
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: Array(pieces.randomElement()!.utf8), at: place)
            default: bytes.removeSubrange(place...)
            }
            guard let plain = CallerIdentity(plainly: bytes) else { continue }
            read += 1
            #expect(ServiceDocument(scanning: bytes).identity == plain)
        }
        #expect(read > 100)
    }
}
