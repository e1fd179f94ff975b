package import HubModel

/// A lot's name, by the rule of `DeviceID`.
package struct LotID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard let id = DeviceID(text) else { return nil }
        self.text = id.text
    }

    package var description: String { text }
}

/// What the parts of the car park tell each other of a spot.
package struct SpotFacts: Hashable, Sendable {
    package var id: DeviceID
    package var lot: LotID
    package var site: SiteID
    package var kind: SpotKind

    package init(id: DeviceID, lot: LotID, site: SiteID, kind: SpotKind) {
        self.id = id
        self.lot = lot
        self.site = site
        self.kind = kind
    }
}
