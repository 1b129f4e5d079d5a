/// A source of random bits: the system's, or a repeatable one for tests.
package struct Entropy: RandomNumberGenerator, Sendable {
    private var state: UInt64?

    /// The system's source.
    package init() {}

    /// A repeatable source (SplitMix64).
    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        guard let old = state else {
            var system = SystemRandomNumberGenerator()
            return system.next()
        }
        let new = old &+ 0x9E37_79B9_7F4A_7C15
        state = new
        var mixed = (new ^ (new >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
