internal import HubModel
internal import SQL
internal import SolutionKit

/// How a lot was used: what its sessions say.
struct UseReport: Hashable, Sendable {
    /// An hour of the day, over all days of the range.
    struct Hour: Hashable, Sendable {
        /// Occupied part of the spots' time, 0...1; nil for an hour in which the lot was never observed.
        var occupancyRate: Double?
        var arrivals: Int64
    }

    /// Spots of the lot at present; of the past nobody knows how many there were.
    private(set) var spots: Int64 = 0
    private(set) var arrivals: Int64 = 0
    private(set) var departures: Int64 = 0
    /// Occupied part of the spots' time, 0...1; nil without spots or time.
    private(set) var occupancyRate: Double?
    /// Cars a spot, in all: of today, the turnover of today.
    private(set) var carsPerSpot: Double?
    /// Cars a spot and day.
    let turnover: Turnover
    /// Mean length of the sessions that ended, in seconds; nil if none did.
    private(set) var meanStaySeconds: Double?
    /// Hours 0 to 23 of the lot's clock.
    private(set) var hours: [Hour] = []
    /// The hours in which the lot is fullest, fullest first: those with at least nine tenths of the highest rate.
    private(set) var peakHours: [Int] = []

    private static let quarter: Int64 = 900_000_000

    /// Reads the sessions that were there between two instants. The time before the lot was observed is left out.
    init(of lot: Lot, from: Timestamp, to end: Timestamp, in reader: some SQLReading) throws {
        spots = try SpotTable.count(of: lot.id, in: reader)
        turnover = try Turnover(of: lot, from: from, to: end, spots: spots, in: reader)
        let begin = min(end, max(from, try ParkingSessionTable.observedSince(lot.id, in: reader) ?? end))
        let first = begin.microseconds.flooredQuotient(by: Self.quarter)
        let count = Int(max(0, (end.microseconds - 1).flooredQuotient(by: Self.quarter) - first + 1))
        // Occupied microseconds of each quarter of an hour; whole quarters are noted by where they begin and end.
        var parts = [Int64](repeating: 0, count: count + 1)
        var changes = [Int64](repeating: 0, count: count + 1)
        var came = [Int64](repeating: 0, count: count + 1)
        var stays: Int64 = 0
        try ParkingSessionTable.eachTouching(of: lot.id, from: begin, to: end, in: reader) { arrived, departed in
            if arrived >= begin.microseconds {
                arrivals += 1
                came[Int(arrived.flooredQuotient(by: Self.quarter) - first)] += 1
            }
            if let departed, departed < end.microseconds {
                departures += 1
                stays += departed - arrived
            }
            let from = max(arrived, begin.microseconds)
            let to = min(departed ?? end.microseconds, end.microseconds)
            guard from < to else { return }
            let head = Int(from.flooredQuotient(by: Self.quarter) - first)
            let tail = Int(to.flooredQuotient(by: Self.quarter) - first)
            if head == tail {
                parts[head] += to - from
            } else {
                parts[head] += (first + Int64(head) + 1) * Self.quarter - from
                parts[tail] += to - (first + Int64(tail)) * Self.quarter
                changes[head + 1] += 1
                changes[tail] -= 1
            }
        }
        if departures > 0 { meanStaySeconds = Double(stays) / Double(departures) / 1_000_000 }
        var clock = LocalClock(lot.timeZone) ?? .utc
        var occupied = [Int64](repeating: 0, count: 24)
        var time = [Int64](repeating: 0, count: 24)
        var arrivalsByHour = [Int64](repeating: 0, count: 24)
        var whole: Int64 = 0
        for index in 0..<count {
            whole += changes[index]
            let start = (first + Int64(index)) * Self.quarter
            let hour = clock.reading(at: Timestamp(microseconds: start)).minute / 60
            occupied[hour] += parts[index] + whole * Self.quarter
            time[hour] += min(start + Self.quarter, end.microseconds) - max(start, begin.microseconds)
            arrivalsByHour[hour] += came[index]
        }
        let span = end.microseconds(since: begin)
        hours = (0..<24).map { hour in
            let capacity = Double(time[hour]) * Double(spots)
            return Hour(
                occupancyRate: capacity > 0 ? Double(occupied[hour]) / capacity : nil, arrivals: arrivalsByHour[hour])
        }
        guard spots > 0, span > 0 else { return }
        occupancyRate = Double(occupied.reduce(0, +)) / (Double(span) * Double(spots))
        carsPerSpot = Double(arrivals) / Double(spots)
        let rates = hours.map { $0.occupancyRate ?? 0 }
        let highest = rates.max() ?? 0
        guard highest > 0 else { return }
        peakHours = (0..<24).filter { rates[$0] >= highest * 0.9 }.sorted { (-rates[$0], $0) < (-rates[$1], $1) }
    }
}
