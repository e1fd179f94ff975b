public import HubModel

/// Keeps forecasts for the quarter of an hour for which they hold, so that many who ask cost as much as one.
public actor ForecastShelf {
    private var forecasts: [String: (begin: Timestamp, work: Task<OccupancyForecast, any Error>)] = [:]
    /// Places are few; more than this are not kept.
    private static let most = 2_000

    /// An empty shelf.
    public init() {}

    /// A place's forecast for the quarter of now.
    /// - Parameter make: makes it, if it is not there.
    /// - Throws: what `make` throws; it is asked again the next time then.
    public func forecast(
        of place: String, at now: Timestamp, _ make: @escaping @Sendable () async throws -> OccupancyForecast
    ) async throws -> OccupancyForecast {
        let begin = TimeSlots(from: now, to: now).begin
        if let known = forecasts[place], known.begin == begin { return try await known.work.value }
        let work = Task { try await make() }
        if forecasts.count >= ForecastShelf.most { forecasts.removeAll() }
        forecasts[place] = (begin, work)
        do {
            return try await work.value
        } catch {
            forecasts[place] = nil
            throw error
        }
    }
}
