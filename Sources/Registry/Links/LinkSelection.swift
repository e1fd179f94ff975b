public import HubModel
internal import SQL

/// Which links are asked for.
public struct LinkSelection: Sendable {
    /// Only those of this device.
    public var device: DeviceID?
    /// Only those of the thing of this name; of which sort of things, the kinds say.
    public var thing: String?
    /// Only those at this site.
    public var site: SiteID?
    /// Of each kind, only those at these sites; of no other kind any.
    public var kinds: [LinkKind: SiteScope]
    /// Of a kind that stands here, only the links of these things.
    public var own: [LinkKind: Set<String>]
    /// Only those behind this one in the list, by its identifier.
    public var after: String?
    /// The most of them.
    public var limit: Int

    /// A selection.
    public init(
        device: DeviceID? = nil, thing: String? = nil, site: SiteID? = nil, kinds: [LinkKind: SiteScope],
        own: [LinkKind: Set<String>] = [:], after: String? = nil, limit: Int
    ) {
        self.device = device
        self.thing = thing
        self.own = own
        self.site = site
        self.kinds = kinds
        self.after = after
        self.limit = limit
    }

    /// The condition on kinds, whose arguments are placed.
    func kinds(_ conditions: inout Conditions) -> String {
        let each = kinds.sorted { $0.key.name < $1.key.name }.compactMap { kind, scope -> String? in
            let names = own[kind]
            guard !scope.isEmpty, names?.isEmpty != true else { return nil }
            var parts = ["kind = \(conditions.place(.text(kind.name)))"]
            if case .sites(let sites) = scope {
                parts.append("site IN (\(conditions.places(sites.map { .text($0.text) })))")
            }
            if let names { parts.append("thing IN (\(conditions.places(names.sorted().map(SQLValue.text))))") }
            return "(\(parts.joined(separator: " AND ")))"
        }
        return each.isEmpty ? "1 = 0" : "(\(each.joined(separator: " OR ")))"
    }
}
