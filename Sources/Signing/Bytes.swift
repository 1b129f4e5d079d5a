import CCrypto

/// Percent-encodes a text, all but the unreserved characters of RFC 3986.
package func percentEncoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendEncoded(text.utf8)
    return String(decoding: bytes, as: UTF8.self)
}

extension [UInt8] {
    /// Overwrites all bytes with zeros, in a way that no optimiser removes.
    mutating func erase() {
        withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// Appends bytes in their percent-encoded form, all but the unreserved ones of RFC 3986.
    package mutating func appendEncoded(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { appendEncoded(byte) }
    }

    /// Appends one byte, percent-encoded unless it is unreserved.
    mutating func appendEncoded(_ byte: UInt8) {
        if byte.isUnreserved {
            append(byte)
        } else {
            append(UInt8(ascii: "%"))
            append(Self.upperHex(byte >> 4))
            append(Self.upperHex(byte & 15))
        }
    }

    private static func upperHex(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }
}

extension UInt8 {
    /// Whether RFC 3986 calls the character unreserved: letters, digits, `-`, `.`, `_` and `~`.
    var isUnreserved: Bool {
        switch self {
        case 0x41...0x5A, 0x61...0x7A, 0x30...0x39: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// The small letter of a capital one, any other byte as it is.
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }

    /// Whether the byte is white space in a header's value.
    var isHeaderSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

    /// The value of a hexadecimal digit of either case.
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
