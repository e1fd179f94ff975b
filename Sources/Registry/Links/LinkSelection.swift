public import HubModel
internal import SQL

/// Which links are asked for.
public struct LinkSelection: Sendable {
    /// Whose links of what is a person's own are asked for. Nobody is asked for the links of others by rights at a site.
    public enum Owners: Hashable, Sendable {
        /// Those of this account, by its identifier; nil: nobody's.
        case account(String?)
        /// Everybody's, at all sites.
        case everybody
    }

    /// Only those of this device.
    public var device: DeviceID?
    /// Only those of the thing of this name; of which sort of things, the kinds say.
    public var thing: String?
    /// Only those at this site.
    public var site: SiteID?
    /// Of each kind, only those at these sites; of no other kind any.
    public var kinds: [LinkKind: SiteScope]
    /// Of links that have an owner, only these.
    public var owners: Owners
    /// Only those behind this one in the list, by its identifier.
    public var after: String?
    /// The most of them.
    public var limit: Int

    /// A selection.
    public init(
        device: DeviceID? = nil, thing: String? = nil, site: SiteID? = nil, kinds: [LinkKind: SiteScope],
        owners: Owners, after: String? = nil, limit: Int
    ) {
        self.device = device
        self.thing = thing
        self.site = site
        self.kinds = kinds
        self.owners = owners
        self.after = after
        self.limit = limit
    }

    /// The condition on kinds, sites and owners, whose arguments are placed.
    func kinds(_ conditions: inout Conditions) -> String {
        let kinds = kinds.sorted { $0.key.name < $1.key.name }
        var ways = kinds.compactMap { kind, scope -> String? in
            guard !scope.isEmpty else { return nil }
            var parts = ["kind = \(conditions.place(.text(kind.name)))"]
            if case .sites(let sites) = scope {
                parts.append("site IN (\(conditions.places(sites.map { .text($0.text) })))")
            }
            var isTheirs = "owner IS NULL"
            if case .account(let account?) = owners {
                isTheirs = "(\(isTheirs) OR owner = \(conditions.place(.text(account))))"
            }
            return "(\((parts + [isTheirs]).joined(separator: " AND ")))"
        }
        if case .everybody = owners, !kinds.isEmpty {
            let names = conditions.places(kinds.map { .text($0.key.name) })
            ways.append("(owner IS NOT NULL AND kind IN (\(names)))")
        }
        return ways.isEmpty ? "1 = 0" : "(\(ways.joined(separator: " OR ")))"
    }
}
