/// Finds the names that somebody may have meant, nearest first.
///
/// Names that have too little in common are left out, unless there are so few that all fit. The
/// work is bounded: of thousands of names that are alike, not all are compared.
func nearestNames(to wanted: String, in names: some Collection<String>, limit: Int = 5) -> [String]
{
    var meter = EditDistance(to: wanted)
    let bound = names.count <= limit ? Int.max : max(1, meter.count / 3)
    var found: [(distance: Int, name: String)] = []
    var budget = 1_000
    for name in names where budget > 0 {
        guard meter.mayBeWithin(bound, name) else { continue }
        budget -= 1
        let distance = meter.distance(name)
        if distance <= bound || name.hasPrefix(wanted) { found.append((distance, name)) }
    }
    return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(
        \.name)
}

/// A measure of how many typing errors lie between one name and others.
private struct EditDistance {
    /// Names are compared up to this length, so that a file full of long ones costs no more.
    private static let maxLength = 64

    private let target: [UInt8]
    private let letters: UInt64
    private var other: [UInt8] = []
    private var beforeLast: [Int]
    private var last: [Int]
    private var current: [Int]

    var count: Int { target.count }

    init(to name: String) {
        target = Array(name.utf8.prefix(Self.maxLength))
        letters = Self.letters(of: name)
        beforeLast = Array(repeating: 0, count: Self.maxLength + 1)
        last = beforeLast
        current = beforeLast
    }

    /// The set of a name's bytes, with some of them falling together.
    private static func letters(of name: String) -> UInt64 {
        name.utf8.prefix(maxLength).reduce(0) { $0 | 1 << (UInt64($1 | 0x20) & 63) }
    }

    /// Says quickly whether a name is worth measuring.
    func mayBeWithin(_ bound: Int, _ name: String) -> Bool {
        let length = min(name.utf8.count, Self.maxLength)
        guard target.count - length <= bound else { return false }
        if length - target.count > bound { return name.utf8.starts(with: target) }
        // An edit takes away one letter and brings another at most.
        return (letters ^ Self.letters(of: name)).nonzeroBitCount / 2 <= bound
    }

    /// Counts the insertions, deletions, replacements and swaps of neighbours that lead to a name;
    /// letter case is no difference.
    mutating func distance(_ name: String) -> Int {
        other.removeAll(keepingCapacity: true)
        other.append(contentsOf: name.utf8.prefix(Self.maxLength))
        for column in 0...other.count { last[column] = column }
        for row in target.indices {
            current[0] = row + 1
            for column in other.indices {
                let isSame = target[row] | 0x20 == other[column] | 0x20
                var best = min(
                    last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, target[row] == other[column - 1],
                    target[row - 1] == other[column]
                {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current[column + 1] = best
            }
            swap(&beforeLast, &last)
            swap(&last, &current)
        }
        return last[other.count]
    }
}
