internal import HubModel

/// Money as docs/parking-api.md shows it.
extension JSONWriter {
    /// Writes a tariff.
    mutating func write(_ tariff: Tariff) {
        beginObject()
        key("currency")
        string(tariff.currency)
        key("free_minutes")
        integer(tariff.freeMinutes)
        key("free_minutes_apply")
        string(tariff.freeCountsAlways ? "always" : "short_stays")
        key("daily_cap_minor")
        integer(tariff.dailyCapMinor)
        key("rules")
        beginArray()
        for rule in tariff.rules { write(rule) }
        endArray()
        endObject()
    }

    private mutating func write(_ rule: TariffRule) {
        beginObject()
        key("name")
        string(rule.name)
        key("kinds")
        beginArray()
        for kind in SpotKind.allCases where rule.kinds.contains(kind) { string(kind.rawValue) }
        endArray()
        key("weekdays")
        beginArray()
        for (day, word) in TariffField.days.enumerated() where rule.weekdays.contains(day) { string(word) }
        endArray()
        key("from")
        string(TariffField.time(rule.fromMinute))
        key("to")
        string(TariffField.time(rule.toMinute))
        key("price")
        switch rule.price {
        case .perStarted(let minutes, let minor):
            string("per_started")
            key("minutes")
            integer(minutes)
            key("minor")
            integer(minor)
        case .flat(let minor):
            string("flat")
            key("minor")
            integer(minor)
        case .free: string("free")
        }
        endObject()
    }

    /// Writes a version of a tariff.
    mutating func write(_ version: TariffVersion) {
        beginObject()
        key("version")
        integer(version.version)
        key("valid_from")
        timestamp(version.validFrom)
        key("time_zone")
        string(version.timeZone)
        key("created_by")
        string(version.createdBy)
        key("created_at")
        timestamp(version.createdAt)
        key("tariff")
        write(version.tariff)
        endObject()
    }

    /// Writes the lines of a price into an object that has been begun.
    mutating func members(of price: Price) {
        key("lines")
        beginArray()
        for line in price.lines {
            beginObject()
            key("name")
            string(line.name)
            key("from")
            timestamp(line.from)
            key("to")
            timestamp(line.to)
            key("amount_minor")
            integer(line.minor)
            endObject()
        }
        endArray()
        key("total_minor")
        integer(price.totalMinor)
    }

    /// Writes a session into an object that has been begun.
    mutating func members(of session: ParkingSession) {
        key("session_id")
        string(session.id)
        key("lot_id")
        string(session.lot.text)
        key("spot_id")
        string(session.spot.text)
        key("kind")
        string(session.kind.rawValue)
        key("state")
        string(session.state.rawValue)
        key("arrived_at")
        timestamp(session.arrivedAt)
        key("departed_at")
        timestamp(session.departedAt)
        key("tariff_version")
        integer(session.tariff)
        key("due_minor")
        integer(session.dueMinor)
        key("balance_minor")
        integer(session.balanceMinor)
        key("waived_minor")
        integer(session.waivedMinor)
        key("currency")
        string(session.currency)
        key("reservation_id")
        string(session.reservation)
    }

    /// Writes a payment or a refund.
    mutating func write(_ payment: Payment) {
        beginObject()
        members(of: payment)
        endObject()
    }

    /// Writes a payment or a refund into an object that has been begun.
    mutating func members(of payment: Payment) {
        key("payment_id")
        string(payment.id)
        key("lot_id")
        string(payment.lot.text)
        key("spot_id")
        string(payment.spot?.text)
        key("session_id")
        string(payment.session)
        key("amount_minor")
        integer(payment.amountMinor)
        key("amount")
        decimal(payment.amount)
        key("currency")
        string(payment.currency)
        key("method")
        string(payment.method)
        key("refunds")
        string(payment.refunds)
        key("refunded_minor")
        integer(payment.refundedMinor)
        key("paid_at")
        timestamp(payment.paidAt)
        key("received_at")
        timestamp(payment.receivedAt)
        key("taken_by")
        string(payment.takenBy)
    }

    /// Writes what was written off into an object that has been begun.
    mutating func members(of waiver: Waiver) {
        key("waiver_id")
        string(waiver.id)
        key("session_id")
        string(waiver.session)
        key("lot_id")
        string(waiver.lot.text)
        key("amount_minor")
        integer(waiver.amountMinor)
        key("amount")
        decimal(waiver.amount)
        key("currency")
        string(waiver.currency)
        key("reason")
        string(waiver.reason)
        key("waived_at")
        timestamp(waiver.waivedAt)
        key("waived_by")
        string(waiver.waivedBy)
    }

    /// Writes an integer, or null.
    mutating func integer(_ number: Int64?) {
        if let number { integer(number) as Void } else { null() }
    }
}
