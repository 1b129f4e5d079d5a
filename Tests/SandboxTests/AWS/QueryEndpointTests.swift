import Model
import Testing

@testable import Sandbox

/// What the endpoint answers, with the world in the state that each case needs.
@Suite struct QueryEndpointTests {
    let now = WallTime(seconds: 1_795_348_800)
    var world = World(entropy: Entropy(seed: 9))
    var faults = FaultSwitches()
    let key: AccessKey
    let account = "123456789012"

    init() throws {
        try world.createUser("app", in: account, now: now)
        key = try world.createKey(for: "app", in: account, now: now)
    }

    var signer: TestSigner { TestSigner(key, date: now) }

    mutating func answer(
        _ request: HTTPRequest, at time: WallTime? = nil
    ) -> (status: Int, text: String, call: Call) {
        let (response, call) = QueryEndpoint.answer(
            request, world: &world, faults: faults, now: time ?? now)
        let names = response.headers.map(\.name)
        #expect(names == ["x-amzn-RequestId", "Content-Type", "Date"])
        return (response.status, String(decoding: response.body, as: UTF8.self), call)
    }

    mutating func refusal(_ request: HTTPRequest, at time: WallTime? = nil) -> String {
        let (status, text, call) = answer(request, at: time)
        let message = text.split(separator: "Message>", omittingEmptySubsequences: false)
        guard let code = call.errorCode, message.count == 3 else { return "\(status) good" }
        return "\(status) \(code): \(message[1].dropLast(2))"
    }

    static let invalidKey =
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    static let invalidToken =
        "403 InvalidClientTokenId: The security token included in the request is invalid"
    static let wrongSignature =
        "403 SignatureDoesNotMatch: The request signature we calculated does not match the "
        + "signature you provided. Check your AWS Secret Access Key and signing method. Consult "
        + "the service documentation for details."

