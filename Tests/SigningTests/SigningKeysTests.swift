import Model
import Testing

@testable import Signing

@Suite struct SigningKeysTests {
    @Test func remembersKeysUpToItsLimitAndForADay() {
        var keys = SigningKeys(limit: 2)
        var counts: [Int] = []
        var seen: [Digest] = []
        for (day, region) in [
            ("20150830", "a"), ("20150830", "a"), ("20150830", "b"), ("20150830", "c"),
            ("20150831", "a"), ("20150830", "a"),
        ] {
            let scope = SigningScope(date: day + "T000000Z", region: region, service: "sts")
            seen.append(keys.key(secret: Secret(bytes: [1, 2, 3]), scope: scope))
            counts.append(keys.count)
        }
        #expect(counts == [1, 1, 2, 1, 1, 1])
        #expect(seen[0] == seen[1] && seen[0] == seen[5])
        #expect(Set(seen).count == 4)
    }

    /// The derived key that AWS's documentation prints for its example.
    @Test func derivesTheKeyOfTheDocumentation() {
        var keys = SigningKeys(limit: 1)
        let key = keys.key(
            secret: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            scope: SigningScope(date: "20150830T123600Z", region: "us-east-1", service: "iam"))
        var digits: [UInt8] = []
        key.appendHex(to: &digits)
        #expect(
            String(decoding: digits, as: UTF8.self)
                == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")
        #expect("\(key)" == "<digest>")
    }

    @Test func authenticatesWithAnEmptyKeyAfterAnother() {
        let message: [UInt8] = [1]
        func mac(_ key: [UInt8]) -> Digest {
            key.withUnsafeBufferPointer { key in
                message.withUnsafeBufferPointer { Libcrypto.hmac(key: key, $0) }
            }
        }
        let first = mac([])
        #expect(mac([7]) != first)
        #expect(mac([]) == first)
    }
}
