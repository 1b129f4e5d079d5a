/// Returns the account that an access key id carries in itself, 12 digits; nil when it does not tell.
///
/// AWS does not document the layout, so the account is a hint for a message and never the reason for a
/// verdict. Ids from before about spring 2019 have another layout and tell nothing.
package func accountInKeyID(_ id: String) -> String? {
    let body = id.utf8.dropFirst(4)
    guard body.count == 16, isUpper(id.utf8.prefix(4)) else { return nil }
    var bits: UInt64 = 0
    // Ten characters of five bits hold the six bytes that count, and two bits more.
    for (index, byte) in body.enumerated() {
        guard let value = base32Value(byte) else { return nil }
        if index < 10 { bits = bits << 5 | value }
    }
    let packed = bits >> 2
    guard packed & 1 << 47 != 0 else { return nil }
    let account = (packed & 0x7FFF_FFFF_FF80) >> 7
    guard account <= 999_999_999_999 else { return nil }
    let digits = String(account)
    return String(repeating: "0", count: 12 - digits.utf8.count) + digits
}

/// The five bits that a character of base32 stands for; nil for any other character.
private func base32Value(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x41...0x5A: UInt64(byte - 0x41)
    case 0x32...0x37: UInt64(byte - 0x32) + 26
    default: nil
    }
}

private func isUpper(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.allSatisfy { (0x41...0x5A).contains($0) }
}
