/// A site's name: what belongs together and is looked after by the same people. Spelled like a device's.
public struct SiteID: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// A name if it keeps the rule of `DeviceID`; nil otherwise.
    public init?(_ text: String) {
        guard let id = DeviceID(text) else { return nil }
        self.text = id.text
    }

    private init(known text: String) {
        self.text = text
    }

    /// The site that every hub has, where devices are until somebody puts them elsewhere.
    public static let main = SiteID(known: "main")

    /// The name.
    public var description: String { text }
}

/// For which sites something is allowed.
public enum SiteScope: Hashable, Sendable {
    /// All that there are and will be.
    case all
    /// These; none if it is empty.
    case sites(Set<SiteID>)

    /// Whether the site is among them.
    public func contains(_ site: SiteID) -> Bool {
        switch self {
        case .all: true
        case .sites(let sites): sites.contains(site)
        }
    }

    /// Whether no site is.
    public var isEmpty: Bool {
        if case .sites(let sites) = self { return sites.isEmpty }
        return false
    }
}
