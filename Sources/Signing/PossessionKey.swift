import CCrypto
package import Model

/// A private key on the curve P-256, which proves with each request that its sender has it.
///
/// RFC 9449 (DPoP) has the form of the proof, RFC 7515 and 7518 that of its signature.
package struct PossessionKey: ~Copyable {
    private let key: OpaquePointer
    /// The coordinates of the public key, 32 bytes each.
    private let x, y: [UInt8]

    /// Reads a key from its PEM form; nil when it is none, or one of another kind.
    package init?(pem: Secret) {
        keepLibcryptoUntilTheEnd()
        let key = pem.withBytes { bytes -> OpaquePointer? in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else {
                return nil
            }
            defer { BIO_free(bio) }
            // Without a callback of ours, an encrypted key would ask at the terminal for its password.
            return PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
        }
        // What it could not read stays in the thread's queue of errors and would be taken for TLS's.
        ERR_clear_error()
        guard let key else { return nil }
        guard let x = coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X),
            let y = coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y), isOnP256(key)
        else {
            EVP_PKEY_free(key)
            ERR_clear_error()
            return nil
        }
        self.key = key
        self.x = x
        self.y = y
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// Makes the value of the header `DPoP` for one request by POST: a JWT, signed with ES256.
    ///
    /// `id` must not be used twice. Nil when libcrypto cannot sign.
    package func proof(url: String, id: String, at time: WallTime) -> String? {
        var header = JSONWriter()
        header.object { header in
            header.member("typ", "dpop+jwt")
            header.member("alg", "ES256")
            header.object("jwk") { key in
                key.member("kty", "EC")
                key.member("crv", "P-256")
                key.member("x", base64URL(x))
                key.member("y", base64URL(y))
            }
        }
        var claims = JSONWriter()
        claims.object { claims in
            claims.member("jti", id)
            claims.member("htm", "POST")
            claims.member("htu", url)
            claims.member("iat", Int(time.seconds))
        }
        let message = base64URL(header.bytes) + "." + base64URL(claims.bytes)
        return signature(of: message).map { message + "." + base64URL($0) }
    }

    /// Signs a text with ECDSA and SHA-256; returns r and s one after the other, 32 bytes each.
    private func signature(of text: String) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        let message = Array(text.utf8)
        var der = [UInt8](repeating: 0, count: 128)
        var count = der.count
        guard EVP_DigestSignInit_ex(context, nil, "SHA256", nil, nil, key, nil) == 1,
            EVP_DigestSign(context, &der, &count, message, message.count) == 1
        else { return nil }
        return der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            guard let pair = d2i_ECDSA_SIG(nil, &start, count) else { return nil }
            defer { ECDSA_SIG_free(pair) }
            guard let r = padded(ECDSA_SIG_get0_r(pair)), let s = padded(ECDSA_SIG_get0_s(pair))
            else { return nil }
            return r + s
        }
    }
}

private func isOnP256(_ key: OpaquePointer) -> Bool {
    var name = [CChar](repeating: 0, count: 32)
    var length = 0
    guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return false }
    return name.prefix(length).elementsEqual("prime256v1".utf8.lazy.map { CChar($0) })
}

private func coordinate(_ key: OpaquePointer, _ name: String) -> [UInt8]? {
    var number: OpaquePointer?
    guard EVP_PKEY_get_bn_param(key, name, &number) == 1 else { return nil }
    defer { BN_free(number) }
    return padded(number)
}

/// A number as 32 bytes, the first ones zero where it is small.
private func padded(_ number: OpaquePointer?) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 32)
    return BN_bn2binpad(number, &bytes, 32) == 32 ? bytes : nil
}

/// Encodes bytes in the base64 of URLs, without padding.
private func base64URL(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var start = 0
    while start < bytes.count {
        let part = bytes[start..<min(start + 3, bytes.count)]
        var bits: UInt32 = 0
        for byte in part { bits = bits << 8 | UInt32(byte) }
        bits <<= UInt32(8 * (3 - part.count))
        for digit in 0...part.count {
            text.append(digits[Int(bits >> UInt32(18 - 6 * digit) & 63)])
        }
        start += 3
    }
    return String(decoding: text, as: UTF8.self)
}
