import Model
import Signing
import Support
import Testing

@Suite struct PossessionKeyTests {
    static let url = "https://eu-west-1.signin.aws.amazon.com/v1/token"

    @Test(arguments: [PossessionProofs.KeyKind.p256, .p256PKCS8])
    func signsAProofThatItsOwnPublicKeyVerifies(_ kind: PossessionProofs.KeyKind) throws {
        let token = try #require(
            proof(PossessionProofs.makeKey(kind), id: "4f9c0f4e-2f8d-4f0a-8a71-0d3f7c1b2a55"))
        let (header, claims) = try #require(PossessionProofs.verified(token))
        #expect(
            header.hasPrefix(
                #"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":""#))
        #expect(
            claims == """
                {"jti":"4f9c0f4e-2f8d-4f0a-8a71-0d3f7c1b2a55","htm":"POST",\
                "htu":"\(Self.url)","iat":1795356190}
                """)
    }

    @Test func fillsShortNumbersWithZeros() throws {
        // One of 256 numbers is shorter than 32 bytes; without the zeros these would not verify.
        let pem = PossessionProofs.makeKey()
        for id in 0..<600 {
            let token = try #require(proof(pem, id: "\(id)"))
            #expect(PossessionProofs.verified(token) != nil)
        }
    }

    @Test func refusesAProofThatWasChanged() throws {
        let token = try #require(proof(PossessionProofs.makeKey(), id: "1"))
        let parts = token.split(separator: ".")
        let other = try #require(proof(PossessionProofs.makeKey(), id: "2")).split(separator: ".")
        #expect(PossessionProofs.verified("\(parts[0]).\(other[1]).\(parts[2])") == nil)
        #expect(PossessionProofs.verified("\(other[0]).\(parts[1]).\(parts[2])") == nil)
    }

    @Test(arguments: [PossessionProofs.KeyKind.p384, .ed25519, .encrypted])
    func refusesKeysOfAnotherKind(_ kind: PossessionProofs.KeyKind) {
        let pem = PossessionProofs.makeKey(kind)
        #expect(pem.hasPrefix("-----BEGIN "))
        #expect(proof(pem, id: "1") == nil)
    }

    @Test(arguments: [
        "", "no key", "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ])
    func refusesWhatIsNoKey(_ pem: String) {
        #expect(proof(pem, id: "1") == nil)
    }

    private func proof(_ pem: String, id: String) -> String? {
        guard let key = PossessionKey(pem: Secret(pem)) else { return nil }
        return key.proof(url: Self.url, id: id, at: WallTime(seconds: 1_795_356_190))
    }
}

@Test func encodesAllButUnreservedCharacters() {
    #expect(percentEncoded("Admin+Ops @eu/1~ü") == "Admin%2BOps%20%40eu%2F1~%C3%BC")
}
