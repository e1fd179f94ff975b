import HubTesting

/// Small numbers that are the same for the same seed.
struct SeededNumbers {
    private var generator: SeededRandom

    init(_ seed: Int) {
        generator = SeededRandom(UInt64(seed))
    }

    /// A number of 0 or more, below a bound.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &generator) }
}
