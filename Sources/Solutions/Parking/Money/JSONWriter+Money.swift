internal import HubModel

/// Money as docs/parking-api.md shows it.
extension JSONWriter {
    /// Writes a tariff.
    mutating func write(_ tariff: Tariff) {
        beginObject()
        member("currency", tariff.currency)
        member("free_minutes", tariff.freeMinutes)
        member("free_minutes_apply", tariff.freeCountsAlways ? "always" : "short_stays")
        member("daily_cap_minor", tariff.dailyCapMinor)
        key("rules")
        beginArray()
        for rule in tariff.rules { write(rule) }
        endArray()
        endObject()
    }

    private mutating func write(_ rule: TariffRule) {
        beginObject()
        member("name", rule.name)
        key("kinds")
        beginArray()
        for kind in SpotKind.allCases where rule.kinds.contains(kind) { string(kind.rawValue) }
        endArray()
        key("weekdays")
        beginArray()
        for (day, word) in TariffField.days.enumerated() where rule.weekdays.contains(day) { string(word) }
        endArray()
        member("from", TariffField.time(rule.fromMinute))
        member("to", TariffField.time(rule.toMinute))
        key("price")
        switch rule.price {
        case .perStarted(let minutes, let minor):
            string("per_started")
            member("minutes", minutes)
            member("minor", minor)
        case .flat(let minor):
            string("flat")
            member("minor", minor)
        case .free: string("free")
        }
        endObject()
    }

    /// Writes a version of a tariff.
    mutating func write(_ version: TariffVersion) {
        beginObject()
        member("version", version.version)
        member("valid_from", version.validFrom)
        member("time_zone", version.timeZone)
        member("created_by", version.createdBy)
        member("created_at", version.createdAt)
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
            member("name", line.name)
            member("from", line.from)
            member("to", line.to)
            member("amount_minor", line.minor)
            endObject()
        }
        endArray()
        member("total_minor", price.totalMinor)
    }

    /// Writes a session into an object that has been begun.
    mutating func members(of session: ParkingSession) {
        member("session_id", session.id)
        member("lot_id", session.lot.text)
        member("spot_id", session.spot.text)
        member("kind", session.kind.rawValue)
        member("state", session.state.rawValue)
        member("arrived_at", session.arrivedAt)
        member("departed_at", session.departedAt)
        member("tariff_version", session.tariff)
        member("due_minor", session.dueMinor)
        member("balance_minor", session.balanceMinor)
        member("waived_minor", session.waivedMinor)
        member("currency", session.currency)
        member("reservation_id", session.reservation)
    }

    /// Writes a payment or a refund.
    mutating func write(_ payment: Payment) {
        beginObject()
        members(of: payment)
        endObject()
    }

    /// Writes a payment or a refund into an object that has been begun.
    mutating func members(of payment: Payment) {
        member("payment_id", payment.name)
        member("lot_id", payment.lot.text)
        member("spot_id", payment.spot?.text)
        member("session_id", payment.session)
        member("amount_minor", payment.amountMinor)
        key("amount")
        decimal(payment.amount)
        member("currency", payment.currency)
        member("method", payment.method)
        member("refunds", payment.refundsName)
        member("refunded_minor", payment.refundedMinor)
        member("paid_at", payment.paidAt)
        member("received_at", payment.receivedAt)
        member("taken_by", payment.takenBy)
    }

    /// Writes what was written off into an object that has been begun.
    mutating func members(of waiver: Waiver) {
        member("waiver_id", waiver.id)
        member("session_id", waiver.session)
        member("lot_id", waiver.lot.text)
        member("amount_minor", waiver.amountMinor)
        key("amount")
        decimal(waiver.amount)
        member("currency", waiver.currency)
        member("reason", waiver.reason)
        member("waived_at", waiver.waivedAt)
        member("waived_by", waiver.waivedBy)
    }
}
