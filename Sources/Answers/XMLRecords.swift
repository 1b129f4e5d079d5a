/// The texts of named elements, those of each `member` of a list apart from all others.
struct XMLRecords {
    /// The first text of each name outside of a list; an index into the names.
    private(set) var top: [Int: [UInt8]] = [:]
    private(set) var members: [[Int: [UInt8]]] = []

    /// More than this no list of IAM's has on a page.
    private static let mostMembers = 1_000
    /// Longer texts are left out; IAM's longest, a marker, has some hundred bytes.
    private static let longestText = 2_048

    /// Reads a document by the names of its elements, whatever else stands in it; in a member, only the
    /// elements right below it count.
    init(_ body: [UInt8], names: [StaticString]) {
        var scanner = XMLScanner(body)
        var depth = 0
        var memberDepth: Int?
        var member: [Int: [UInt8]] = [:]
        var field: Int?
        var text: [UInt8] = []
        while members.count < Self.mostMembers, let token = scanner.next() {
            switch token {
            case .start(let name, let isEmpty):
                depth += 1
                text = []
                field = nil
                if memberDepth.map({ depth == $0 + 1 }) ?? true {
                    field = names.firstIndex { scanner.range(name, is: $0) }
                }
                if memberDepth == nil, scanner.range(name, is: "member") {
                    memberDepth = depth
                    member = [:]
                }
                if isEmpty { end() }
            case .end: end()
            case .text(let range):
                guard field != nil, text.count <= Self.longestText else { continue }
                scanner.appendText(Self.clipped(range), to: &text)
            case .literal(let range):
                guard field != nil, text.count <= Self.longestText else { continue }
                text.append(contentsOf: body[Self.clipped(range)])
            }
        }

        func end() {
            if let field, text.count <= Self.longestText {
                if memberDepth == nil {
                    top[field] = top[field] ?? text
                } else {
                    member[field] = member[field] ?? text
                }
            }
            field = nil
            if memberDepth == depth {
                memberDepth = nil
                members.append(member)
            }
            depth = max(depth - 1, 0)
        }
    }

    private static func clipped(_ range: Range<Int>) -> Range<Int> {
        range.lowerBound..<min(range.upperBound, range.lowerBound + longestText + 1)
    }
}

extension [Int: [UInt8]] {
    /// A text without the blanks around it; nil unless it is printable ASCII without blanks, and short enough.
    func plain(_ index: Int, limit: Int = 128) -> String? {
        self[index].flatMap { text in
            let trimmed = text.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }
            return plainText(Array(trimmed.reversed()), limit: limit)
        }
    }
}
