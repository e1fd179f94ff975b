public import Credentials
internal import HubModel
public import Registry
internal import SQL
public import SolutionKit

/// The routes of «Links» in docs/accounts-api.md. Anyone who has the right that a kind of link needs, at the site of the device or the thing, sees and
/// revokes its links, and makes new ones with the right to see what they show; for everybody else there are none. Of what is somebody's own, only they
/// do that, and those who may manage people see and revoke.
public struct LinkRoutes: Sendable {
    private let services: WebServices
    let registry: DeviceRegistry
    private let kinds: [LinkDeclaration]
    private let uses: LinkUses
    private let table = LinkTable()
    private let makeKey: @Sendable () -> SecretKey

    private static let largestPage = 500
    private static let usualPage = 50

    /// Routes over the links of these kinds.
    /// - Parameter uses: those that are not written yet, for the list.
    public init(
        services: WebServices, registry: DeviceRegistry, kinds: [LinkDeclaration], uses: LinkUses,
        makeKey: @escaping @Sendable () -> SecretKey = { SecretKey(.link) }
    ) {
        self.services = services
        self.registry = registry
        self.kinds = kinds
        self.uses = uses
        self.makeKey = makeKey
    }

    /// All of them.
    public var all: [Route] {
        [
            Route(
                .get, "/api/links", access: .signedIn, summary: "The links that you may revoke, the newest first",
                query: [
                    QueryParameter("kind", "only links of these kinds, separated by commas"),
                    QueryParameter("device", "only those of this device", .identifier),
                    QueryParameter(
                        "thing", "only those of the thing of this name; kind says of which sort", .identifier),
                    QueryParameter("site", "only those at this site, of it or of what is there", .identifier),
                    QueryParameter(
                        "after", "only links behind this one: next of the page before", .string(maximumLength: 64)),
                    .pageLimit("links", most: LinkRoutes.largestPage, without: "\(LinkRoutes.usualPage) without it"),
                ],
                answers: [.json(.object([.required("links", .array(LinkSchemas.link)), .next()]))],
                refusals: [.notFound], handler: list),
            Route(
                .post, "/api/links", access: .signedIn,
                summary: "Make a link, which opens without an account; its key is shown once",
                input: RouteInput(LinkSchemas.request(kinds)),
                answers: [.json(LinkSchemas.made, status: 201, "Made")], refusals: [.notFound, .limitReached],
                handler: make),
            Route(
                .delete, "/api/links/{id}", access: .signedIn, summary: "Revoke a link; it opens nothing any more",
                answers: [.empty()], handler: revoke),
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let (device, thing) = (try name("device", of: request), try name("thing", of: request)?.text)
        let site = try name("site", of: request).flatMap { SiteID($0.text) }
        let asked = try kinds(of: request)
        if let thing, request.given("kind") == nil {
            throw Refusal(.invalidParameter, "Say with kind which links of \(thing) you mean.")
        }
        let limit = try request.whole("limit", in: 1...LinkRoutes.largestPage) ?? LinkRoutes.usualPage
        let (caller, now, table) = (request.caller, services.clock.now(), table)
        // Anyone who may make links of a kind at a site, sees them.
        let scopes = asked.map { ($0.kind.name, caller.grants.scope(of: $0.needs)) }
        let selection = LinkSelection(
            device: device, thing: thing, site: site, kinds: Dictionary(uniqueKeysWithValues: scopes),
            owners: caller.managesPeople ? .everybody : .account(caller.account), after: request.given("after"),
            limit: Page<LinkRecord>.reading(limit))
        let found = try await services.database.read { reader in
            if let device { try require(device, among: asked, caller, in: reader) }
            if let thing { try require(thing, among: asked, caller, in: reader) }
            if let site {
                let isOurs = caller.managesPeople || scopes.contains { $0.1.contains(site) }
                guard isOurs, try registry.hasSite(site, in: reader) else {
                    throw Refusal(.notFound, "There is no site \(site).")
                }
            }
            return try table.links(selection, in: reader).map(uses.added)
        }
        let page = Page(found, limit: limit, key: \.grant.id)
        return .json(headers: page.headers(request, "/api/links", limit: limit)) { json in
            json.object { json in
                json.member("links", page.rows) { json, link in json.object { $0.members(of: link, at: now) } }
                json.member(next: page)
            }
        }
    }

    private func make(_ request: RouteRequest) async throws -> RouteResponse {
        // It would open more than the token's scopes, and outlast it.
        if case .token = request.caller.identity {
            throw Refusal(.forbidden, "Make links signed in, not with a token.")
        }
        let body = try JSONMembers(request.body)
        let word = try body.text("kind", maximumBytes: 64)
        guard let kind = kinds.first(where: { $0.kind.name.name == word }) else {
            throw Refusal(.valueOutOfRange, "Give kind one of \(kindNames).")
        }
        let subject = try LinkSubject(kind, body)
        let purpose = try body.text("purpose", maximumBytes: 4 * LinkSchemas.maximumPurposeLength)
        guard purpose.contains(where: { !$0.isWhitespace }),
            purpose.unicodeScalars.count <= LinkSchemas.maximumPurposeLength
        else {
            throw Refusal(
                .valueOutOfRange,
                "Say in purpose what the link is for, in at most \(LinkSchemas.maximumPurposeLength) characters.")
        }
        let days = try body.optionalWholeNumber("days", in: LinkSchemas.days) ?? LinkSchemas.usualDays
        let (caller, key, registry, table) = (request.caller, makeKey(), registry, table)
        let link = try await services.change(by: caller) { line in
            let transaction = try line.transaction()
            guard let (site, owner) = try subject.place(registry, in: transaction), caller.isOwner(owner),
                [kind.needs, kind.shows].allSatisfy({ caller.grants.allows($0, at: site) })
            else { throw Refusal(.notFound, "There is no \(subject) that you may share.") }
            let link = LinkRecord(
                LinkGrant(
                    id: Identifier.make(), kind: kind.kind.name, device: subject.device, thing: subject.thing,
                    site: site),
                purpose: purpose, owner: owner, maker: caller.linkMaker, createdAt: line.now,
                expiresAt: line.now.advanced(bySeconds: days * 86_400))
            try table.insert(link, key, in: transaction)
            return AuditedChange(
                link, .makeLink, of: link.grant.target(kind.subject),
                facts: [("link", link.grant.id), ("kind", word), ("days", String(days))])
        }
        return .json(status: 201, headers: [("Cache-Control", "no-store")]) { json in
            json.object { json in
                json.members(of: link, at: link.createdAt)
                json.member("key", key.text)
                json.member("path", kind.path.replacing("{key}", with: key.text))
            }
        }
    }

    private func revoke(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, caller, table) = (request.path["id"] ?? "", request.caller, table)
        try await services.change(by: caller) { line in
            let transaction = try line.transaction()
            guard let link = try table.link(id, in: transaction), let kind = kind(of: link),
                caller.maySee(link, kind)
            else {
                throw Refusal(.notFound, "There is no link \(id) that you may revoke.")
            }
            // One that is revoked already is done, and no news.
            guard try table.revoke(id, at: line.now, in: transaction) else { return AuditedChange(()) }
            return AuditedChange(.revokeLink, of: link.grant.target(kind.subject), facts: [("link", id)])
        }
        return .empty()
    }

    /// The kinds that a list is asked for; all of them where it says nothing.
    private func kinds(of request: RouteRequest) throws(Refusal) -> [LinkDeclaration] {
        guard let given = request.given("kind") else { return kinds }
        let names = Set(given.split(separator: ",").map(String.init))
        let asked = kinds.filter { names.contains($0.kind.name.name) }
        guard !names.isEmpty, asked.count == names.count else {
            throw Refusal(.invalidParameter, "Give kind one or more of \(kindNames), separated by commas.")
        }
        return asked
    }

    private var kindNames: String { kinds.map(\.kind.name.name).joined(separator: ", ") }

    private func name(_ parameter: String, of request: RouteRequest) throws(Refusal) -> DeviceID? {
        guard let text = request.given(parameter) else { return nil }
        guard let name = DeviceID(text) else {
            throw Refusal(.invalidParameter, "Give \(parameter) a name: 1 to 64 letters, digits and . _ - : @.")
        }
        return name
    }

    private func kind(of link: LinkRecord) -> LinkDeclaration? { kinds.first { $0.kind.name == link.grant.kind } }
}
