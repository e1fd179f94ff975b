internal import HubModel

/// Money as docs/parking-api.md shows it.
extension JSONWriter {
    /// Writes a tariff.
    mutating func write(_ tariff: Tariff) {
        object { json in
            json.member("currency", tariff.currency)
            json.member("free_minutes", tariff.freeMinutes)
            json.member("free_minutes_apply", tariff.freeCountsAlways ? "always" : "short_stays")
            json.member("daily_cap_minor", tariff.dailyCapMinor)
            json.member("rules", tariff.rules) { $0.write($1) }
        }
    }

    private mutating func write(_ rule: TariffRule) {
        object { json in
            json.member("name", rule.name)
            json.array("kinds") { json in
                for kind in SpotKind.allCases where rule.kinds.contains(kind) { json.string(kind.rawValue) }
            }
            json.array("weekdays") { json in
                for (day, word) in TariffField.days.enumerated() where rule.weekdays.contains(day) { json.string(word) }
            }
            json.member("from", TariffField.time(rule.fromMinute))
            json.member("to", TariffField.time(rule.toMinute))
            switch rule.price {
            case .perStarted(let minutes, let minor):
                json.member("price", "per_started")
                json.member("minutes", minutes)
                json.member("minor", minor)
            case .flat(let minor):
                json.member("price", "flat")
                json.member("minor", minor)
            case .free: json.member("price", "free")
            }
        }
    }

    /// Writes a version of a tariff.
    mutating func write(_ version: TariffVersion) {
        object { json in
            json.member("version", version.version)
            json.member("valid_from", version.validFrom)
            json.member("time_zone", version.timeZone)
            json.member("created_by", version.createdBy)
            json.member("created_at", version.createdAt)
            json.member("tariff") { $0.write(version.tariff) }
        }
    }

    /// Writes the lines of a price into an object that has been begun.
    mutating func members(of price: Price) {
        array("lines") { json in
            for line in price.lines {
                json.object { json in
                    json.member("name", line.name)
                    json.member("from", line.from)
                    json.member("to", line.to)
                    json.member("amount_minor", line.minor)
                }
            }
        }
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
        object { $0.members(of: payment) }
    }

    /// Writes a payment or a refund into an object that has been begun.
    mutating func members(of payment: Payment) {
        member("payment_id", payment.name)
        member("lot_id", payment.lot.text)
        member("spot_id", payment.spot?.text)
        member("session_id", payment.session)
        member("amount_minor", payment.amountMinor)
        member("amount", decimal: payment.amount)
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
        member("amount", decimal: waiver.amount)
        member("currency", waiver.currency)
        member("reason", waiver.reason)
        member("waived_at", waiver.waivedAt)
        member("waived_by", waiver.waivedBy)
    }
}
