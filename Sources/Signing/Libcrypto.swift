import CCrypto

/// SHA-256 and HMAC-SHA-256 by libcrypto, with the algorithms looked up once and contexts used again.
///
/// Looking an algorithm up by name costs more than hashing a request: 0.4 to 1 µs for each one-shot
/// call, against 0.07 to 0.4 µs with contexts that stay.
struct Libcrypto: ~Copyable {
    private let algorithm: OpaquePointer
    private let digest: OpaquePointer
    private let mac: OpaquePointer

    /// Looks the algorithms up, and ends the process if this libcrypto cannot even do SHA-256.
    init() {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil), let digest = EVP_MD_CTX_new(),
            let hmac = EVP_MAC_fetch(nil, "HMAC", nil), let mac = EVP_MAC_CTX_new(hmac)
        else { fatalError("libcrypto offers no SHA-256; check the OpenSSL configuration") }
        EVP_MAC_free(hmac)
        var name = Array("SHA256".utf8CString)
        let isSet = name.withUnsafeMutableBufferPointer { name in
            var parameters = [
                OSSL_PARAM_construct_utf8_string("digest", name.baseAddress, 0),
                OSSL_PARAM_construct_end(),
            ]
            return EVP_MAC_CTX_set_params(mac, &parameters)
        }
        guard isSet == 1 else {
            fatalError("libcrypto offers no HMAC-SHA-256; check the OpenSSL configuration")
        }
        self.algorithm = algorithm
        self.digest = digest
        self.mac = mac
    }

    deinit {
        EVP_MAC_CTX_free(mac)
        EVP_MD_CTX_free(digest)
        EVP_MD_free(algorithm)
    }

    /// Hashes bytes with SHA-256.
    mutating func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> Digest {
        var result = Digest()
        let done = result.withUnsafeMutableBytes { output in
            EVP_DigestInit_ex(digest, algorithm, nil) == 1
                && EVP_DigestUpdate(digest, bytes.baseAddress, bytes.count) == 1
                && EVP_DigestFinal_ex(
                    digest, output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
        }
        precondition(done, "libcrypto refused to compute SHA-256")
        return result
    }

    /// Authenticates bytes with HMAC-SHA-256.
    mutating func hmac(
        key: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Digest {
        var result = Digest()
        let done = result.withUnsafeMutableBytes { output in
            // A nil key would mean "the key of last time", so an empty one needs an address.
            var none: UInt8 = 0
            let isKeyed =
                key.isEmpty
                ? EVP_MAC_init(mac, &none, 0, nil)
                : EVP_MAC_init(mac, key.baseAddress, key.count, nil)
            return isKeyed == 1 && EVP_MAC_update(mac, bytes.baseAddress, bytes.count) == 1
                && EVP_MAC_final(
                    mac, output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil,
                    output.count) == 1
        }
        precondition(done, "libcrypto refused to compute HMAC-SHA-256")
        return result
    }
}

/// The 32 bytes that SHA-256 gives; they may be key material, so nothing prints them by accident.
struct Digest: Hashable, CustomStringConvertible, CustomReflectable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    func hash(into hasher: inout Hasher) {
        // Any word of a digest is as good as the whole.
        hasher.combine(words.0)
    }

    mutating func withUnsafeMutableBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        Swift.withUnsafeMutableBytes(of: &words, body)
    }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeBytes(of: words) { $0.withMemoryRebound(to: UInt8.self, body) }
    }

    /// Appends the 64 small hexadecimal digits.
    func appendHex(to output: inout [UInt8]) {
        withBytes { bytes in
            for byte in bytes {
                output.append(Self.hexDigit(byte >> 4))
                output.append(Self.hexDigit(byte & 15))
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }

    var description: String { "<digest>" }
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
