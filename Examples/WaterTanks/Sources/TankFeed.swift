internal import HubModel
internal import SQL
internal import SolutionKit

extension LinkKind {
    /// The levels of one tank, as a sheet that a program reads again and again.
    static let tankLevels = LinkKind("tanks.levels")
}

extension ReadingSource {
    /// How full a tank was, in percent.
    init(levelsOf tank: DeviceID) {
        self.init(tank, measurement: "level", fields: ["level"])
    }
}

/// A tank's levels for anyone who has a link to them: a spreadsheet, or the neighbour who shares the water. Links are made, listed and revoked by the
/// hub's own routes (`/api/links`); a solution declares what they show, and answers at their address.
struct TankFeed: Sendable {
    let services: WebServices

    private static let path = "/api/feeds/{key}/levels.csv"

    static let links = [
        LinkDeclaration(
            Declared(.tankLevels, "The levels of a water tank as CSV"), of: .tank, needs: .manageTanks,
            shows: .viewTanks, path: path)
    ]

    var route: Route {
        Route(
            .get, Self.path, access: .link(.tankLevels),
            summary: "How full a tank was, in percent, as CSV, for anyone who has the link",
            pathSchemas: ["key": .text], query: ReadingsRequest.parametersOfSheet(of: "tank"),
            answers: [.bytes("text/csv", "The levels")]
        ) { request in
            guard case .link(let grant) = request.caller.identity, let id = grant.device else {
                throw RouteAccess.noSuchLink
            }
            // Where the device is at this moment: once it was moved, the link shows nothing more to those at its old site.
            let devices = services.devices
            let (isTank, site) = try await services.database.read { reader in
                (try TankTable.one(id, in: reader) != nil, try devices.site(of: id, in: reader))
            }
            guard isTank, let site, request.scope.contains(site) else { throw RouteAccess.noSuchLink }
            return try await services.readings(request, of: ReadingSource(levelsOf: id), asCSV: true)
        }
    }
}
