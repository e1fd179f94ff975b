internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// What a new link is to be of.
enum LinkSubject: CustomStringConvertible {
    case device(DeviceID, DeviceKind)
    case site(SiteID)

    /// As the request says: the member that its kind takes, and not the other one.
    /// - Throws: `malformed_request` and `value_out_of_range`.
    init(_ kind: LinkDeclaration, _ body: JSONMembers) throws {
        let (device, site) = (try body.optionalDevice("device"), try body.optionalSite("site"))
        switch kind.subject {
        case .device(let deviceKind):
            guard let device else { throw JSONMembers.missing("device") }
            guard site == nil else {
                throw Refusal(.valueOutOfRange, "\(kind.kind.name.name) is of a device: leave site out")
            }
            self = .device(device, deviceKind)
        case .site:
            guard let site else { throw JSONMembers.missing("site") }
            guard device == nil else {
                throw Refusal(.valueOutOfRange, "\(kind.kind.name.name) is of a site: leave device out")
            }
            self = .site(site)
        }
    }

    var device: DeviceID? { if case .device(let device, _) = self { device } else { nil } }

    var description: String {
        switch self {
        case .device(let device, _): "device \(device)"
        case .site(let site): "site \(site)"
        }
    }

    /// The site that it is, or at which it is; nil: there is no such thing.
    func site(_ registry: DeviceRegistry, in reader: some SQLReading) throws -> SiteID? {
        switch self {
        case .device(let device, let kind):
            try registry.device(device, in: reader).flatMap { $0.kind == kind ? $0.site : nil }
        case .site(let site): try registry.hasSite(site, in: reader) ? site : nil
        }
    }
}

extension LinkGrant {
    /// What it is of, for the audit.
    var target: String { device.map { "device:\($0)" } ?? "site:\(site)" }
}
