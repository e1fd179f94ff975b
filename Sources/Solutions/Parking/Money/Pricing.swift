package import HubModel
package import SolutionKit

extension Tariff {
    /// The longest stay that is priced; what is longer is priced as that long, so that a sensor that hung for years asks for no endless
    /// bill.
    package static let longestStaySeconds: Int64 = 366 * 86_400

    /// The price of a stay.
    ///
    /// Time is elapsed time: on the day when the clock is set forward, from 01:30 to 03:30 is one hour. Which rule counts, and which day a
    /// block belongs to, is read from the clock on the wall at the block's beginning. Fractions of a second do not count: what is priced is
    /// what people read.
    /// - Parameters:
    ///   - arrival: the beginning.
    ///   - departure: the end; not after the arrival costs nothing.
    ///   - kind: of the spot.
    ///   - clock: the clock of the lot's time zone.
    package func price(
        from arrival: Timestamp, to departure: Timestamp, kind: SpotKind, clock: inout LocalClock
    ) -> Price {
        var bill = Bill(dailyCapMinor: dailyCapMinor)
        walk(from: arrival, to: departure, kind: kind, clock: &clock) { bill.add($0) }
        bill.finish()
        return bill.price
    }

    /// Takes a stay apart, from one edge of a rule or a day to the next and never minute by minute: a year is some hundreds of parts.
    package func walk(
        from arrival: Timestamp, to departure: Timestamp, kind: SpotKind, clock: inout LocalClock,
        _ part: (StayPart) -> Void
    ) {
        let begin = Timestamp(seconds: arrival.wholeSeconds)
        let end = min(Timestamp(seconds: departure.wholeSeconds), begin.advanced(bySeconds: Tariff.longestStaySeconds))
        var instant = begin
        let freeEnd = begin.advanced(bySeconds: freeMinutes * 60)
        if begin < end, freeMinutes > 0, end <= freeEnd || freeCountsAlways {
            part(
                StayPart(
                    name: "Free", from: begin, to: min(end, freeEnd), minor: 0, day: clock.reading(at: begin).day))
            instant = freeEnd
        }
        var paidWindows: Set<Window> = []
        while instant < end {
            let reading = clock.reading(at: instant)
            var next = nextEdge(after: instant, clock: &clock)
            let index = rules.firstIndex { $0.fits(reading, kind) }
            var minor: Int64 = 0
            switch index.map({ rules[$0].price }) {
            case .perStarted(let minutes, let price):
                // All blocks that begin before the edge are of this rule and this day.
                let block = max(1, minutes) * 60_000_000
                let count = (min(next, end).microseconds(since: instant) + block - 1) / block
                next = instant.advanced(byMicroseconds: count * block)
                minor = count * price
            case .flat(let price):
                let rule = rules[index ?? 0]
                next = rule.end(of: instant, clock: &clock)
                // A clock that is set back over the window's end shows the same window twice.
                let window = Window(rule: index ?? 0, day: rule.firstDay(reading))
                minor = paidWindows.insert(window).inserted ? price : 0
            case .free, nil: break
            }
            let name = index.map { rules[$0].name } ?? "Free"
            part(StayPart(name: name, from: instant, to: min(next, end), minor: minor, day: reading.day))
            instant = next
        }
    }

    /// What the hour that begins at an instant costs, free minutes and the day's maximum apart: what a sign at the entrance says.
    package func hourMinor(from instant: Timestamp, kind: SpotKind = .standard, clock: inout LocalClock) -> Int64 {
        var plain = self
        plain.freeMinutes = 0
        plain.dailyCapMinor = nil
        return plain.price(from: instant, to: instant.advanced(bySeconds: 3_600), kind: kind, clock: &clock).totalMinor
    }

    /// The next instant at which another rule may begin to count, or another day.
    private func nextEdge(after instant: Timestamp, clock: inout LocalClock) -> Timestamp {
        var next = min(clock.nextMidnight(after: instant), clock.nextChange(after: instant))
        for rule in rules {
            next = min(next, clock.next(rule.fromMinute, after: instant))
            if rule.toMinute < 1_440 { next = min(next, clock.next(rule.toMinute, after: instant)) }
        }
        return next
    }

    /// One night of a rule, or one day.
    private struct Window: Hashable {
        var rule: Int
        var day: Int64
    }
}

/// A part of a stay that one rule prices at once: all blocks up to the next edge, or one window.
package struct StayPart: Sendable {
    /// The rule's name, or `Free`.
    package var name: String
    package var from: Timestamp
    package var to: Timestamp
    package var minor: Int64
    /// The day that it belongs to, counted from 1970 by the lot's clock.
    package var day: Int64
}

extension TariffRule {
    /// Whether the rule is for this kind of spot at this moment.
    func fits(_ reading: LocalClock.Reading, _ kind: SpotKind) -> Bool {
        guard kinds.isEmpty || kinds.contains(kind) else { return false }
        guard covers(reading.minute) else { return false }
        // 1970-01-01 was a Thursday.
        return weekdays.isEmpty || weekdays.contains(Int((firstDay(reading) + 3).flooredRemainder(by: 7)))
    }

    /// The day on which the window that a moment lies in begins: a moment after midnight may belong to the evening before.
    func firstDay(_ reading: LocalClock.Reading) -> Int64 {
        toMinute > fromMinute || reading.minute >= fromMinute ? reading.day : reading.day - 1
    }

    /// When the window that an instant lies in ends.
    func end(of instant: Timestamp, clock: inout LocalClock) -> Timestamp {
        toMinute == 1_440 ? clock.nextMidnight(after: instant) : clock.next(toMinute, after: instant)
    }

    private func covers(_ minute: Int) -> Bool {
        toMinute > fromMinute
            ? (fromMinute..<toMinute).contains(minute) : minute >= fromMinute || minute < toMinute
    }
}

/// Adds parts of a stay up to a bill: parts of one rule that follow each other are one line, and each day has its maximum.
private struct Bill {
    let dailyCapMinor: Int64?
    private(set) var price = Price()
    private var day: (number: Int64, from: Timestamp, to: Timestamp, minor: Int64)?
    /// Whether the next part begins a line of its own in any case.
    private var isLineEnded = true

    init(dailyCapMinor: Int64?) {
        self.dailyCapMinor = dailyCapMinor
    }

    mutating func add(_ part: StayPart) {
        // A clock that is set back over midnight begins no day for the second time.
        if let day, part.day <= day.number {
            self.day = (day.number, day.from, part.to, day.minor + part.minor)
        } else {
            finish()
            day = (part.day, part.from, part.to, part.minor)
        }
        price.totalMinor += part.minor
        if !isLineEnded, let last = price.lines.last, last.name == part.name, last.to == part.from {
            price.lines[price.lines.count - 1].to = part.to
            price.lines[price.lines.count - 1].minor += part.minor
        } else {
            price.lines.append(Price.Line(name: part.name, from: part.from, to: part.to, minor: part.minor))
        }
        isLineEnded = false
    }

    /// Ends a day: what is over its maximum is taken off.
    mutating func finish() {
        guard let dailyCapMinor, let day, day.minor > dailyCapMinor else { return }
        let over = day.minor - dailyCapMinor
        price.lines.append(Price.Line(name: "Daily maximum", from: day.from, to: day.to, minor: -over))
        price.totalMinor -= over
        isLineEnded = true
    }
}
