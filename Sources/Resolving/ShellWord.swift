/// The value of a shell's assignment: one word, its quotes taken away.
struct ShellWord {
    private(set) var value: [UInt8] = []
    /// Where the word ends in the bytes.
    private(set) var end: Int
    /// Whether the text is the word itself, without a quote or a backslash in it.
    private(set) var isVerbatim = true
    /// Whether it holds nothing that a shell would put something else for.
    private(set) var isKnown = true
    /// Whether a quote is still open where the line ends.
    private(set) var isOpen = false
    /// Whether something follows that is neither a comment nor the next command.
    private(set) var hasMore = false

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        var quote: UInt8?
        var index = range.lowerBound
        scan: while index < range.upperBound {
            let byte = bytes[index]
            switch byte {
            case 0x27 where quote != 0x22, 0x22 where quote != 0x27:
                quote = quote == nil ? byte : nil
                isVerbatim = false
            case 0x5C where quote != 0x27:
                isVerbatim = false
                index += 1
                if index < range.upperBound { value.append(bytes[index]) }
            case 0x24 where quote != 0x27, 0x60 where quote != 0x27:
                isKnown = false
                value.append(byte)
            case 0x20, 0x09, 0x3B, 0x26, 0x7C:
                if quote == nil { break scan }
                value.append(byte)
            default: value.append(byte)
            }
            index += 1
        }
        end = min(index, range.upperBound)
        isOpen = quote != nil
        let rest = bytes.trim(end..<range.upperBound)
        if let next = bytes[rest].first, isBlank(bytes[end]), !isOpen {
            // A comment, the next command, or another assignment behind export.
            hasMore =
                ![0x23, 0x3B, 0x26, 0x7C, 0x0D].contains(next) && !bytes[rest].contains(0x3D)
        }
    }
}
