package import Model

/// A digest of a secret by a key, so that two secrets of any length can be compared without a time that
/// tells how much of them is the same.
package struct KeyedDigest: Sendable {
    private let digest: Digest

    /// Authenticates a secret with HMAC-SHA-256.
    package init(of secret: Secret, key: [UInt8]) {
        digest = key.withUnsafeBufferPointer { key in
            secret.withBytes { Libcrypto.hmac(key: key, $0) }
        }
    }

    /// Tells whether both are of the same secret, in a time that depends on neither.
    package func isSame(as other: KeyedDigest) -> Bool {
        digest.withBytes { left in
            other.digest.withBytes { right in
                var difference: UInt8 = 0
                for index in 0..<32 { difference |= left[index] ^ right[index] }
                return difference == 0
            }
        }
    }
}
