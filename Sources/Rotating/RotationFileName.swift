/// Returns the name, without its ending, under which a profile's rotation is kept.
///
/// Names may hold slashes, dots and anything else that is printable; each name has a file name of its own,
/// of at most 206 bytes.
package func rotationFileName(of profile: String) -> String {
    var name = ""
    for byte in profile.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"):
            name.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            name += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
        }
    }
    return name.utf8.count <= 200 && !name.isEmpty ? name : "=" + base32(profile)
}

/// Names of up to 128 bytes become 205.
private func base32(_ text: String) -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".unicodeScalars)
    var result = ""
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in text.utf8 {
        bits = bits << 8 | UInt32(byte)
        count += 8
        while count >= 5 {
            count -= 5
            result.unicodeScalars.append(alphabet[Int(bits >> count & 31)])
            bits &= (1 << count) - 1
        }
    }
    if count > 0 { result.unicodeScalars.append(alphabet[Int(bits << (5 - count) & 31)]) }
    return result
}