    @Test mutating func saysWhoTheCallerIs() throws {
        let (status, text, call) = answer(signer.request("GetCallerIdentity"))
        #expect(status == 200)
        let id = try world.user("app", in: account).id
        #expect(
            text == """
                <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                  <GetCallerIdentityResult>
                    <Arn>arn:aws:iam::123456789012:user/app</Arn>
                    <UserId>\(id)</UserId>
                    <Account>123456789012</Account>
                  </GetCallerIdentityResult>
                  <ResponseMetadata>
                    <RequestId>\(call.requestID)</RequestId>
                  </ResponseMetadata>
                </GetCallerIdentityResponse>

                """)
        #expect(call.accessKeyID == key.id)
        #expect(call.region == "us-east-1")
        #expect(call.errorCode == nil)
        #expect(
            world.keys[key.id]?.lastUse
                == LastUse(at: now, region: "us-east-1", service: "sts"))
    }

    @Test mutating func cannotTellInactiveDeletedAndUnknownKeysApart() throws {
        let request = signer.request("GetCallerIdentity")
        try world.setKey(key.id, active: false)
        #expect(refusal(request) == Self.invalidKey)
        try world.setKey(key.id, active: true)
        #expect(refusal(request) == "200 good")
        try world.deleteKey(key.id)
        #expect(refusal(request) == Self.invalidKey)
    }

    @Test mutating func wantsTheTokenOfASession() throws {
        let session = world.startSession(
            for: .userSession(account: account, name: "app"), lasting: .seconds(900), now: now)
        var signer = TestSigner(session, date: now)
        #expect(refusal(signer.request("GetCallerIdentity")) == "200 good")
        signer.token = nil
        #expect(refusal(signer.request("GetCallerIdentity")) == Self.invalidKey)
        signer.token = Secret("another")
        #expect(refusal(signer.request("GetCallerIdentity")) == Self.invalidToken)
        let later = now + .seconds(900)
        signer = TestSigner(session, date: later)
        let expired = "403 ExpiredToken: The security token included in the request is expired"
        #expect(refusal(signer.request("GetCallerIdentity"), at: later) == expired)
        var leftover = TestSigner(key, date: later)
        leftover.token = session.token
        #expect(refusal(leftover.request("GetCallerIdentity"), at: later) == expired)
        leftover.token = Secret("another")
        #expect(refusal(leftover.request("GetCallerIdentity"), at: later) == Self.invalidToken)
    }

    @Test mutating func endsTheSessionsOfAUserThatIsGone() throws {
        let session = world.startSession(
            for: .userSession(account: account, name: "app"), lasting: .seconds(900), now: now)
        try world.deleteKey(key.id)
        let request = TestSigner(session, date: now).request("GetCallerIdentity")
        #expect(refusal(request) == "200 good")
        try world.deleteUser("app", in: account)
        #expect(refusal(request) == Self.invalidToken)
    }

    @Test mutating func playsItsFaults() throws {
        let request = signer.request("GetCallerIdentity")
        faults.isThrottling = true
        #expect(refusal(request) == "400 Throttling: Rate exceeded")
        faults.isOut = true
        #expect(
            refusal(request)
                == "503 ServiceUnavailable: Service is unavailable. Please try again later.")
        #expect(answer(request).text.contains("<Type>Receiver</Type>"))
        faults = FaultSwitches()
        faults.refusedRegions = ["us-east-1"]
        #expect(refusal(request) == Self.invalidKey)
        var elsewhere = signer
        elsewhere.region = "eu-west-1"
        #expect(refusal(elsewhere.request("GetCallerIdentity")) == "200 good")
        faults = FaultSwitches()
        faults.altersSignatures = true
        #expect(refusal(request) == Self.wrongSignature)
        faults = FaultSwitches()
        faults.propagationDelay = .seconds(15)
        #expect(refusal(request, at: now + .seconds(14)) == Self.invalidKey)
        #expect(refusal(request, at: now + .seconds(15)) == "200 good")
    }

    @Test mutating func refusesTheRightSecretForAWhileAfterAWrongOne() {
        var wrong = signer
        wrong.secret = Secret("wrong")
        let right = signer.request("GetCallerIdentity")
        #expect(refusal(wrong.request("GetCallerIdentity")) == Self.wrongSignature)
        #expect(refusal(right) == "200 good")
        faults.secretHold = .seconds(5)
        #expect(refusal(right, at: now + .seconds(4)) == Self.wrongSignature)
        #expect(refusal(right, at: now + .seconds(5)) == "200 good")
    }

    @Test mutating func looksTheKeyUpBeforeTheDate() throws {
        let request = signer.request("GetCallerIdentity")
        #expect(
            refusal(request, at: now + .seconds(601))
                .hasPrefix("403 SignatureDoesNotMatch: Signature expired: "))
        try world.deleteKey(key.id)
        #expect(refusal(request, at: now + .seconds(601)) == Self.invalidKey)
    }

    @Test(
        arguments: [
            (
                "Nonsense", "",
                "400 InvalidAction: Could not find operation Nonsense for version 2011-06-15"
            ),
            (
                "GetUser", "",
                "400 InvalidAction: Could not find operation GetUser for version 2011-06-15"
            ),
            ("", "", "400 InvalidAction: Could not find operation  for version 2011-06-15"),
            (
                "GetCallerIdentity", nil,
                "400 InvalidAction: Could not find operation GetCallerIdentity for version "
                    + "NO_VERSION_SPECIFIED"
            ),
            (
                "<&>", "2012-01-01",
                "400 InvalidAction: Could not find operation &lt;&amp;&gt; for version 2012-01-01"
            ),
        ] as [(String, String?, String)])
    mutating func refusesUnknownActions(action: String, version: String?, expected: String) {
        var signer = signer
        signer.version = version
        #expect(refusal(signer.request(action)) == expected)
    }

    @Test mutating func refusesWhatIsNotSigned() {
        var request = signer.request("GetCallerIdentity")
        request.headers.removeAll { $0.name == "authorization" }
        #expect(
            refusal(request)
                == "403 MissingAuthenticationToken: Request is missing Authentication Token")
    }

    @Test mutating func survivesRandomBytes() {
        let good = signer.request("GetCallerIdentity", ["a": "b c"])
        var entropy = Entropy(seed: 33)
        for _ in 0..<3_000 {
            var request = good
            let place = Int.random(in: good.headers.indices, using: &entropy)
            switch Int.random(in: 0..<4, using: &entropy) {
            case 0: request.headers[place].value = entropy.bytes(20)
            case 1:
                let byte = Int.random(in: request.headers[place].value.indices, using: &entropy)
                request.headers[place].value[byte] = UInt8.random(in: 0...255, using: &entropy)
            case 2: request.body = entropy.bytes(40)
            default:
                request.headers.remove(at: place)
                request.query = Array("X-Amz-Signature=".utf8) + entropy.bytes(40)
            }
            let (status, text, call) = answer(request)
            // Small letters of a header's name or scheme may change without harm, nothing else.
            #expect(status == 200 || call.errorCode != nil)
            #expect(!text.contains(key.secret.reveal()))
        }
    }

    @Test mutating func takesASessionThatSTSGave() throws {
        let (status, text, _) = answer(
            signer.request("GetSessionToken", ["DurationSeconds": "900"]))
        #expect(status == 200)
        let session = try #require(world.sessions.values.first)
        #expect(text.contains("<SessionToken>\(session.token.reveal())</SessionToken>"))
        #expect(text.contains("<Expiration>\((now + .seconds(900)).rfc3339)</Expiration>"))
        let temporary = TestSigner(session, date: now)
        #expect(refusal(temporary.request("GetCallerIdentity")) == "200 good")
        #expect(
            refusal(temporary.request("GetSessionToken"))
                == "403 AccessDenied: Cannot call GetSessionToken with session credentials")
        for (seconds, word) in [("899", "greater"), ("129601", "less"), ("x", "not a number")] {
            let text = refusal(signer.request("GetSessionToken", ["DurationSeconds": seconds]))
            #expect(text.hasPrefix("400 ValidationError: "))
            #expect(text.contains(word))
        }
    }
}
