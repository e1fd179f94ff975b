internal import HubModel
internal import SolutionKit

/// Reports as docs/parking-api.md shows them.
extension JSONWriter {
    /// Writes an entry of the ledger.
    mutating func write(_ entry: LedgerEntry) {
        beginObject()
        member("id", entry.id)
        member("event", entry.event)
        member("account", entry.account.rawValue)
        member("amount_minor", entry.amountMinor)
        member("session_id", entry.session)
        member("payment_id", entry.payment)
        member("at", entry.at)
        endObject()
    }

    private mutating func head(_ lot: Lot, _ range: DayRange) {
        member("lot_id", lot.id.text)
        member("time_zone", lot.timeZone)
        member("currency", lot.currency)
        member("from", DayRange.text(range.days.lowerBound))
        member("to", DayRange.text(range.days.upperBound))
    }

    /// Writes what was earned.
    mutating func write(_ takings: Takings, of lot: Lot, _ range: DayRange) {
        beginObject()
        head(lot, range)
        key("total")
        write(takings.total)
        key("days")
        beginArray()
        for (day, sum) in takings.days { write(sum, under: ("day", DayRange.text(day))) }
        endArray()
        key("kinds")
        beginArray()
        for kind in SpotKind.allCases { write(takings.kinds[kind] ?? Takings.Sum(), under: ("kind", kind.rawValue)) }
        endArray()
        key("unallocated")
        write(takings.unallocated)
        endObject()
    }

    private mutating func write(_ sum: Takings.Sum, under name: (key: String, value: String)? = nil) {
        beginObject()
        if let name {
            key(name.key)
            string(name.value)
        }
        member("revenue_minor", sum.revenueMinor)
        member("cash_minor", sum.cashMinor)
        member("sessions", sum.sessions)
        endObject()
    }

    /// Writes how a lot was used.
    mutating func write(_ report: UseReport, of lot: Lot, _ range: DayRange) {
        beginObject()
        head(lot, range)
        member("spots", report.spots)
        member("arrivals", report.arrivals)
        member("departures", report.departures)
        key("occupancy_rate")
        optionalNumber(report.occupancyRate?.thousandths)
        key("cars_per_spot")
        optionalNumber(report.carsPerSpot?.thousandths)
        key("turnover")
        optionalNumber(report.turnover.carsPerSpotAndDay?.thousandths)
        member("turnover_days", report.turnover.days)
        key("mean_stay_seconds")
        optionalNumber(report.meanStaySeconds?.rounded())
        key("peak_hours")
        beginArray()
        for hour in report.peakHours { integer(Int64(hour)) }
        endArray()
        key("hours")
        beginArray()
        for (hour, part) in report.hours.enumerated() {
            beginObject()
            member("hour", hour)
            key("occupancy_rate")
            optionalNumber(part.occupancyRate?.thousandths)
            member("arrivals", part.arrivals)
            endObject()
        }
        endArray()
        endObject()
    }

    /// Writes what another tariff would have earned.
    mutating func write(_ replay: TariffReplay, of lot: Lot, _ range: DayRange) {
        beginObject()
        head(lot, range)
        key("total")
        write(replay.total)
        key("turnover")
        beginObject()
        for name in ["actual", "draft"] {
            key(name)
            optionalNumber(replay.turnover?.carsPerSpotAndDay?.thousandths)
        }
        member("days", replay.turnover?.days ?? 0)
        endObject()
        key("kinds")
        beginArray()
        for kind in SpotKind.allCases {
            write(replay.kinds[kind] ?? TariffReplay.Sum(), under: ("kind", kind.rawValue))
        }
        endArray()
        key("weekdays")
        beginArray()
        for (day, sum) in replay.weekdays.enumerated() { write(sum, under: ("weekday", TariffField.days[day])) }
        endArray()
        key("dearest")
        write(replay.dearest)
        key("cheapest")
        write(replay.cheapest)
        endObject()
    }

    private mutating func write(_ sum: TariffReplay.Sum, under name: (key: String, value: String)? = nil) {
        beginObject()
        if let name {
            key(name.key)
            string(name.value)
        }
        member("sessions", sum.sessions)
        member("actual_minor", sum.actualMinor)
        member("draft_minor", sum.draftMinor)
        member("difference_minor", sum.differenceMinor)
        member("dearer", sum.dearer)
        member("cheaper", sum.cheaper)
        member("same", sum.same)
        endObject()
    }

    private mutating func write(_ examples: [TariffReplay.Example]) {
        beginArray()
        for example in examples {
            beginObject()
            member("session_id", example.session.id)
            member("spot_id", example.session.spot.text)
            member("kind", example.session.kind.rawValue)
            member("arrived_at", example.session.arrivedAt)
            member("departed_at", example.session.departedAt)
            member("actual_minor", example.actualMinor)
            member("draft_minor", example.draftMinor)
            endObject()
        }
        endArray()
    }
}
