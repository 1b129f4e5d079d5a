import CCrypto

/// The digests by which the SDKs name files of their caches; they protect nothing.
package enum DigestAlgorithm: Sendable {
    case sha1, sha256
}

/// Hashes a text, as small hexadecimal digits; nil when this libcrypto refuses the algorithm.
package func hexDigest(_ algorithm: DigestAlgorithm, of text: String) -> String? {
    let type = algorithm == .sha1 ? EVP_sha1() : EVP_sha256()
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var size: UInt32 = 0
    let bytes = Array(text.utf8)
    guard EVP_Digest(bytes, bytes.count, &digest, &size, type, nil) == 1 else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    let hex = digest.prefix(Int(size)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: hex, as: UTF8.self)
}
