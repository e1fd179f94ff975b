public import HubModel

/// Numbers that look random and are a pure function of what is asked: the same for the same seed, thing, quantity and step, in any order. For
/// fleets that are computed for any instant without a memory; `SimulatedChance` is for those that go through time step by step.
public struct SimulatedNoise: Hashable, Sendable {
    /// What decides everything.
    public let seed: UInt64

    /// Noise of a seed.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// A number from 0 up to 1, without it: FNV-1a (Fowler, Noll and Vo), then the last steps of SplitMix64.
    /// - Parameters:
    ///   - index: which thing of the fleet.
    ///   - quantity: what of it.
    ///   - step: any number, such as that of a step of time.
    public func value(_ index: Int, _ quantity: String, _ step: UInt64) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in quantity.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ UInt64(truncatingIfNeeded: index)) &* 0x100_0000_01b3
        hash = hash &+ step &* 0x9e37_79b9_7f4a_7c15
        return SimulatedChance.fraction(of: SimulatedChance.mixed(hash))
    }

    /// Wanders smoothly between 0 and 1, to a new place every `seconds`; instants before 1970 are as 1970.
    /// - Parameter seconds: 1 or more.
    public func drift(_ index: Int, _ quantity: String, at instant: Timestamp, seconds: Int64) -> Double {
        let span = seconds * 1_000_000
        let step = max(0, instant.microseconds) / span
        let between = Double(max(0, instant.microseconds) % span) / Double(span)
        let from = value(index, quantity, UInt64(step))
        let to = value(index, quantity, UInt64(step) + 1)
        let eased = between * between * (3 - 2 * between)
        return from + (to - from) * eased
    }
}
