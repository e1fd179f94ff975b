internal import HubModel
internal import SQL
internal import SolutionKit

/// How many spots of a lot will be free.
enum ForecastTable {
    /// A forecast for a lot.
    /// - Throws: `not_found` for a time zone that nobody knows, `SQLFailure`.
    static func forecast(of lot: Lot, at now: Timestamp, in reader: some SQLReading) throws -> OccupancyForecast {
        guard let clock = LocalClock(lot.timeZone) else {
            throw Refusal(.notFound, "Nobody knows the time zone \(lot.timeZone).")
        }
        let spots = try SpotTable.countInService(of: lot.id, in: reader)
        return try ChangeTable.history.forecast(
            of: lot.id.text, resources: Int(spots), clock: clock, at: now, in: reader)
    }
}
