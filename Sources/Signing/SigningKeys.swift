import Model

/// The derived signing keys of one day, kept because each costs four HMACs.
///
/// Bounded, and emptied when the day changes. Looked up by a hash of secret, region and service, so
/// that the cache holds no secret access key.
struct SigningKeys: ~Copyable {
    private let limit: Int
    private var day: [UInt8] = []
    private var keys: [Digest: Digest] = [:]
    private var scratch: [UInt8] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// The number of keys that are kept.
    var count: Int { keys.count }

    /// Returns the key that signs in a scope, derived or remembered.
    mutating func key(
        secret: Secret, scope: SigningScope
    ) -> Digest {
        if !day.elementsEqual(scope.day) {
            day = Array(scope.day)
            keys.removeAll()
        }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: scope.region.utf8)
        scratch.append(0)
        scratch.append(contentsOf: scope.service.utf8)
        scratch.append(0)
        secret.withBytes { scratch.append(contentsOf: $0) }
        let name = scratch.withUnsafeBufferPointer { Libcrypto.sha256($0) }
        scratch.erase()
        if let key = keys[name] { return key }
        let key = derive(secret: secret, scope: scope)
        if keys.count >= limit { keys.removeAll(keepingCapacity: true) }
        if limit > 0 { keys[name] = key }
        return key
    }

    private mutating func derive(
        secret: Secret, scope: SigningScope
    ) -> Digest {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: "AWS4".utf8)
        secret.withBytes { scratch.append(contentsOf: $0) }
        var key = scratch.withUnsafeBufferPointer { first in
            day.withUnsafeBufferPointer { Libcrypto.hmac(key: first, $0) }
        }
        scratch.erase()
        for part in [scope.region, scope.service, "aws4_request"] {
            scratch.removeAll(keepingCapacity: true)
            scratch.append(contentsOf: part.utf8)
            key = key.withBytes { previous in
                scratch.withUnsafeBufferPointer { Libcrypto.hmac(key: previous, $0) }
            }
        }
        return key
    }
}
