internal import HubModel
internal import SQL
internal import SolutionKit

/// What will be, and what another stale time would have done.
struct ForecastRoutes: Sendable {
    let services: WebServices
    private let forecasts = ForecastShelf()

    init(services: WebServices) {
        self.services = services
    }

    /// Spots that are replayed at most, spread evenly over the lot.
    private static let mostSpots = 200
    /// Reports that are replayed at most.
    private static let mostReports = 500_000

    var all: [Route] {
        [
            Route(
                .get, "/api/lots/{id}/forecast", access: .anyone,
                summary: "Free spots for the next 24 hours, from the same weekday's past weeks, with how wrong that is",
                pathSchemas: ["id": .identifier], query: [.tableForm],
                answers: [.table(.forecast("Forecast", .lots), "The forecast")], handler: forecast),
            Route(
                .post, "/api/lots/{id}/what-if", access: .site(.manageParking),
                summary: "Another stale time, replayed on what the sensors said; nothing is changed",
                pathSchemas: ["id": .identifier], input: RouteInput(.whatIfRequest), answers: [.json(.whatIf)],
                handler: whatIf),
        ]
    }

    private func forecast(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        let lot = try await services.visibleLot(request)
        let (database, now) = (services.database, services.clock.now())
        let forecast = try await forecasts.forecast(of: lot.id.text, at: now) {
            try await database.read { try ForecastTable.forecast(of: lot, at: now, in: $0) }
        }
        return forecast.answer(of: lot.id.text, in: lot.timeZone, .lots, asCSV: csv)
    }

    private func whatIf(_ request: RouteRequest) async throws -> RouteResponse {
        let lot = try await services.visibleLot(request)
        guard request.scope.contains(lot.site) else {
            throw Refusal(.forbidden, "This needs the right \(Permission.manageParking).")
        }
        let members = try JSONMembers(request.body)
        let wanted = try members.wholeNumber("stale_seconds", in: 10...604_800)
        let days = try members.optionalWholeNumber("days", in: 1...31)
        let now = services.clock.now()
        let from = now.advanced(bySeconds: -(days ?? 7) * 86_400)
        let spots = try await services.database.read { try SpotTable.all(of: lot.id, in: $0) }
        let step = max(1, (spots.count + Self.mostSpots - 1) / Self.mostSpots)
        let chosen = stride(from: 0, to: spots.count, by: step).map { spots[$0] }
        var (present, proposed) = (SpotReplay(), SpotReplay())
        var (reports, isTruncated, gaps) = (0, step > 1, [ReadingGap]())
        for spot in chosen {
            let table = try await services.history.readings(
                ReadingQuery(
                    device: spot.id, measurement: "spot", fields: ["occupied", "distance"], from: from, to: now,
                    limit: max(1, Self.mostReports / chosen.count)))
            let said = SpotReplay.reports(table, settings: spot.state.settings)
            reports += said.count
            isTruncated = isTruncated || table.isTruncated
            let lost = ReadingGap.merged(table.gaps)
            gaps += lost
            let debounce = spot.state.settings.debounceMilliseconds
            func replay(_ staleSeconds: Int64) -> SpotReplay {
                SpotReplay(
                    said, gaps: lost, until: now, staleSeconds: staleSeconds, debounceMilliseconds: debounce)
            }
            present = present + replay(lot.staleSeconds)
            proposed = proposed + replay(wanted)
        }
        // A rate for a day is of days in which the lot was there; part of one says nothing of a day.
        let observed = try await services.database.read { try ParkingSessionTable.observedSince(lot.id, in: $0) }
        let length = observed.map { Double(now.microseconds(since: max(from, $0))) / 86_400_000_000 } ?? 0
        let spotDays = length >= 1 ? Double(chosen.count) * length : 0
        let (before, after, count, isPart) = (present, proposed, reports, isTruncated)
        let incomplete = ReadingGap.merged(gaps)
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("lot_id", lot.id.text)
                writer.member("from", from)
                writer.member("to", now)
                writer.member("spots", chosen.count)
                writer.member("reports", count)
                writer.member("is_sample", isPart)
                writer.member("present") { $0.write(before, staleSeconds: lot.staleSeconds, spotDays: spotDays) }
                writer.member("proposed") { $0.write(after, staleSeconds: wanted, spotDays: spotDays) }
                writer.member(incomplete: incomplete)
            }
        }
    }
}

extension SpotReplay {
    /// What a sensor said, out of history: its flag, or what its distance means by the threshold.
    static func reports(_ table: ReadingTable, settings: SensorSettings) -> [SensorReport<Bool?>] {
        let flag = table.fields.firstIndex(of: "occupied")
        let distance = table.fields.firstIndex(of: "distance")
        return table.rows.map { row in
            var isOccupied: Bool?
            if let flag, case .boolean(let value)? = row.values[flag] { isOccupied = value }
            if isOccupied == nil, let distance, let value = row.values[distance]?.number {
                isOccupied = value < settings.thresholdCentimetres
            }
            return SensorReport(at: row.time, said: isOccupied)
        }
    }
}

extension ReadingValue {
    /// As a number; nil for what is none.
    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let value): value.doubleValue
        case .double(let value): value
        case .boolean, .text: nil
        }
    }
}
