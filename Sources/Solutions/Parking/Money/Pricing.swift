internal import HubModel

extension Tariff {
    /// The longest stay that is priced block by block; what is longer is priced as that long, so that a sensor that hung for years asks for no endless bill.
    static let longestStaySeconds: Int64 = 366 * 86_400

    /// The price of a stay.
    ///
    /// Time is elapsed time: on the day when the clock is set forward, from 01:30 to 03:30 is one hour. Which rule counts, and which day a block
    /// belongs to, is read from the clock on the wall at the block's beginning.
    /// - Parameters:
    ///   - arrival: the beginning.
    ///   - departure: the end; not after the arrival costs nothing.
    ///   - kind: of the spot.
    ///   - clock: the clock of the lot's time zone.
    func price(from arrival: Timestamp, to departure: Timestamp, kind: SpotKind, clock: inout LocalClock) -> Price {
        let end = min(departure, arrival.advanced(bySeconds: Tariff.longestStaySeconds))
        var bill = Bill(dailyCapMinor: dailyCapMinor)
        var instant = arrival
        let freeEnd = arrival.advanced(bySeconds: freeMinutes * 60)
        if freeMinutes > 0, end <= freeEnd || freeCountsAlways {
            bill.add("Free", from: arrival, to: min(end, freeEnd), minor: 0, day: clock.reading(at: arrival).day)
            instant = freeEnd
        }
        while instant < end {
            let reading = clock.reading(at: instant)
            guard let rule = rules.first(where: { $0.fits(reading, kind) }) else {
                let next = min(end, nextEdge(after: instant, clock: &clock))
                bill.add("Free", from: instant, to: next, minor: 0, day: reading.day)
                instant = next
                continue
            }
            switch rule.price {
            case .perStarted(let minutes, let minor):
                let next = instant.advanced(bySeconds: max(1, minutes) * 60)
                bill.add(rule.name, from: instant, to: min(next, end), minor: minor, day: reading.day)
                instant = next
            case .flat(let minor):
                let next = rule.end(of: instant, clock: &clock)
                bill.add(rule.name, from: instant, to: min(next, end), minor: minor, day: reading.day)
                instant = next
            case .free:
                let next = min(rule.end(of: instant, clock: &clock), nextEdge(after: instant, clock: &clock))
                bill.add(rule.name, from: instant, to: min(next, end), minor: 0, day: reading.day)
                instant = next
            }
        }
        return bill.price
    }

    /// The next instant at which another rule may begin to count.
    private func nextEdge(after instant: Timestamp, clock: inout LocalClock) -> Timestamp {
        var next = clock.nextMidnight(after: instant)
        for rule in rules {
            next = min(next, clock.next(rule.fromMinute, after: instant))
            if rule.toMinute < 1_440 { next = min(next, clock.next(rule.toMinute, after: instant)) }
        }
        return next
    }
}

extension TariffRule {
    /// Whether the rule is for this kind of spot at this moment.
    func fits(_ reading: LocalClock.Reading, _ kind: SpotKind) -> Bool {
        guard kinds.isEmpty || kinds.contains(kind) else { return false }
        if toMinute > fromMinute {
            return (fromMinute..<toMinute).contains(reading.minute) && isOn(reading.weekday)
        }
        // Over midnight: the evening of a day, and the morning after it.
        if reading.minute >= fromMinute { return isOn(reading.weekday) }
        return reading.minute < toMinute && isOn((reading.weekday + 6) % 7)
    }

    /// When the window that an instant lies in ends.
    func end(of instant: Timestamp, clock: inout LocalClock) -> Timestamp {
        toMinute == 1_440 ? clock.nextMidnight(after: instant) : clock.next(toMinute, after: instant)
    }

    private func isOn(_ weekday: Int) -> Bool { weekdays.isEmpty || weekdays.contains(weekday) }
}

/// Adds blocks up to a bill: blocks of one rule that follow each other are one line, and each day has its maximum.
private struct Bill {
    let dailyCapMinor: Int64?
    private(set) var price = Price()
    private var day: Int64?
    private var dayTotal: Int64 = 0

    init(dailyCapMinor: Int64?) {
        self.dailyCapMinor = dailyCapMinor
    }

    mutating func add(_ name: String, from: Timestamp, to: Timestamp, minor: Int64, day: Int64) {
        if day != self.day {
            self.day = day
            dayTotal = 0
        }
        append(Price.Line(name: name, from: from, to: to, minor: minor))
        price.totalMinor += minor
        dayTotal += minor
        guard let dailyCapMinor, dayTotal > dailyCapMinor else { return }
        let over = dayTotal - dailyCapMinor
        append(Price.Line(name: "Daily maximum", from: from, to: to, minor: -over))
        price.totalMinor -= over
        dayTotal = dailyCapMinor
    }

    /// Lines of one day alternate between a rule and the daily maximum; each grows instead of being written again.
    private mutating func append(_ line: Price.Line) {
        for index in price.lines.indices.suffix(2).reversed() where price.lines[index].name == line.name {
            guard price.lines[index].to == line.from || price.lines[index].to == line.to else { continue }
            price.lines[index].to = line.to
            price.lines[index].minor += line.minor
            return
        }
        price.lines.append(line)
    }
}
