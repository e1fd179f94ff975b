internal import HubModel

/// A lot's name, by the rule of `DeviceID`.
struct LotID: Hashable, Sendable, CustomStringConvertible {
    let text: String

    init?(_ text: String) {
        guard let id = DeviceID(text) else { return nil }
        self.text = id.text
    }

    var description: String { text }
}

/// What the parts of the car park tell each other of a spot.
struct SpotFacts: Hashable, Sendable {
    var id: DeviceID
    var lot: LotID
    var site: SiteID
    var kind: SpotKind
}
