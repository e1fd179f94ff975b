/// Whether a distance means that something is there: nearer than a threshold is yes, farther is no, and in a band around the threshold what was
/// before goes on, so that a measure that trembles decides nothing.
public struct OccupancyThreshold: Sendable, Hashable {
    /// The middle of the band, cm.
    public var centimetres: Double
    /// The width of the band, half of it on each side, cm; 0 or more.
    public var hysteresisCentimetres: Double

    /// A threshold. The defaults lie between what a sensor two metres up sees of something large below it (30 cm) and of the floor (200 cm).
    public init(centimetres: Double = 115, hysteresisCentimetres: Double = 30) {
        self.centimetres = centimetres
        self.hysteresisCentimetres = hysteresisCentimetres
    }

    /// What a distance means.
    /// - Parameters:
    ///   - distance: to the next thing, cm.
    ///   - before: what the last distance meant; nil if there was none.
    /// - Returns: nil within the band, ends included, while nothing is known.
    public func reading(ofCentimetres distance: Double, before: Bool?) -> Bool? {
        let half = hysteresisCentimetres / 2
        if distance < centimetres - half { return true }
        if distance > centimetres + half { return false }
        return before
    }
}
