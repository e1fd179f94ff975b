internal import HubModel

/// What the tables say of a room's time, in microseconds since 1970.
package struct RoomPast: Hashable, Sendable {
    /// A change of whether somebody is there.
    package struct Change: Hashable, Sendable {
        package let at: Int64
        package let occupancy: Occupancy

        package init(at: Int64, _ occupancy: Occupancy) {
            self.at = at
            self.occupancy = occupancy
        }
    }

    /// A relay that switched.
    package struct Switch: Hashable, Sendable {
        package let at: Int64
        package let isOn: Bool

        package init(at: Int64, isOn: Bool) {
            self.at = at
            self.isOn = isOn
        }
    }

    /// Since when the room is there: what was before counts for nothing.
    package var begin: Int64 = .min
    /// How it was at the beginning of the time.
    package var occupancy = Occupancy.unknown
    /// What the relay did last before; nil: nobody knows.
    package var isPowerOn: Bool?
    /// In order of time.
    package var changes: [Change] = []
    /// In order of time.
    package var switches: [Switch] = []
    /// When it was booked, in order; where one overlaps another, the time counts once.
    package var bookings: [Range<Int64>] = []

    /// Of a room of which nothing is known.
    package init() {}
}

/// How a room was used over a time: its past, swept once from its beginning to its end.
package struct RoomUse: Hashable, Sendable {
    /// How long it was how.
    package private(set) var time = UseTime()
    /// What its relay did.
    package private(set) var power = PowerUse()

    /// Sums a time up.
    /// - Parameters:
    ///   - past: of the room.
    ///   - cells: the time, cut by the room's clock.
    ///   - hours: when the room is open.
    ///   - isAutomatic: whether the hub switches its power. If not, nothing is spared by that.
    ///   - byHour: sums for each hour of the week, to which its own are added; of `WeekHours.count`.
    package init(
        _ past: RoomPast, over cells: WeekHours, hours: OpeningHours, isAutomatic: Bool, byHour: inout [UseTime]
    ) {
        var day = UseDay(hours: hours)
        var (occupancy, isPowerOn) = (past.occupancy, past.isPowerOn)
        var (change, relay, booking) = (0, 0, 0)
        for (index, cell) in cells.cells.enumerated() {
            let cellEnd = index + 1 < cells.cells.count ? cells.cells[index + 1].begin : cells.end
            var now = cell.begin
            day.enter(cell)
            while now < cellEnd {
                while change < past.changes.count, past.changes[change].at <= now {
                    occupancy = past.changes[change].occupancy
                    // A device that is not heard may switch as it likes.
                    if occupancy == .unknown { isPowerOn = nil }
                    change += 1
                }
                while relay < past.switches.count, past.switches[relay].at <= now {
                    isPowerOn = past.switches[relay].isOn
                    relay += 1
                }
                while booking < past.bookings.count, past.bookings[booking].upperBound <= now { booking += 1 }
                var next = now < past.begin ? min(past.begin, cellEnd) : cellEnd
                if change < past.changes.count { next = min(next, past.changes[change].at) }
                if relay < past.switches.count { next = min(next, past.switches[relay].at) }
                var isBooked = false
                if booking < past.bookings.count {
                    isBooked = past.bookings[booking].lowerBound <= now
                    next = min(next, isBooked ? past.bookings[booking].upperBound : past.bookings[booking].lowerBound)
                }
                defer { now = next }
                guard now >= past.begin else { continue }
                time.add(occupancy, isBooked: isBooked, next - now)
                byHour[cell.hour].add(occupancy, isBooked: isBooked, next - now)
                if occupancy == .occupied { day.use(at: now, in: cell) }
                add(now..<next, isPowerOn, occupancy, day.lit(now..<next, in: cell), isAutomatic)
            }
        }
    }

    /// - Parameter inDay: how much of the part would have been lit without the policy, were nobody there.
    private mutating func add(
        _ part: Range<Int64>, _ isPowerOn: Bool?, _ occupancy: Occupancy, _ inDay: Int64, _ isAutomatic: Bool
    ) {
        let length = part.upperBound - part.lowerBound
        let lit = occupancy == .occupied ? length : inDay
        switch isPowerOn {
        case true?:
            power.lit += length
            if isAutomatic { power.extra += length - lit }
        case false?:
            power.dark += length
            if isAutomatic { power.spared += lit }
        case nil:
            power.unknown += length
            if isAutomatic { power.unknownSpared += lit }
        }
    }
}

/// From when to when the power of a room would be on without a policy, on one day of its calendar.
private struct UseDay {
    let hours: OpeningHours
    private var day: Int64?
    private var isUsed = false
    /// The end of the day's opening hours, microseconds since midnight by the wall clock; nil: midnight.
    private var closing: Int64?

    init(hours: OpeningHours) {
        self.hours = hours
    }

    mutating func enter(_ cell: WeekHours.Cell) {
        guard cell.day != day else { return }
        day = cell.day
        isUsed = false
    }

    /// Somebody is there from an instant of a cell on.
    mutating func use(at now: Int64, in cell: WeekHours.Cell) {
        guard !isUsed else { return }
        isUsed = true
        let end = Weekday(rawValue: cell.hour / 24).flatMap { hours.days?[$0]?.last?.upperBound }
        closing = end.map { Int64($0) * 60_000_000 }
        if let closing, cell.wall + now - cell.begin >= closing { self.closing = nil }
    }

    /// How much of a part of a cell is between the first use and the closing.
    func lit(_ part: Range<Int64>, in cell: WeekHours.Cell) -> Int64 {
        guard isUsed else { return 0 }
        guard let closing else { return part.upperBound - part.lowerBound }
        return max(0, min(part.upperBound, cell.begin + closing - cell.wall) - part.lowerBound)
    }
}
