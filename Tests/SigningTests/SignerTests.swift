import Model
import Signing
import Testing

/// The key pair, second and scope of AWS's published test suite for Signature Version 4.
let exampleCredentials = SigningCredentials(
    accessKeyID: "AKIDEXAMPLE",
    secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
let exampleScope = SigningScope(date: "20150830T123600Z", region: "us-east-1", service: "service")
let exampleHost = HeaderField("Host", "example.amazonaws.com")

@Suite struct SignerTests {
    @Test func signsThePublishedVanillaRequest() {
        let request = SigningRequest(method: "GET", headers: [exampleHost])
        let added = Signer().sign(request, scope: exampleScope, credentials: exampleCredentials)
        #expect(added.map(\.name) == ["X-Amz-Date", "Authorization"])
        #expect(text(added.first) == "20150830T123600Z")
        #expect(
            text(added.last) == "AWS4-HMAC-SHA256 "
                + "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, Signature="
                + "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    }

    /// The worked example of AWS's documentation of Signature Version 4: IAM's ListUsers.
    @Test func signsTheExampleOfTheDocumentation() {
        let request = SigningRequest(
            method: "GET", query: "Action=ListUsers&Version=2010-05-08",
            headers: [
                HeaderField("Host", "iam.amazonaws.com"),
                HeaderField("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ])
        let scope = SigningScope(date: "20150830T123600Z", region: "us-east-1", service: "iam")
        let trace = Signer().trace(request, scope: scope, credentials: exampleCredentials)
        #expect(
            trace.stringToSign == "AWS4-HMAC-SHA256\n20150830T123600Z\n"
                + "20150830/us-east-1/iam/aws4_request\n"
                + "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59")
        #expect(
            trace.signature == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    /// The example of S3's documentation: the path as it is, and the body's hash as a header.
    @Test func signsTheExampleOfS3() {
        let request = SigningRequest(
            method: "GET", path: "/test.txt",
            headers: [
                HeaderField("Host", "examplebucket.s3.amazonaws.com"),
                HeaderField("Range", "bytes=0-9"),
            ])
        let credentials = SigningCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
        let trace = Signer().trace(
            request,
            scope: SigningScope(date: "20130524T000000Z", region: "us-east-1", service: "s3"),
            credentials: credentials,
            options: SigningOptions(
                normalizesPath: false, encodesPath: false, addsContentHash: true))
        #expect(
            trace.signature == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func signsTheSessionTokenAndTheBody() {
        var credentials = exampleCredentials
        credentials.sessionToken = Secret("a token+/==")
        let request = SigningRequest(
            method: "POST", headers: [exampleHost], body: Array("Param1=value1".utf8))
        let signer = Signer()
        let added = signer.sign(request, scope: exampleScope, credentials: credentials)
        #expect(added.map(\.name) == ["X-Amz-Date", "X-Amz-Security-Token", "Authorization"])
        #expect(text(added[1]) == "a token+/==")
        let trace = signer.trace(request, scope: exampleScope, credentials: credentials)
        #expect(
            trace.canonicalRequest == """
                POST
                /

                host:example.amazonaws.com
                x-amz-date:20150830T123600Z
                x-amz-security-token:a token+/==

                host;x-amz-date;x-amz-security-token
                9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e
                """)
    }

    @Test func addsTheSessionTokenUnsignedWhereTheServiceWantsItSo() {
        var credentials = exampleCredentials
        credentials.sessionToken = Secret("token")
        let added = Signer().sign(
            SigningRequest(method: "GET", headers: [exampleHost]), scope: exampleScope,
            credentials: credentials, options: SigningOptions(signsSessionToken: false))
        #expect(added.map(\.name) == ["X-Amz-Date", "X-Amz-Security-Token", "Authorization"])
        // The vanilla signature: the token is no part of it.
        #expect(text(added.last).hasSuffix("6d9b8aae1d763fbf31"))
    }

    @Test func keepsADateAndATokenThatTheRequestHas() {
        var credentials = exampleCredentials
        credentials.sessionToken = Secret("token")
        let request = SigningRequest(
            method: "GET",
            headers: [
                exampleHost, HeaderField("x-AMZ-date", "20150830T123600Z"),
                HeaderField("x-amz-Security-token", "token"),
            ])
        let signer = Signer()
        let added = signer.sign(request, scope: exampleScope, credentials: credentials)
        #expect(added.map(\.name) == ["Authorization"])
        let bare = SigningRequest(method: "GET", headers: [exampleHost])
        #expect(
            added.last?.value
                == signer.sign(bare, scope: exampleScope, credentials: credentials).last?.value)
    }

    @Test func signsInTheQuery() {
        var credentials = exampleCredentials
        credentials.sessionToken = Secret("t/k")
        let request = SigningRequest(
            method: "GET", query: "Version=2011-06-15&Action=GetCallerIdentity",
            headers: [exampleHost])
        let signer = Signer()
        let query = signer.presign(
            request, scope: exampleScope, credentials: credentials, expires: 60)
        let signature = signer.trace(
            request, scope: exampleScope, credentials: credentials, expires: 60
        ).signature
        #expect(
            query == "Action=GetCallerIdentity&Version=2011-06-15"
                + "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                + "AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request"
                + "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60"
                + "&X-Amz-Security-Token=t%2Fk&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=\(signature)")
        let after = signer.presign(
            request, scope: exampleScope, credentials: credentials, expires: 60,
            options: SigningOptions(signsSessionToken: false))
        #expect(after.contains("&X-Amz-SignedHeaders=host&X-Amz-Security-Token=t%2Fk&X-Amz-Sig"))
    }

    @Test func takesAnyInputWithoutATrap() {
        let signer = Signer(keyLimit: 0)
        for date in ["", "2015", "99999999T"] {
            let added = signer.sign(
                SigningRequest(method: "", path: "", query: "&&=%&%4", headers: []),
                scope: SigningScope(date: date, region: "", service: ""),
                credentials: SigningCredentials(accessKeyID: "", secretAccessKey: Secret("")))
            #expect(text(added.last).contains("SignedHeaders=x-amz-date, Signature="))
        }
    }

    @Test func showsNoKeyMaterial() {
        let credentials = SigningCredentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("AAAA"),
            sessionToken: Secret("BBBB"))
        let signer = Signer()
        let added = signer.sign(
            SigningRequest(method: "GET", headers: [exampleHost]), scope: exampleScope,
            credentials: credentials)
        var dumped = "\(credentials) \(added) \(String(reflecting: signer))"
        dump(credentials, to: &dumped)
        dump(added, to: &dumped)
        dump(signer, to: &dumped)
        for secret in ["AAAA", "BBBB", "65, 65", "66, 66", "Signature="] {
            #expect(!dumped.contains(secret))
        }
        #expect(dumped.contains("AKIDEXAMPLE"))
    }

    @Test func signsTheSameFromManyThreads() async {
        let signer = Signer(keyLimit: 2)
        let request = SigningRequest(method: "GET", headers: [exampleHost])
        let results = await withTaskGroup(of: (Int, [UInt8]?).self) { group in
            for number in 0..<64 {
                group.addTask {
                    let scope = SigningScope(
                        date: "20150830T123600Z", region: "region-\(number % 5)", service: "sts")
                    return (
                        number % 5,
                        signer.sign(request, scope: scope, credentials: exampleCredentials)
                            .last?.value
                    )
                }
            }
            return await group.reduce(into: [Int: Set<[UInt8]?>]()) {
                $0[$1.0, default: []].insert($1.1)
            }
        }
        #expect(results.count == 5)
        #expect(results.values.allSatisfy { $0.count == 1 })
    }
}

/// The value of a header as text.
func text(_ header: HeaderField?) -> String {
    String(decoding: header?.value ?? [], as: UTF8.self)
}
