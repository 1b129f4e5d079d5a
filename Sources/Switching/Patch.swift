/// Changes of places in a text, which are made all at once.
struct Patch {
    private var changes: [(range: Range<Int>, text: [UInt8], order: Int)] = []

    var isEmpty: Bool { changes.isEmpty }

    /// Puts a text in the place of a range, or before it when that is empty; ranges do not overlap.
    mutating func replace(_ range: Range<Int>, by text: [UInt8]) {
        changes.append((range, text, changes.count))
    }

    mutating func remove(_ range: Range<Int>) {
        replace(range, by: [])
    }

    /// Inserts; what is inserted at one place stands there in the order of the calls.
    mutating func insert(_ text: [UInt8], at offset: Int) {
        replace(offset..<offset, by: text)
    }

    /// Inserts a line behind another one, which gets an end when it has none.
    mutating func insertLine(_ text: [UInt8], after line: Range<Int>, of bytes: [UInt8]) {
        if let end = bytes.lineEnd(of: line) {
            insert(text + end, at: line.upperBound)
        } else {
            let isFirst = !changes.contains {
                $0.range == line.upperBound..<line.upperBound && !$0.text.isEmpty
            }
            insert((isFirst ? bytes.lineEnd : []) + text + bytes.lineEnd, at: line.upperBound)
        }
    }

    func applied(to bytes: [UInt8]) -> [UInt8] {
        let sorted = changes.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.order)
                < ($1.range.lowerBound, $1.range.upperBound, $1.order)
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + sorted.reduce(0) { $0 + $1.text.count })
        var offset = 0
        for change in sorted {
            result += bytes[offset..<change.range.lowerBound]
            result += change.text
            offset = change.range.upperBound
        }
        return result + bytes[offset...]
    }
}
