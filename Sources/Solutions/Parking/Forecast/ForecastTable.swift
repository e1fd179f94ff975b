internal import HubModel
internal import SQL
internal import SolutionKit

/// Reads history for forecasts.
enum ForecastTable {
    /// A forecast for a lot.
    /// - Throws: `SQLFailure`.
    static func forecast(of lot: Lot, at now: Timestamp, in reader: some SQLReading) throws -> Forecast {
        guard var clock = LocalClock(lot.timeZone) else {
            throw Refusal(.notFound, "nobody knows the time zone \(lot.timeZone)")
        }
        let spots = try reader.queryOne(
            "SELECT COUNT(*) FROM parking_spot WHERE lot = $1 AND NOT out_of_service", [.text(lot.id.text)]
        ).integer(0)
        let begin = TimeSlots(from: now, to: now).begin
        let before = begin.advanced(byMicroseconds: -TimeSlots.quarterHour)
        // The newest weeks first: older ones are left out when there are too many changes, and the answer says so.
        var left = ChangeTable.mostChanges
        let today = clock.reading(at: now).day
        let recent = try steps(of: lot.id, from: before, to: begin, left: &left, in: reader)
        var weeks: [Forecast.WeekShares] = []
        var full: [Int64: [(weeksAgo: Int, minute: Int?)]] = [:]
        for ago in 1...Forecast.weeks {
            let then = clock.same(begin, weeksBefore: ago)
            let day = today - Int64(ago) * 7
            let midnights = (0...2).map { clock.midnight(ofDay: day + $0) }
            let first = min(midnights[0], then.advanced(byMicroseconds: -TimeSlots.quarterHour))
            let last = max(midnights[2], then.advanced(bySeconds: 86_400))
            guard let steps = try steps(of: lot.id, from: first, to: last, left: &left, in: reader) else { break }
            let shares = steps.shares(
                from: then.advanced(byMicroseconds: -TimeSlots.quarterHour), count: Forecast.quarters + 1)
            let week = Forecast.WeekShares(weeksAgo: ago, from: then, shares: shares)
            weeks.append(week)
            for number in 0..<2 {
                // A day of which little is known says nothing of whether it was full.
                let known = steps.shares(from: midnights[number], count: 96).count { $0 != nil }
                guard known >= 48 else { continue }
                let at = steps.firstFull(from: midnights[number], to: midnights[number + 1])
                full[today + Int64(number), default: []].append((ago, at.map { clock.reading(at: $0).minute }))
            }
        }
        let fullness = (0..<2).map { Forecast.Fullness(day: today + $0, past: full[today + $0] ?? []) }
        return Forecast(
            begin: begin, spots: Int(spots), before: recent?.shares(from: before, count: 1).first ?? nil, weeks: weeks,
            fullness: fullness)
    }

    /// The steps of a time; nil when there are more than may still be read.
    static func steps(
        of lot: LotID, from: Timestamp, to: Timestamp, left: inout Int, in reader: some SQLReading
    ) throws -> OccupancySteps? {
        let changes = try ChangeTable.changes(of: lot, from: from, to: to, limit: left, in: reader)
        guard let changes else { return nil }
        left -= changes.count
        // A spot of which nothing had been heard counts from its first change on.
        let initial = try ChangeTable.statuses(of: lot, before: from, in: reader).compactMapValues { $0 }
        return OccupancySteps(from: from, to: to, initial: initial, changes: changes)
    }
}

/// Keeps forecasts for the quarter of an hour for which they hold, so that many who ask cost as much as one.
actor ForecastShelf {
    private var forecasts: [LotID: (begin: Timestamp, work: Task<Forecast, any Error>)] = [:]
    /// Lots are few; more than this are not kept.
    private static let most = 2_000

    /// A lot's forecast for the quarter of now.
    func forecast(of lot: Lot, at now: Timestamp, in database: Database) async throws -> Forecast {
        let begin = TimeSlots(from: now, to: now).begin
        if let known = forecasts[lot.id], known.begin == begin { return try await known.work.value }
        let work = Task { try await database.read { try ForecastTable.forecast(of: lot, at: now, in: $0) } }
        if forecasts.count >= ForecastShelf.most { forecasts.removeAll() }
        forecasts[lot.id] = (begin, work)
        do {
            return try await work.value
        } catch {
            forecasts[lot.id] = nil
            throw error
        }
    }
}
