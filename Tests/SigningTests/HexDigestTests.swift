import Signing
import Testing

@Suite struct HexDigestTests {
    /// From FIPS 180-2, and the digests of nothing.
    @Test(arguments: [
        (DigestAlgorithm.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (.sha1, "sitzung-ü", "317b1a114e598273388546fbf7635ed76b503e0a"),
    ])
    func digests(_ algorithm: DigestAlgorithm, _ text: String, _ expected: String) {
        #expect(hexDigest(algorithm, of: text) == expected)
    }
}
