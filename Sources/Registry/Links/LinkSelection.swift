public import HubModel
internal import SQL

/// Which links are asked for.
public struct LinkSelection: Sendable {
    /// Only those of this device.
    public var device: DeviceID?
    /// Only those at this site.
    public var site: SiteID?
    /// Of each kind, only those at these sites; of no other kind any.
    public var kinds: [LinkKind: SiteScope]
    /// Only those behind this one in the list, by its identifier.
    public var after: String?
    /// The most of them.
    public var limit: Int

    /// A selection.
    public init(
        device: DeviceID? = nil, site: SiteID? = nil, kinds: [LinkKind: SiteScope], after: String? = nil, limit: Int
    ) {
        self.device = device
        self.site = site
        self.kinds = kinds
        self.after = after
        self.limit = limit
    }

    /// The condition on kinds, whose arguments are placed.
    func kinds(_ conditions: inout Conditions) -> String {
        let each = kinds.sorted { $0.key.name < $1.key.name }.compactMap { kind, scope -> String? in
            switch scope {
            case .all: return "kind = \(conditions.place(.text(kind.name)))"
            case .sites(let sites):
                guard !sites.isEmpty else { return nil }
                let name = conditions.place(.text(kind.name))
                return "(kind = \(name) AND site IN (\(conditions.places(sites.map { .text($0.text) }))))"
            }
        }
        return each.isEmpty ? "1 = 0" : "(\(each.joined(separator: " OR ")))"
    }
}
