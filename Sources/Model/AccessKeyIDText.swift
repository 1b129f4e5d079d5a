/// Returns the account, 12 digits, that an access key id carries in itself; nil where it carries none.
///
/// The layout is undocumented: a hint for a message, never the reason for a verdict. Ids from before
/// about spring 2019 have another layout, in which the same bits would give a plausible, wrong number.
package func accountInKeyID(_ id: String) -> String? {
    guard id.utf8.count == 20, id.hasPrefix("AKIA") || id.hasPrefix("ASIA") else { return nil }
    var bits: UInt64 = 0
    for (index, byte) in id.utf8.dropFirst(4).enumerated() {
        let digit: UInt8
        switch byte {
        case 0x41...0x5A: digit = byte - 0x41
        case 0x32...0x37: digit = byte - 0x32 + 26
        default: return nil
        }
        // The first 50 bits hold the six bytes that are wanted.
        if index < 10 { bits = bits << 5 | UInt64(digit) }
    }
    let layout = bits >> 2
    guard layout & 1 << 47 != 0 else { return nil }
    let account = (layout & 0x7FFF_FFFF_FF80) >> 7
    guard account <= 999_999_999_999 else { return nil }
    let digits = String(account)
    return String(repeating: "0", count: 12 - digits.count) + digits
}
