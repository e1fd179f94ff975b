public import Credentials
internal import HubModel
public import Registry
internal import SQL
public import SolutionKit

/// The routes of «Links» in docs/accounts-api.md. Anyone who has the right that a kind of link needs, at the site of the device, sees and
/// revokes its links, and makes new ones with the right to see what they show; for everybody else there are none.
public struct LinkRoutes: Sendable {
    private let services: WebServices
    private let registry: DeviceRegistry
    private let kinds: [LinkDeclaration]
    private let table = LinkTable()
    private let makeKey: @Sendable () -> SecretKey

    /// How long a link lasts, in days.
    private static let days: ClosedRange<Int64> = 1...3_660
    private static let usualDays: Int64 = 365
    private static let largestPage = 500
    private static let usualPage = 50
    /// In Unicode's scalars, as JSON Schema counts.
    private static let maximumPurposeLength = 200

    /// Routes over the links of these kinds.
    public init(
        services: WebServices, registry: DeviceRegistry, kinds: [LinkDeclaration],
        makeKey: @escaping @Sendable () -> SecretKey = { SecretKey(.link) }
    ) {
        self.services = services
        self.registry = registry
        self.kinds = kinds
        self.makeKey = makeKey
    }

    /// All of them.
    public var all: [Route] {
        [
            Route(
                .get, "/api/links", access: .signedIn, summary: "The links that you may revoke, the newest first",
                query: [
                    QueryParameter("device", "only those of this device", .identifier),
                    QueryParameter("site", "only those at this site, of it or of a device", .identifier),
                    QueryParameter(
                        "after", "only links behind this one: next of the page before", .string(maximumLength: 64)),
                    .pageLimit("links", most: LinkRoutes.largestPage, without: "\(LinkRoutes.usualPage) without it"),
                ],
                answers: [.json(.object([.required("links", .array(LinkRoutes.link)), .next()]))],
                refusals: [.notFound], handler: list),
            Route(
                .post, "/api/links", access: .signedIn,
                summary: "Make a link, which opens without an account; its key is shown once",
                input: RouteInput(
                    .object([
                        .required("kind", .words(kinds.map(\.kind.name.name))),
                        .optional("device", .identifier, "what it is of, for a kind that is of devices"),
                        .optional("site", .identifier, "what it is of, for a kind that is of sites"),
                        .required(
                            "purpose",
                            .string(
                                minimumLength: 1, maximumLength: LinkRoutes.maximumPurposeLength,
                                pattern: #"^[^\u0000]*[^\u0000\s][^\u0000]*$"#), "what it is for"),
                        .optional(
                            "days", .nullable(.integer(minimum: 1, maximum: 3_660)), "how long it lasts; 365 without it"
                        ),
                    ])),
                answers: [
                    .json(
                        .object(
                            LinkRoutes.members + [
                                .required("key", .text, "shown once"),
                                .required("path", .text, "the address on this hub, with the key; shown once"),
                            ]), status: 201, "Made")
                ], refusals: [.notFound, .limitReached], handler: make),
            Route(
                .delete, "/api/links/{id}", access: .signedIn, summary: "Revoke a link; it opens nothing any more",
                answers: [.empty()], handler: revoke),
        ]
    }

    private static let members: [JSONSchema.Property] = [
        .required("id", .text), .required("kind", .text),
        .required("device", .nullable(.identifier), "null: the site as a whole"), .required("site", .identifier),
        .required("purpose", .text), .required("made_by", .text),
        .required("created_at", .timestamp), .required("expires_at", .timestamp),
        .required("revoked_at", .nullable(.timestamp)), .required("last_used_at", .nullable(.timestamp)),
        .required("uses", .count), .required("open", .boolean, "whether it opens something"),
    ]

    private static let link = JSONSchema.named("Link", .object(members))

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let device = try request.given("device").map { text throws(Refusal) in
            guard let device = DeviceID(text) else { throw Refusal(.invalidParameter, "device is a device's name.") }
            return device
        }
        let site = try request.given("site").map { text throws(Refusal) in
            guard let site = SiteID(text) else { throw Refusal(.invalidParameter, "site is a site's name.") }
            return site
        }
        let limit = try request.whole("limit", in: 1...LinkRoutes.largestPage) ?? LinkRoutes.usualPage
        let (caller, now, table) = (request.caller, services.clock.now(), table)
        // Whoever may make links of a kind at a site, sees them.
        let scopes = kinds.map { ($0.kind.name, caller.grants.scope(of: $0.needs)) }
        let selection = LinkSelection(
            device: device, site: site, kinds: Dictionary(uniqueKeysWithValues: scopes),
            after: request.given("after"), limit: Page<LinkRecord>.reading(limit))
        let found = try await services.database.read { reader in
            if let device { try require(device, caller, in: reader) }
            if let site {
                let isOurs = scopes.contains { $0.1.contains(site) }
                guard isOurs, try registry.hasSite(site, in: reader) else {
                    throw Refusal(.notFound, "There is no site \(site).")
                }
            }
            return try table.links(selection, in: reader)
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
            throw Refusal(
                .valueOutOfRange, "kind is one of \(kinds.map(\.kind.name.name).joined(separator: ", "))")
        }
        let subject = try LinkSubject(kind, body)
        let purpose = try body.text("purpose", maximumBytes: 4 * LinkRoutes.maximumPurposeLength)
        guard purpose.contains(where: { !$0.isWhitespace }),
            purpose.unicodeScalars.count <= LinkRoutes.maximumPurposeLength
        else {
            throw Refusal(
                .valueOutOfRange,
                "say in purpose what the link is for, in at most \(LinkRoutes.maximumPurposeLength) characters")
        }
        let days = try body.optionalWholeNumber("days", in: LinkRoutes.days) ?? LinkRoutes.usualDays
        let (caller, key, registry, table) = (request.caller, makeKey(), registry, table)
        let link = try await services.change(by: caller) { line in
            let transaction = try line.transaction()
            let site = try subject.site(registry, in: transaction)
            guard let site, [kind.needs, kind.shows].allSatisfy({ caller.grants.allows($0, at: site) }) else {
                throw Refusal(.notFound, "there is no \(subject) that you may share")
            }
            let link = LinkRecord(
                LinkGrant(id: Identifier.make(), kind: kind.kind.name, device: subject.device, site: site),
                purpose: purpose, maker: caller.linkMaker, createdAt: line.now,
                expiresAt: line.now.advanced(bySeconds: days * 86_400))
            try table.insert(link, key, in: transaction)
            return AuditedChange(
                link, .makeLink, of: link.grant.target,
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
            guard let link = try table.link(id, in: transaction), mayHandle(link, caller) else {
                throw Refusal(.notFound, "there is no such link")
            }
            // One that is revoked already is done, and no news.
            guard try table.revoke(id, at: line.now, in: transaction) else { return AuditedChange(()) }
            return AuditedChange(.revokeLink, of: link.grant.target, facts: [("link", id)])
        }
        return .empty()
    }

    /// Makes sure that there is a device of which somebody may make links.
    private func require(_ device: DeviceID, _ caller: Caller, in reader: some SQLReading) throws {
        guard let known = try registry.device(device, in: reader),
            kinds.contains(where: {
                $0.subject == .device(known.kind) && caller.grants.allows($0.needs, at: known.site)
            })
        else { throw Refusal(.notFound, "there is no device \(device)") }
    }

    /// Whether somebody may see and revoke a link: by the right that its kind needs, also without seeing what it shows.
    private func mayHandle(_ link: LinkRecord, _ caller: Caller) -> Bool {
        guard let kind = kinds.first(where: { $0.kind.name == link.grant.kind }) else { return false }
        return caller.grants.allows(kind.needs, at: link.grant.site)
    }
}

extension Caller {
    /// What stands in the list as the maker of a link.
    fileprivate var linkMaker: String {
        switch identity {
        case .person(_, let name, _), .token(_, let name, _), .shell(let name): String(name.prefix(64))
        case .open, .anonymous, .device, .keyless, .link, .hub: "open hub"
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of link: LinkRecord, at now: Timestamp) {
        member("id", link.grant.id)
        member("kind", link.grant.kind.name)
        member("device", link.grant.device?.text)
        member("site", link.grant.site.text)
        member("purpose", link.purpose)
        member("made_by", link.maker)
        member("created_at", link.createdAt)
        member("expires_at", link.expiresAt)
        member("revoked_at", link.revokedAt)
        member("last_used_at", link.lastUsedAt)
        member("uses", link.uses)
        member("open", link.isOpen(at: now))
    }
}
