public import HubModel

/// A kind of link that a solution offers: an address that opens without an account, and shows one thing of one device, of one named thing of the
/// solution, or of one site.
public struct LinkDeclaration: Sendable {
    /// What a link is of.
    public enum Subject: Sendable {
        /// A device of this kind.
        case device(DeviceKind)
        /// A named thing of the solution at a site, such as a room.
        case thing(ThingDeclaration)
        /// A site as a whole, with the devices that are there whenever the link is followed.
        case site
    }

    /// Its name, and what it shows.
    public let kind: Declared<LinkKind>
    /// What it is of.
    public let subject: Subject
    /// The right that one needs at the site, or at that of the device or the thing, to make such a link, to see it in the list and to revoke it.
    public let needs: Permission
    /// The right to see what it shows. Anyone who makes such a link needs it there as well: a link lets others see what its maker may see, and
    /// nothing more.
    public let shows: Permission
    /// The address of a link, with `{key}` where its key is. For programs that follow an address it is that of the route, which takes the key
    /// in its path. For people it is that of a page with the key behind a `#`, which browsers send to nobody: `/rooms/door#{key}`; the page
    /// shows the key in a header field (`LinkKeyPlace.header`), so that it is in no address that a proxy writes down.
    public let path: String

    /// Links of single devices.
    public init(
        _ kind: Declared<LinkKind>, of device: DeviceKind, needs: Permission, shows: Permission, path: String
    ) {
        self.init(kind, .device(device), needs: needs, shows: shows, path: path)
    }

    /// Links.
    public init(
        _ kind: Declared<LinkKind>, _ subject: Subject, needs: Permission, shows: Permission, path: String
    ) {
        self.kind = kind
        self.subject = subject
        self.needs = needs
        self.shows = shows
        self.path = path
    }
}
