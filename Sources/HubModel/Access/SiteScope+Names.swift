extension SiteScope {
    /// The names of the sites in their order, as a statement compares them (`Conditions` in room SQL); nil: any site.
    public var names: [String]? {
        guard case .sites(let sites) = self else { return nil }
        return sites.map(\.text).sorted()
    }
}
