internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// What a new link is to be of.
enum LinkSubject: CustomStringConvertible {
    case device(DeviceID, DeviceKind)
    case thing(DeviceID, ThingDeclaration)
    case site(SiteID)

    /// As the request says: the member that its kind takes, and none of the others.
    /// - Throws: `missing_field`, `invalid_id` and `value_out_of_range`.
    init(_ kind: LinkDeclaration, _ body: JSONMembers) throws {
        let given = [
            "device": try body.optionalDevice("device"), "thing": try body.optionalDevice("thing"),
            "site": try body.optionalDevice("site"),
        ].compactMapValues(\.self)
        let wanted = kind.subject.member
        guard let name = given[wanted] else { throw JSONMembers.missing(wanted) }
        if let other = given.keys.filter({ $0 != wanted }).min() {
            throw Refusal(
                .valueOutOfRange,
                "Leave \(other) out: links of the kind \(kind.kind.name) are of a \(kind.subject.noun).")
        }
        switch kind.subject {
        case .device(let kind): self = .device(name, kind)
        case .thing(let declaration): self = .thing(name, declaration)
        case .site:
            guard let site = SiteID(name.text) else {
                throw Refusal(.invalidIdentifier, "Give site the name of a site.")
            }
            self = .site(site)
        }
    }

    var device: DeviceID? { if case .device(let device, _) = self { device } else { nil } }

    var thing: String? { if case .thing(let name, _) = self { name.text } else { nil } }

    var description: String {
        switch self {
        case .device(let device, _): "device \(device)"
        case .thing(let name, let declaration): "\(declaration.noun) \(name)"
        case .site(let site): "site \(site)"
        }
    }

    /// The site that it is, or at which it is; nil: there is no such thing, or it is somebody else's own.
    func site(for caller: Caller, _ registry: DeviceRegistry, in reader: some SQLReading) throws -> SiteID? {
        switch self {
        case .device(let device, let kind):
            try registry.device(device, in: reader).flatMap { $0.kind == kind ? $0.site : nil }
        case .thing(let name, let declaration):
            try declaration.site(of: name.text, for: caller, in: reader)
        case .site(let site): try registry.hasSite(site, in: reader) ? site : nil
        }
    }
}

extension ThingDeclaration {
    /// The site of a thing that a caller may share if their rights allow it there; nil: there is no such thing, or it is somebody else's own.
    func site(of name: String, for caller: Caller, in reader: some SQLReading) throws -> SiteID? {
        if let own = names(for: caller), !own.contains(name) { return nil }
        return try find(name, in: reader)?.site
    }
}

extension LinkDeclaration.Subject {
    /// The member of a request that says of which one a link is to be.
    var member: String {
        switch self {
        case .device: "device"
        case .thing: "thing"
        case .site: "site"
        }
    }

    /// What people call it.
    var noun: String {
        if case .thing(let declaration) = self { declaration.noun } else { member }
    }
}

extension LinkGrant {
    /// What it is of, for the audit: `site:main`.
    func target(_ subject: LinkDeclaration.Subject) -> String {
        "\(subject.noun):\(device?.text ?? thing ?? site.text)"
    }
}
