import CCrypto

/// Keys for proofs of possession, and the check of such a proof, by libcrypto alone.
package enum PossessionProofs {
    /// Makes a new private key in PEM: on P-256 in the form of `aws login`, or another one.
    package static func makeKey(_ kind: KeyKind = .p256) -> String {
        let key = kind.make()
        defer { EVP_PKEY_free(key) }
        let bio = BIO_new(BIO_s_mem())
        defer { BIO_free(bio) }
        switch kind {
        case .encrypted:
            PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_128_cbc(), "made up", 7, nil, nil)
        case .p256PKCS8, .ed25519: PEM_write_bio_PKCS8PrivateKey(bio, key, nil, nil, 0, nil, nil)
        default: PEM_write_bio_PrivateKey_traditional(bio, key, nil, nil, 0, nil, nil)
        }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = BIO_read(bio, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }

    package enum KeyKind: CaseIterable, Sendable {
        case p256, p256PKCS8, p384, ed25519, encrypted

        fileprivate func make() -> OpaquePointer? {
            switch self {
            case .p384: credwatch_new_p384_key()
            case .ed25519: credwatch_new_ed25519_key()
            default: credwatch_new_p256_key()
            }
        }
    }

    /// Splits a JWT; its header and claims as text. Nil when its signature does not fit the key in it.
    package static func verified(_ token: String) -> (header: String, claims: String)? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = decoded(parts[0]), let claims = decoded(parts[1]),
            let signature = decoded(parts[2]), signature.count == 64
        else { return nil }
        let text = String(decoding: header, as: UTF8.self)
        guard let x = decoded(member("x", of: text)), let y = decoded(member("y", of: text)),
            x.count == 32, y.count == 32, let key = publicKey(x + y)
        else { return nil }
        defer { EVP_PKEY_free(key) }
        guard fits(signature, Array((parts[0] + "." + parts[1]).utf8), key) else { return nil }
        return (text, String(decoding: claims, as: UTF8.self))
    }

    /// The text of a member that occurs once; empty without it.
    package static func member(_ name: String, of json: String) -> Substring {
        guard let start = json.firstRange(of: "\"\(name)\":\"") else { return "" }
        return json[start.upperBound...].prefix { $0 != "\"" }
    }

    private static func publicKey(_ point: [UInt8]) -> OpaquePointer? {
        // SubjectPublicKeyInfo of an uncompressed point on P-256 (RFC 5480).
        let head: [UInt8] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
            0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
        ]
        let bytes = head + point
        return bytes.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_PUBKEY(nil, &start, buffer.count)
        }
    }

    private static func fits(_ signature: [UInt8], _ text: [UInt8], _ key: OpaquePointer) -> Bool {
        let pair = ECDSA_SIG_new()
        defer { ECDSA_SIG_free(pair) }
        ECDSA_SIG_set0(
            pair, BN_bin2bn(Array(signature[..<32]), 32, nil),
            BN_bin2bn(Array(signature[32...]), 32, nil))
        var der: UnsafeMutablePointer<UInt8>?
        let length = i2d_ECDSA_SIG(pair, &der)
        defer { CRYPTO_free(der, #file, 0) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit_ex(context, nil, "SHA256", nil, nil, key, nil) == 1
            && EVP_DigestVerify(context, der, Int(length), text, text.count) == 1
    }

    private static func decoded(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for digit in text.utf8 {
            guard let value = digits.firstIndex(of: digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
