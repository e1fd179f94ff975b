internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// Of what somebody may see and revoke links.
extension LinkRoutes {
    /// Makes sure that there is a device whose links somebody may see.
    /// - Throws: `not_found`; `SQLFailure`.
    func require(
        _ device: DeviceID, among kinds: [LinkDeclaration], _ caller: Caller, in reader: some SQLReading
    ) throws {
        guard let known = try registry.device(device, in: reader),
            kinds.contains(where: {
                guard case .device(known.kind) = $0.subject else { return false }
                return caller.grants.allows($0.needs, at: known.site)
            })
        else { throw Refusal(.notFound, "There is no device \(device).") }
    }

    /// Makes sure that there is a thing whose links somebody may see.
    /// - Throws: `not_found`; `SQLFailure`.
    func require(
        _ thing: String, among kinds: [LinkDeclaration], _ caller: Caller, in reader: some SQLReading
    ) throws {
        for kind in kinds {
            guard case .thing(let declaration) = kind.subject,
                let found = try declaration.find(thing, in: reader)
            else { continue }
            if caller.maySeeLinks(of: found.owner, at: found.site, kind) { return }
        }
        throw Refusal(.notFound, "There is no \(kinds.first?.subject.noun ?? "thing") \(thing) that you may share.")
    }
}

extension Caller {
    /// Whether something is theirs to share if their rights allow it: their own, or nobody's own.
    func isOwner(_ owner: String?) -> Bool { owner == nil || owner == account }

    /// Whether they may manage people, for the whole hub.
    var managesPeople: Bool { grants.scope(of: .manageUsers) == .all }

    /// Whether they may see and revoke a link: by the right that it needs, also without seeing what it shows.
    func maySee(_ link: LinkRecord, _ kind: LinkDeclaration) -> Bool {
        maySeeLinks(of: link.owner, at: link.grant.site, kind)
    }

    /// Whether they may see and revoke the links of a kind, of what is somebody's own or, without an owner, the site's.
    fileprivate func maySeeLinks(of owner: String?, at site: SiteID, _ kind: LinkDeclaration) -> Bool {
        if owner != nil, managesPeople { return true }
        return isOwner(owner) && grants.allows(kind.needs, at: site)
    }

    /// What stands in the list as the maker of a link.
    var linkMaker: String {
        switch identity {
        case .person(_, let name, _), .token(_, let name, _), .shell(let name): String(name.prefix(64))
        case .open, .anonymous, .device, .keyless, .link, .hub: "open hub"
        }
    }
}
