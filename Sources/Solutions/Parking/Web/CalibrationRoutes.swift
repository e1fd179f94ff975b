internal import HubModel
internal import SQL
internal import SolutionKit

/// What a sensor's own history proposes for its threshold, and what looks wrong with it.
struct CalibrationRoutes: Sendable {
    let services: WebServices

    /// The most spots of one answer.
    private static let mostSpots = 500

    var all: [Route] {
        [
            Route(
                .get, "/api/lots/{id}/calibration", access: .site(.manageParking),
                summary: "A proposal for each spot's sensor, and what looks wrong with it", pathSchemas: LotPath.lot,
                query: [
                    QueryParameter("spot_id", "only this spot", .identifier),
                    QueryParameter("after", "only spots behind this one: next of the answer before", .identifier),
                    QueryParameter("days", "how far back, 1 to 90; 14 without it", .integer(minimum: 1, maximum: 90)),
                    .tableForm,
                ], answers: [.table(CalibrationSchemas.answer, "The proposals; in CSV of all spots")],
                handler: calibration),
            Route(
                .post, "/api/lots/{id}/calibration/apply", access: .site(.manageParking),
                summary: "Set thresholds and hysteresis of spots, all or none", pathSchemas: LotPath.lot,
                input: RouteInput(CalibrationSchemas.request), answers: [.json(CalibrationSchemas.applied)],
                maximumBodyBytes: 1_048_576, handler: applyCalibration),
        ]
    }

    private func calibration(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, csv) = (try request.lotID(), try request.wantsCSV())
        let (now, sites, after) = (services.clock.now(), request.scope, request.given("after"))
        let days = try request.whole("days", in: Int64(1)...90) ?? 14
        let only = request.given("spot_id")
        let all = try await services.database.read { reader in
            _ = try LotTable.one(id, at: sites, in: reader)
            return try SpotTable.all(of: id, in: reader).sorted { $0.id.text < $1.id.text }
        }
        let spots = all.filter { (only == nil || $0.id.text == only) && (after == nil || $0.id.text > after ?? "") }
        if only != nil, spots.isEmpty { throw Refusal(.notFound, "\(id) has no such spot.") }
        let judge = LotCalibration(
            lot: id, spots: all, from: now.advanced(bySeconds: -days * 86_400), now: now, history: services.history,
            database: services.database)
        guard !csv else {
            var found: [(spot: Spot, calibration: Calibration)] = []
            for start in stride(from: 0, to: spots.count, by: CalibrationRoutes.mostSpots) {
                found += try await judge.judge(
                    Array(spots[start..<min(start + CalibrationRoutes.mostSpots, spots.count)]))
            }
            return CalibrationRoutes.sheet(of: found)
        }
        let page = Page(spots, limit: CalibrationRoutes.mostSpots, key: \.id.text)
        let found = try await judge.judge(page.rows)
        let headers = page.headers(request, "/api/lots/{id}/calibration", limit: nil)
        return RouteResponse.json(headers: headers) { writer in
            writer.object { writer in
                writer.member("lot_id", id.text)
                writer.member("days", days)
                writer.array("spots") { writer in
                    for (spot, calibration) in found { writer.write(calibration, of: spot) }
                }
                writer.member(next: page)
                writer.member(incomplete: ReadingGap.merged(found.flatMap(\.calibration.gaps)))
            }
        }
    }

    private func applyCalibration(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.lotID()
        let members = try JSONMembers(request.body)
        var lotEdit = LotEdit()
        lotEdit.id = id
        try members.optionalArray("spots") { (reader) throws(Refusal) in
            let place = "Spot \(lotEdit.spots.count + 1)"
            let given = try SpotEdit(&reader, place: place)
            guard given.thresholdCentimetres != nil, given.hysteresisCentimetres != nil else {
                throw Refusal(.missingField, "\(place): a spot needs threshold_cm and hysteresis_cm.")
            }
            // Only how the sensor is read; anyone who wants more changes the spot.
            var edit = SpotEdit()
            edit.id = given.id
            edit.thresholdCentimetres = given.thresholdCentimetres
            edit.hysteresisCentimetres = given.hysteresisCentimetres
            edit.decides = given.decides
            lotEdit.spots.append(edit)
        }
        guard !lotEdit.spots.isEmpty else { throw Refusal(.missingField, "spots is missing or empty.") }
        let (sites, edit) = (request.scope, lotEdit)
        let result = try await services.change(with: ParkingHandler.self, by: request.caller) { handler, line in
            guard let lot = handler.park[id], sites.contains(lot.lot.site) else {
                throw Refusal(.notFound, "There is no lot \(id).")
            }
            for spot in edit.spots {
                guard let spotID = spot.id else { throw Refusal(.missingField, "spot_id is missing.") }
                guard lot.spots[spotID] != nil else { throw Refusal(.notFound, "\(id) has no spot \(spotID).") }
            }
            let result = try handler.edit([edit], mode: .change, at: sites, in: &line)
            return AuditedChange(
                result, .changeLot, of: "lot:\(id)",
                facts: [("change", "calibration"), ("spots", String(result.spots))])
        }
        return RouteResponse.json { writer in
            writer.object { $0.member("applied", result.spots) }
        }
    }

    private static func sheet(of found: [(spot: Spot, calibration: Calibration)]) -> RouteResponse {
        var sheet = CSVWriter([
            "spot_id", "label", "samples", "decides", "threshold_cm", "hysteresis_cm", "proposed_threshold_cm",
            "proposed_hysteresis_cm", "occupied_samples", "occupied_mean_cm", "occupied_spread_cm", "free_samples",
            "free_mean_cm", "free_spread_cm", "flags", "incomplete",
        ])
        for (spot, calibration) in found {
            let settings = spot.state.settings
            let flags = calibration.flags.map(\.words).joined(separator: " ")
            sheet.row(
                [
                    .text(spot.id.text), .text(spot.place.label), .integer(Int64(calibration.samples)),
                    .text(settings.decides.rawValue), .number(settings.thresholdCentimetres),
                    .number(settings.hysteresisCentimetres), .number(calibration.threshold),
                    .number(calibration.hysteresis),
                ] + cells(of: calibration.occupied) + cells(of: calibration.free) + [
                    .text(flags), .boolean(!calibration.gaps.isEmpty),
                ])
        }
        var response = RouteResponse.csv(sheet, named: "calibration")
        if let header = ReadingGap.header(ReadingGap.merged(found.flatMap(\.calibration.gaps))) {
            response.headers.append(header)
        }
        return response
    }

    private static func cells(of cluster: DistanceCluster?) -> [CSVWriter.Cell] {
        [.integer(cluster.map { Int64($0.count) }), .number(cluster?.mean.tenths), .number(cluster?.spread.tenths)]
    }
}

extension Calibration.Flag {
    /// The flag in one word, with the other spot's name where there is one.
    fileprivate var words: String {
        switch self {
        case .drift: "drift"
        case .dirty: "dirty"
        case .stuck: "stuck"
        case .blocked, .occupiedTooLong: "blocked"
        case .swapped(let other): "swapped:\(other)"
        }
    }
}

extension Double {
    /// Rounded to what a sensor measures.
    fileprivate var tenths: Double { (self * 10).rounded() / 10 }
}
