internal import HubModel
internal import SQL
internal import SolutionKit

/// A plan of where the tanks of a site are: a picture that belongs to the site, whatever devices are there. There is one at most.
struct SitePlan: Sendable {
    let services: WebServices

    /// How plans are kept: for ever, and 16 MiB of each site.
    static let purpose = BlobPurpose(
        owner: "tanks", name: "plan", title: "plans of water tanks", setting: "MARTLET_TANKS_PLAN",
        maximumBytes: 1 << 30, mebibytesPerSite: 16)

    /// The most bytes of a plan.
    private static let maximumBytes = 8 << 20
    private static let path = ["site": JSONSchema.identifier]
    private static let one = "/api/tank-plans/{site}"

    var routes: [Route] {
        [
            Route(
                .get, "/api/tank-plans", access: .site(.viewTanks),
                summary: "The sites that have tanks, and which of them have a plan",
                answers: [
                    .json(
                        .object([
                            .required(
                                "sites",
                                .array(
                                    .object([
                                        .required("site", .identifier),
                                        .required(
                                            "plan", .nullable(.text), "A word that changes with the plan; null: none"),
                                    ])))
                        ]))
                ], handler: sites),
            Route(
                .get, Self.one, access: .site(.viewTanks), summary: "The plan of a site's tanks",
                pathSchemas: Self.path,
                query: [
                    QueryParameter(
                        "v", "the site's `plan`: an address that nobody has kept an earlier one under",
                        .string(maximumLength: 64))
                ],
                answers: RouteAnswer.file(PictureFormat.mediaTypes, summary: "The plan"), handler: plan),
            Route(
                .put, Self.one, access: .site(.manageTanks),
                summary: "Give a site a plan of its tanks, in the place of the one it has", pathSchemas: Self.path,
                input: RouteInput(.stream(PictureFormat.mediaTypes)), answers: [.empty()],
                refusals: [.limitReached, .overloaded, .storageUnavailable], maximumBodyBytes: Self.maximumBytes,
                credentials: .header, handler: setPlan),
            Route(
                .delete, Self.one, access: .site(.manageTanks), summary: "Take the plan of a site's tanks away",
                pathSchemas: Self.path, answers: [.empty()], handler: dropPlan),
        ]
    }

    private func sites(_ request: RouteRequest) async throws -> RouteResponse {
        let (blobs, scope) = (services.blobs, request.scope)
        let plans = try await services.database.read { reader in
            let sites = Set(try TankTable.all(at: scope, in: reader).map(\.site))
            return try sites.sorted { $0.text < $1.text }.map { site in
                (site, try blobs.kept(as: Self.purpose.use(of: .site(site)), in: reader)?.blob.hash.prefix(16))
            }
        }
        return .json { writer in
            writer.object {
                $0.member("sites", plans) { writer, row in
                    writer.object {
                        $0.member("site", row.0.text)
                        $0.member("plan", row.1.map(String.init))
                    }
                }
            }
        }
    }

    private func plan(_ request: RouteRequest) async throws -> RouteResponse {
        let (site, blobs) = (try Self.site(request), services.blobs)
        let kept = try await services.database.read { try blobs.kept(as: Self.purpose.use(of: .site(site)), in: $0) }
        guard let kept else { throw Self.noPlan(site) }
        return .file(
            try blobs.file(of: kept), contentType: kept.blob.mediaType,
            headers: PictureFormat.headers(named: "\(site)-tanks", mediaType: kept.blob.mediaType))
    }

    private func setPlan(_ request: RouteRequest) async throws -> RouteResponse {
        let (site, caller) = (try Self.site(request), request.caller)
        let (devices, blobs, settings) = (services.devices, services.blobs, services.settings)
        guard case .stream(let content) = request.content else {
            throw Refusal(.malformedRequest, "Send the plan as the body of the request.")
        }
        // Before anything is read of it.
        guard try await services.database.read({ try devices.hasSite(site, in: $0) }) else { throw Self.noPlan(site) }
        let plan = try await blobs.receive(
            content, from: caller.account ?? request.address, upTo: Self.maximumBytes,
            recognise: PictureFormat.recognise)
        try await blobs.settling(plan, in: services.database) { () -> (freed: [String], value: Void) in
            // It may have taken minutes.
            try await request.requireStillAllowed()
            let freed = try await services.change(by: caller) { line in
                let freed = try blobs.keep(
                    plan, as: Self.purpose, of: .site(site), key: .only, settings, at: line.now,
                    in: try line.transaction())
                return AuditedChange(
                    freed, .changePlan, of: "site:\(site)",
                    facts: [("plan", plan.mediaType), ("bytes", "\(plan.bytes)")])
            }
            return (freed: freed, value: ())
        }
        return .empty()
    }

    private func dropPlan(_ request: RouteRequest) async throws -> RouteResponse {
        let (site, blobs) = (try Self.site(request), services.blobs)
        let freed = try await services.change(by: request.caller) { line in
            guard let freed = try blobs.drop(Self.purpose.use(of: .site(site)), in: try line.transaction()) else {
                throw Self.noPlan(site)
            }
            return AuditedChange(freed, .changePlan, of: "site:\(site)", facts: [("plan", "removed")])
        }
        await blobs.settle(nil, freed: freed, in: services.database)
        return .empty()
    }

    /// The site of the path. Anyone who may not see its tanks is told that it has no plan.
    private static func site(_ request: RouteRequest) throws(Refusal) -> SiteID {
        guard let site = SiteID(request.path["site"] ?? "") else {
            throw Refusal(.invalidIdentifier, "A site's name is 1 to 64 letters, digits and . _ - : @.")
        }
        guard request.scope.contains(site) else { throw noPlan(site) }
        return site
    }

    private static func noPlan(_ site: SiteID) -> Refusal {
        Refusal(.notFound, "There is no site \(site), or it has no plan of its tanks.")
    }
}
