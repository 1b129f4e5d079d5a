/// What is known of a profile in a half hour: the worst that a check said.
package enum HistoryLevel: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// No check ended: the daemon or the machine was not running, or the profile is new.
    case nothing
    case healthy
    case unknown
    case failing

    package init(_ state: ProfileState) {
        self =
            switch state {
            case .pending: .nothing
            case .healthy: .healthy
            case .unknown: .unknown
            case .failing: .failing
            }
    }

    package static func < (left: HistoryLevel, right: HistoryLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The letter that files have for it: `-`, `h`, `u`, `f`.
    package var letter: UInt8 {
        switch self {
        case .nothing: 0x2D
        case .healthy: 0x68
        case .unknown: 0x75
        case .failing: 0x66
        }
    }

    /// Takes a letter of ``letter``; nil for any other.
    package init?(letter: UInt8) {
        guard let level = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
        self = level
    }
}

/// The last 24 hours of a profile in 48 half hours of UTC: two bits each, 16 bytes in all.
///
/// Which half hour is the newest one is told by whoever keeps it.
package struct History: Sendable, Hashable {
    /// How many half hours there are.
    package static let count = 48
    /// The length of one in seconds.
    package static let seconds: Int64 = 1_800

    /// The newest 32, the newest in the lowest two bits.
    private var new: UInt64 = 0
    /// The 16 before them.
    private var old: UInt32 = 0

    /// Makes a history of which nothing is known.
    package init() {}

    /// Reads letters, the last of them the newest; nil when there are too many, or one is no level.
    package init?(letters: some StringProtocol) {
        guard letters.utf8.count <= Self.count else { return nil }
        for letter in letters.utf8 {
            guard let level = HistoryLevel(letter: letter) else { return nil }
            shift(by: 1)
            newest = level
        }
    }

    /// Whether nothing is known at all.
    package var isEmpty: Bool { new == 0 && old == 0 }

    /// The level of the newest half hour.
    package var newest: HistoryLevel {
        get { Self.level(new) }
        set { new = new & ~3 | UInt64(newValue.rawValue) }
    }

    /// The levels, the oldest first.
    package var levels: [HistoryLevel] {
        (0..<Self.count).map { self[Self.count - 1 - $0] }
    }

    /// The level of the half hour that was so many before the newest one.
    package subscript(age: Int) -> HistoryLevel {
        get {
            switch age {
            case 0..<32: Self.level(new >> UInt64(2 * age))
            case 32..<Self.count: Self.level(UInt64(old) >> UInt64(2 * (age - 32)))
            default: .nothing
            }
        }
        set {
            let bits = UInt64(newValue.rawValue)
            switch age {
            case 0..<32:
                new = new & ~(3 << UInt64(2 * age)) | bits << UInt64(2 * age)
            case 32..<Self.count:
                let place = UInt32(2 * (age - 32))
                old = old & ~(3 << place) | UInt32(bits) << place
            default: break
            }
        }
    }

    /// Goes on by so many half hours, of which nothing is known; backwards, the newest are dropped.
    package mutating func shift(by steps: Int) {
        switch steps {
        case 0: break
        case 1..<32:
            let bits = UInt64(2 * steps)
            // What leaves the newest 32 enters the 16 before them; shifting by all 64 gives zero.
            let carried = new >> (64 - bits)
            old = UInt32(truncatingIfNeeded: UInt64(old) << bits | carried)
            new <<= bits
        case 32..<Self.count:
            old = UInt32(truncatingIfNeeded: new << UInt64(2 * (steps - 32)))
            new = 0
        case -31 ... -1:
            let bits = UInt64(-2 * steps)
            new = new >> bits | UInt64(old) << (64 - bits)
            old = UInt32(truncatingIfNeeded: UInt64(old) >> bits)
        case -(Self.count - 1) ... -32:
            new = UInt64(old) >> UInt64(-2 * steps - 64)
            old = 0
        default: self = History()
        }
    }

    /// The letters of all, the oldest first; those in front of which nothing is known are left off.
    package var letters: [UInt8] {
        var letters: [UInt8] = []
        appendLetters(to: &letters)
        return letters
    }

    /// Appends ``letters`` to bytes.
    package func appendLetters(to bytes: inout [UInt8]) {
        guard !isEmpty else { return }
        var age = Self.count - 1
        while age >= 0, self[age] == .nothing { age -= 1 }
        while age >= 0 {
            bytes.append(self[age].letter)
            age -= 1
        }
    }

    private static func level(_ bits: UInt64) -> HistoryLevel {
        HistoryLevel(rawValue: UInt8(truncatingIfNeeded: bits & 3)) ?? .nothing
    }
}

/// What is kept of a profile's last hours across restarts.
package struct RememberedHistory: Sendable, Hashable {
    package var name: String
    /// The number of the newest half hour, counted from 1970.
    package var newest: Int32
    package var history: History

    package init(name: String, newest: Int32, history: History) {
        self.name = name
        self.newest = newest
        self.history = history
    }
}
