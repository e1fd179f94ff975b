/// A distance sensor as its device reads it: threshold and debounce, the same that the hub applies to distances it is sent.
public struct OccupancySensor: Sendable, Hashable {
    /// What a distance means.
    public var threshold: OccupancyThreshold
    /// For how long a change back must last, in milliseconds.
    public var debounceMilliseconds: Int64
    /// What is believed, and what is not yet.
    public private(set) var state = DebouncedState()

    /// A sensor that has not measured yet.
    public init(
        threshold: OccupancyThreshold = OccupancyThreshold(),
        debounceMilliseconds: Int64 = DebouncedState.usualMilliseconds
    ) {
        self.threshold = threshold
        self.debounceMilliseconds = debounceMilliseconds
    }

    /// Whether something is there, and since when; nil before the first distance outside of the band.
    public var belief: DebouncedState.Belief? { state.belief }

    /// Takes a distance in cm, measured now.
    /// - Parameter now: milliseconds of a monotonic clock.
    /// - Returns: what is believed from now on, if that is something else than before.
    public mutating func take(centimetres: Double, at now: Int64) -> DebouncedState.Belief? {
        let before = belief?.isOccupied
        state.settle(at: now, span: debounceMilliseconds)
        if let isOccupied = threshold.reading(ofCentimetres: centimetres, before: state.latest) {
            state.take(isOccupied, observedAt: now, heardAt: now, span: debounceMilliseconds)
        }
        return belief?.isOccupied == before ? nil : belief
    }

    /// To be called at `deadline` if nothing was measured until then.
    /// - Returns: what is believed from now on, if that is something else than before.
    public mutating func settle(at now: Int64) -> DebouncedState.Belief? {
        let before = belief?.isOccupied
        state.settle(at: now, span: debounceMilliseconds)
        return belief?.isOccupied == before ? nil : belief
    }

    /// When time alone changes something; nil: never.
    public var deadline: Int64? { state.deadline(span: debounceMilliseconds) }
}
