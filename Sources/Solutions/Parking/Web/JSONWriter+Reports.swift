internal import HubModel

/// Reports as docs/parking-api.md shows them.
extension JSONWriter {
    /// Writes an entry of the ledger.
    mutating func write(_ entry: LedgerEntry) {
        beginObject()
        key("id")
        integer(entry.id)
        key("event")
        string(entry.event)
        key("account")
        string(entry.account.rawValue)
        key("amount_minor")
        integer(entry.amountMinor)
        key("session_id")
        string(entry.session)
        key("payment_id")
        string(entry.payment)
        key("at")
        timestamp(entry.at)
        endObject()
    }

    private mutating func head(_ lot: Lot, _ range: DayRange) {
        key("lot_id")
        string(lot.id.text)
        key("time_zone")
        string(lot.timeZone)
        key("currency")
        string(lot.currency)
        key("from")
        string(DayRange.text(range.days.lowerBound))
        key("to")
        string(DayRange.text(range.days.upperBound))
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
        key("revenue_minor")
        integer(sum.revenueMinor)
        key("cash_minor")
        integer(sum.cashMinor)
        key("sessions")
        integer(sum.sessions)
        endObject()
    }

    /// Writes how a lot was used.
    mutating func write(_ report: UseReport, of lot: Lot, _ range: DayRange) {
        beginObject()
        head(lot, range)
        key("spots")
        integer(report.spots)
        key("arrivals")
        integer(report.arrivals)
        key("departures")
        integer(report.departures)
        key("occupancy_rate")
        rate(report.occupancyRate?.thousandths)
        key("turnover")
        rate(report.turnover?.thousandths)
        key("mean_stay_seconds")
        rate(report.meanStaySeconds?.rounded())
        key("peak_hours")
        beginArray()
        for hour in report.peakHours { integer(Int64(hour)) }
        endArray()
        key("hours")
        beginArray()
        for (hour, part) in report.hours.enumerated() {
            beginObject()
            key("hour")
            integer(Int64(hour))
            key("occupancy_rate")
            double(part.occupancyRate.thousandths)
            key("arrivals")
            integer(part.arrivals)
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
            rate(replay.turnover?.thousandths)
        }
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
        key("sessions")
        integer(sum.sessions)
        key("actual_minor")
        integer(sum.actualMinor)
        key("draft_minor")
        integer(sum.draftMinor)
        key("difference_minor")
        integer(sum.differenceMinor)
        key("dearer")
        integer(sum.dearer)
        key("cheaper")
        integer(sum.cheaper)
        key("same")
        integer(sum.same)
        endObject()
    }

    private mutating func write(_ examples: [TariffReplay.Example]) {
        beginArray()
        for example in examples {
            beginObject()
            key("session_id")
            string(example.session.id)
            key("spot_id")
            string(example.session.spot.text)
            key("kind")
            string(example.session.kind.rawValue)
            key("arrived_at")
            timestamp(example.session.arrivedAt)
            key("departed_at")
            timestamp(example.session.departedAt)
            key("actual_minor")
            integer(example.actualMinor)
            key("draft_minor")
            integer(example.draftMinor)
            endObject()
        }
        endArray()
    }

    private mutating func rate(_ value: Double?) {
        if let value { double(value) } else { null() }
    }
}
