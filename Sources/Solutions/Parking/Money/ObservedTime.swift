internal import HubModel
internal import SQL
internal import SolutionKit

/// The time in which a lot was observed. What was before is not known, and no time in which nothing happened.
enum ObservedTime {
    /// The days of a clock that lie wholly within a time, counted from 1970.
    static func wholeDays(from begin: Timestamp, to end: Timestamp, _ clock: inout LocalClock) -> Range<Int64> {
        let first = clock.reading(at: begin.advanced(byMicroseconds: -1)).day + 1
        return first..<max(first, clock.reading(at: end).day)
    }
}

/// Cars a spot and day, over the whole days in which a lot was observed: part of a day says nothing of a day.
struct Turnover: Hashable, Sendable {
    /// How many whole days it is of.
    let days: Int64
    /// Cars that came, by spot and day; nil without a whole day, or without spots.
    let carsPerSpotAndDay: Double?

    /// - Parameters:
    ///   - begin: the first instant that was asked for.
    ///   - end: the end, exclusive; not after now.
    ///   - spots: of the lot at present.
    init(
        of lot: Lot, from begin: Timestamp, to end: Timestamp, spots: Int64, in reader: some SQLReading
    ) throws {
        var clock = LocalClock(lot.timeZone) ?? .utc
        guard let observed = try ParkingSessionTable.observedSince(lot.id, in: reader) else {
            (days, carsPerSpotAndDay) = (0, nil)
            return
        }
        let whole = ObservedTime.wholeDays(from: max(begin, observed), to: end, &clock)
        days = Int64(whole.count)
        guard days > 0, spots > 0 else {
            carsPerSpotAndDay = nil
            return
        }
        let arrivals = try ParkingSessionTable.arrivals(
            of: lot.id, from: clock.midnight(ofDay: whole.lowerBound), to: clock.midnight(ofDay: whole.upperBound),
            in: reader)
        carsPerSpotAndDay = Double(arrivals) / Double(spots) / Double(days)
    }
}
