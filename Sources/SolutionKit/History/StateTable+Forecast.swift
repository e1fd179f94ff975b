public import HubModel
public import SQL

extension StateTable {
    /// A forecast for a place, out of its history.
    /// - Parameters:
    ///   - resources: how many are in service now.
    ///   - clock: that of the place.
    /// - Throws: `SQLFailure`.
    public func forecast(
        of place: String, resources: Int, clock: LocalClock, at now: Timestamp, in reader: some SQLReading
    ) throws -> OccupancyForecast {
        var clock = clock
        let begin = TimeSlots(from: now, to: now).begin
        let before = begin.advanced(byMicroseconds: -TimeSlots.quarterHour)
        // The newest weeks first: older ones are left out when there are too many changes, and the answer says so.
        var left = StateTable.mostChanges
        let today = clock.reading(at: now).day
        let recent = try steps(of: place, from: before, to: begin, left: &left, in: reader)
        var weeks: [OccupancyForecast.WeekShares] = []
        var full: [Int64: [(weeksAgo: Int, minute: Int?)]] = [:]
        for ago in 1...OccupancyForecast.weeks {
            let then = clock.same(begin, weeksBefore: ago)
            let day = today - Int64(ago) * 7
            let midnights = (0...2).map { clock.midnight(ofDay: day + $0) }
            let first = min(midnights[0], then.advanced(byMicroseconds: -TimeSlots.quarterHour))
            let last = max(midnights[2], then.advanced(bySeconds: 86_400))
            guard let steps = try steps(of: place, from: first, to: last, left: &left, in: reader) else { break }
            let shares = steps.shares(
                from: then.advanced(byMicroseconds: -TimeSlots.quarterHour), count: OccupancyForecast.quarters + 1)
            weeks.append(OccupancyForecast.WeekShares(weeksAgo: ago, from: then, shares: shares))
            for number in 0..<2 {
                // A day of which little is known says nothing of whether it was full.
                let known = steps.shares(from: midnights[number], count: 96).count { $0 != nil }
                guard known >= 48 else { continue }
                let at = steps.firstFull(from: midnights[number], to: midnights[number + 1])
                full[today + Int64(number), default: []].append((ago, at.map { clock.reading(at: $0).minute }))
            }
        }
        let fullness = (0..<2).map { OccupancyForecast.Fullness(day: today + $0, past: full[today + $0] ?? []) }
        return OccupancyForecast(
            begin: begin, resources: resources, before: recent?.shares(from: before, count: 1).first ?? nil,
            weeks: weeks, fullness: fullness)
    }
}
