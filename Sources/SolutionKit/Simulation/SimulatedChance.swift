internal import Foundation

/// Chance that is the same for the same seed: SplitMix64 (Steele, Lea and Flood, 2014). It is a stream, so that what it says depends on what
/// was asked before; `SimulatedNoise` answers without a memory.
public struct SimulatedChance: Sendable {
    private var state: UInt64

    /// A stream of its own for each combination.
    /// - Parameters:
    ///   - seed: what decides the whole simulation.
    ///   - stream: what the chance is for, so that a further question to one thing changes no other.
    ///   - index: which of many things of a kind; 0 or more.
    public init(seed: UInt64, stream: UInt64, _ index: Int = 0) {
        state = SimulatedChance.mixed(seed ^ SimulatedChance.mixed(stream &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(index)))
    }

    /// Any number of 64 bits.
    public mutating func next() -> UInt64 {
        state = state &+ 0x9e37_79b9_7f4a_7c15
        return SimulatedChance.mixed(state)
    }

    /// A number from 0 up to 1, without it.
    public mutating func fraction() -> Double {
        SimulatedChance.fraction(of: next())
    }

    /// True with this probability.
    public mutating func happens(_ probability: Double) -> Bool { fraction() < probability }

    /// From a normal distribution (Box and Muller).
    public mutating func normal(mean: Double, deviation: Double) -> Double {
        let radius = (-2 * log(1 - fraction())).squareRoot()
        return mean + deviation * radius * cos(2 * Double.pi * fraction())
    }

    /// From an exponential distribution.
    public mutating func exponential(mean: Double) -> Double { -mean * log(1 - fraction()) }

    /// From a distribution whose logarithm is normal: how long people stay somewhere is spread like that.
    public mutating func logNormal(median: Double, spread: Double) -> Double {
        median * exp(normal(mean: 0, deviation: spread))
    }

    /// A number from 0 up to 1, without it, made of the 53 highest bits of a word.
    static func fraction(of word: UInt64) -> Double { Double(word >> 11) / 9_007_199_254_740_992 }

    /// The last steps of SplitMix64, which make near words far ones.
    static func mixed(_ value: UInt64) -> UInt64 {
        var hash = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        return hash ^ hash >> 31
    }
}
