/// Times in nanoseconds, counted in steps of 1/64 of their power of two: quantiles are within 2 % of the truth.
struct Histogram {
    private var counts = [UInt64](repeating: 0, count: 64 * 64)
    private(set) var total: UInt64 = 0
    private(set) var largest: UInt64 = 0

    mutating func add(_ value: UInt64) {
        counts[Histogram.slot(value)] += 1
        total += 1
        largest = max(largest, value)
    }

    /// The value below which the share lies, in milliseconds.
    func milliseconds(_ share: Double) -> Double {
        guard total > 0 else { return 0 }
        let wanted = max(1, UInt64((Double(total) * share).rounded(.up)))
        var seen: UInt64 = 0
        for (slot, count) in counts.enumerated() {
            seen += count
            if seen >= wanted { return Double(Histogram.lowerBound(slot)) / 1e6 }
        }
        return Double(largest) / 1e6
    }

    private static func slot(_ value: UInt64) -> Int {
        guard value >= 64 else { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        return (power - 5) * 64 + Int((value >> UInt64(power - 6)) & 63)
    }

    private static func lowerBound(_ slot: Int) -> UInt64 {
        guard slot >= 64 else { return UInt64(slot) }
        let power = slot / 64 + 5
        return (64 | UInt64(slot % 64)) << UInt64(power - 6)
    }
}
