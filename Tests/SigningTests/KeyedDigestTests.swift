import Model
import Testing

@testable import Signing

@Suite struct KeyedDigestTests {
    private static let key: [UInt8] = Array(0..<32)

    @Test(arguments: [
        ("", "", true), ("abc", "abc", true), ("abc", "abd", false), ("abc", "abcd", false),
        ("abc", "", false), ("xbc", "abc", false),
        (String(repeating: "x", count: 1_000_000), String(repeating: "x", count: 1_000_000), true),
        (String(repeating: "x", count: 1_000_000), "x", false),
    ])
    func `only the same secret has the same digest`(_ one: String, _ other: String, _ same: Bool) {
        let left = KeyedDigest(of: Secret(one), key: Self.key)
        let right = KeyedDigest(of: Secret(other), key: Self.key)
        #expect(left.isSame(as: right) == same)
        #expect(right.isSame(as: left) == same)
    }

    @Test func `another key makes another digest`() {
        let left = KeyedDigest(of: Secret("abc"), key: Self.key)
        #expect(!left.isSame(as: KeyedDigest(of: Secret("abc"), key: [1])))
    }

    @Test func `a difference in any byte counts`() {
        let base = [UInt8](repeating: 7, count: 40)
        let digest = KeyedDigest(of: Secret(bytes: base), key: Self.key)
        for index in base.indices {
            var other = base
            other[index] ^= 1
            #expect(!digest.isSame(as: KeyedDigest(of: Secret(bytes: other), key: Self.key)))
        }
    }

    @Test func `it shows nothing`() {
        let digest = KeyedDigest(of: Secret("abc"), key: Self.key)
        #expect("\(digest)".contains("<digest>"))
    }
}
