/// A foreign name as a shell takes it without quotes; nil when it has a character that a shell reads.
func shellWord(_ text: some StringProtocol) -> String? {
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "+=,.@_-/:".utf8.contains(byte)
        }
    }
    return isPlain && !text.isEmpty && text.utf8.count <= 2_048 && text.first != "-"
        ? String(text) : nil
}
