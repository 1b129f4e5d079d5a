/// Returns the value of a hexadecimal digit.
func hexValue(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x46: Int(byte) - 0x41 + 10
    case 0x61...0x66: Int(byte) - 0x61 + 10
    default: nil
    }
}

/// Percent-encoding as SigV4 and forms use it.
enum PercentCoding {
    /// Encodes all but `A-Za-z0-9-._~` and the bytes of `kept`.
    static func encode(_ bytes: some Sequence<UInt8>, keeping kept: UInt8? = nil) -> [UInt8] {
        let hex = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.append(byte)
            case kept:
                result.append(byte)
            default:
                result.append(contentsOf: [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]])
            }
        }
        return result
    }

    /// Decodes `%XX`; anything else, a stray `%` too, stays as it is.
    static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> [UInt8] {
        let source = Array(bytes)
        var result: [UInt8] = []
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == 0x25, index + 2 < source.count, let high = hexValue(source[index + 1]),
                let low = hexValue(source[index + 2])
            {
                result.append(UInt8(high * 16 + low))
                index += 3
            } else {
                result.append(byte == 0x2B && plusIsSpace ? 0x20 : byte)
                index += 1
            }
        }
        return result
    }
}
