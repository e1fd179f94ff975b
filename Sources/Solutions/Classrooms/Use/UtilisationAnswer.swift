internal import HubModel
internal import SolutionKit

extension Utilisation {
    /// The sums as a sheet.
    func sheet(by grouping: UtilisationRoutes.Grouping) -> RouteResponse {
        var sheet: CSVWriter
        switch grouping {
        case .room:
            sheet = CSVWriter(["classroom_id", "name", "building", "site"] + UseSums.columns)
            for row in rooms {
                let room = row.room
                sheet.row(
                    [.text(room.id.text), .text(room.name), .text(room.building), .text(room.site.text)]
                        + row.sums.cells)
            }
        case .building:
            sheet = CSVWriter(["site", "building", "rooms"] + UseSums.columns)
            for building in buildings {
                sheet.row(
                    [.text(building.site.text), .text(building.name), .integer(building.sums.rooms)]
                        + building.sums.cells)
            }
        case .hour:
            sheet = CSVWriter(["weekday", "hour"] + UseTime.members.map(\.name) + UseTime.rates.map(\.name))
            for (hour, time) in hours.enumerated() {
                sheet.row([.text(WeekHours.weekday(of: hour)), .integer(Int64(hour % 24))] + time.cells)
            }
        }
        return .csv(sheet, named: "utilisation")
    }
}

extension WeekHours {
    /// The day of an hour of the week, `mon` to `sun`.
    static func weekday(of hour: Int) -> String { Weekday(rawValue: hour / 24)?.shortName ?? "" }
}

/// What is told of use, once for JSON and for sheets: names, and how each is made.
extension UseTime {
    static let members: [(name: String, time: @Sendable (UseTime) -> Int64)] = [
        ("hours", { $0.whole }), ("booked_hours", { $0.booked }), ("used_hours", { $0.used }),
        ("booked_used_hours", { $0.bookedUsed }), ("booked_empty_hours", { $0.bookedEmpty }),
        ("booked_unknown_hours", { $0.bookedUnknown }), ("unbooked_used_hours", { $0.unbookedUsed }),
        ("unknown_hours", { $0.unknown }),
    ]

    static let rates: [(name: String, rate: @Sendable (UseTime) -> Double?)] = [
        ("use_rate", { $0.useRate }), ("booked_use_rate", { $0.bookedUseRate }),
    ]

    var cells: [CSVWriter.Cell] {
        UseTime.members.map { .number($0.time(self).hours) } + UseTime.rates.map { .number($0.rate(self)?.thousandths) }
    }
}

extension BookingOutcomes {
    static let members: [(name: String, count: @Sendable (BookingOutcomes) -> Int64)] = [
        ("bookings", { $0.count }), ("confirmed", { $0.confirmed }), ("released", { $0.released }),
        ("unused", { $0.unused }), ("unverified", { $0.unverified }), ("pending", { $0.pending }),
    ]
}

extension PowerUse {
    static let members: [(name: String, time: @Sendable (PowerUse) -> Int64)] = [
        ("lit_hours", { $0.lit }), ("dark_hours", { $0.dark }), ("relay_unknown_hours", { $0.unknown }),
        ("saved_hours", { $0.spared }), ("extra_hours", { $0.extra }), ("saved_unknown_hours", { $0.unknownSpared }),
    ]
}

extension UseSums {
    static let columns =
        UseTime.members.map(\.name) + UseTime.rates.map(\.name) + BookingOutcomes.members.map(\.name)
        + ["no_show_rate", "released_hours"] + PowerUse.members.map(\.name) + ["saved_kwh", "extra_kwh"]

    var cells: [CSVWriter.Cell] {
        let counts = BookingOutcomes.members.map { CSVWriter.Cell.integer($0.count(outcomes)) }
        let powers = PowerUse.members.map { CSVWriter.Cell.number($0.time(power).hours) }
        let shown: [CSVWriter.Cell] = [
            .number(outcomes.noShowRate?.thousandths), .number(outcomes.releasedTime.hours),
        ]
        return time.cells + counts + shown + powers + [
            .number(sparedKilowattHours?.thousandths), .number(extraKilowattHours?.thousandths),
        ]
    }
}

extension Int64 {
    /// Microseconds as hours, to a thousandth.
    fileprivate var hours: Double { (Double(self) / 3.6e9).thousandths }
}

extension Double {
    /// Rounded to three places.
    var thousandths: Double { (self * 1_000).rounded() / 1_000 }
}

extension JSONWriter {
    mutating func write(_ sums: Utilisation, of range: DayRange, until now: Timestamp) {
        object { json in
            json.member("from", DayRange.text(range.days.lowerBound))
            json.member("to", DayRange.text(range.days.upperBound))
            json.member("until", now)
            json.member("total") { json in
                json.object {
                    $0.member("rooms", sums.total.rooms)
                    $0.members(of: sums.total)
                }
            }
            json.member("buildings", sums.buildings) { json, building in
                json.object {
                    $0.member("site", building.site.text)
                    $0.member("building", building.name)
                    $0.member("rooms", building.sums.rooms)
                    $0.members(of: building.sums)
                }
            }
            json.member("classrooms", sums.rooms) { json, row in
                json.object {
                    $0.member("classroom_id", row.room.id.text)
                    $0.member("name", row.room.name)
                    $0.member("building", row.room.building)
                    $0.member("site", row.room.site.text)
                    $0.member("zone", row.room.zone)
                    $0.member("watts", row.room.policy.watts)
                    $0.member("automatic", row.room.policy.isAutomatic)
                    $0.members(of: row.sums)
                }
            }
            json.member("week", sums.hours.enumerated()) { json, hour in
                json.object {
                    $0.member("weekday", WeekHours.weekday(of: hour.offset))
                    $0.member("hour", hour.offset % 24)
                    $0.members(of: hour.element)
                }
            }
        }
    }

    private mutating func members(of sums: UseSums) {
        members(of: sums.time)
        for (name, count) in BookingOutcomes.members { member(name, count(sums.outcomes)) }
        member("no_show_rate", number: sums.outcomes.noShowRate?.thousandths)
        member("released_hours", double: sums.outcomes.releasedTime.hours)
        for (name, time) in PowerUse.members { member(name, double: time(sums.power).hours) }
        member("saved_kwh", number: sums.sparedKilowattHours?.thousandths)
        member("extra_kwh", number: sums.extraKilowattHours?.thousandths)
        member("rooms_without_watts", sums.roomsWithoutWatts)
    }

    private mutating func members(of time: UseTime) {
        for (name, sum) in UseTime.members { member(name, double: sum(time).hours) }
        for (name, rate) in UseTime.rates { member(name, number: rate(time)?.thousandths) }
    }
}
