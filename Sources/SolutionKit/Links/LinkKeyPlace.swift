/// Where a route of a kind of link takes the key.
public enum LinkKeyPlace: Hashable, Sendable {
    /// In the path, as `{key}`: for programs that follow an address and can send nothing else, such as spreadsheets and calendars. Proxies
    /// on the way write such addresses down.
    case path
    /// In the header field `Authorization: Bearer mlk_…` (RFC 6750, section 2.1), and nowhere in the address: for pages and programs, and
    /// above all for what is asked again and again.
    case header
}
