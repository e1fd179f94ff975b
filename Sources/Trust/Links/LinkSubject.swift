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

    /// The site that it is, or at which it is, and the account whose own it is; nil: there is no such thing, or its owner may not sign in.
    func place(_ registry: DeviceRegistry, in reader: some SQLReading) throws -> (site: SiteID, owner: String?)? {
        switch self {
        case .device(let device, let kind):
            try registry.device(device, in: reader).flatMap { $0.kind == kind ? ($0.site, nil) : nil }
        case .thing(let name, let declaration):
            try declaration.find(name.text, in: reader).flatMap {
                try $0.ownerMaySignIn(in: reader) ? ($0.site, $0.owner) : nil
            }
        case .site(let site): try registry.hasSite(site, in: reader) ? (site, nil) : nil
        }
    }
}

extension ThingDeclaration.Found {
    /// Whether links of it open: the account whose own it is may sign in, or it is nobody's own.
    func ownerMaySignIn(in reader: some SQLReading) throws -> Bool {
        guard let owner else { return true }
        return try AccountTable.account(owner, in: reader)?.state == .active
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
