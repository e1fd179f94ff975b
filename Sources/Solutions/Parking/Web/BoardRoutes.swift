internal import HubModel
internal import SQL
internal import SolutionKit

extension ThingDeclaration {
    /// A lot, which is at the site of those who look after it.
    static let lot = ThingDeclaration("lot") { name, reader in
        guard let id = LotID(name) else { return nil }
        return try LotTable.linkable(id, in: reader)
    }
}

/// What the screen at a lot's entrance shows to anyone who comes with the link of its board, and no more than that.
struct BoardRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .get, "/api/lot-boards", access: .link(.lotBoard, key: .header),
                summary: "How many spots are free on each level of a lot, for anyone who has the link",
                answers: [
                    .json(BoardRoutes.board), RouteAnswer(304, "The client has it already", content: []),
                ], handler: board)
        ]
    }

    private static let board = JSONSchema.named(
        "LotBoard",
        .object([
            .required("name", .text, "The lot's"), .required("time_zone", .text, "Whose clock the screen shows"),
            .required(
                "levels",
                .array(
                    .object([
                        .required("level", .text), .required("total_spots", .count),
                        .required("available_spots", .count), .required("out_of_service_spots", .count),
                        .required("unknown_spots", .count, "Of which nothing is known at present"),
                    ])), "Those that have spots"),
        ]))

    private func board(_ request: RouteRequest) async throws -> RouteResponse {
        guard let id = LotID(try request.linkedThing()) else { throw RouteAccess.noSuchLink }
        let (now, sites) = (services.clock.now(), request.scope)
        let found = try await services.database.read { reader -> (lot: Lot, levels: [(String, SpotTally)])? in
            guard let lot = try LotTable.one(id, in: reader), sites.contains(lot.site) else { return nil }
            return (lot, try LotTable.levels(of: id, at: now, in: reader))
        }
        guard let (lot, levels) = found else { throw RouteAccess.noSuchLink }
        var response = RouteResponse.json { json in
            json.object { json in
                json.member("name", lot.name)
                json.member("time_zone", lot.timeZone)
                json.member("levels", levels) { json, level in
                    json.object { json in
                        json.member("level", level.0)
                        json.member("total_spots", level.1.total)
                        json.member("available_spots", level.1.free)
                        json.member("out_of_service_spots", level.1.outOfService)
                        json.member("unknown_spots", level.1.unknown)
                    }
                }
            }
        }
        // A screen asks every few seconds, and mostly has it already. The address has no key: the screen's own browser may keep the counts
        // under it, and asks each time whether the link still opens them. What stands between may keep nothing.
        response.headers = [("Cache-Control", "private, no-cache"), ("ETag", EntityTag.of(response.body))]
        return response
    }
}
