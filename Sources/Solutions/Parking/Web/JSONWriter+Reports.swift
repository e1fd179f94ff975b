internal import HubModel
internal import SolutionKit

/// Reports as docs/parking-api.md shows them.
extension JSONWriter {
    /// Writes an entry of the ledger.
    mutating func write(_ entry: LedgerEntry) {
        object { json in
            json.member("id", entry.id)
            json.member("event", entry.event)
            json.member("account", entry.account.rawValue)
            json.member("amount_minor", entry.amountMinor)
            json.member("session_id", entry.session)
            json.member("payment_id", entry.payment)
            json.member("at", entry.at)
        }
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
        object { json in
            json.head(lot, range)
            json.member("total") { $0.write(takings.total) }
            json.array("days") { json in
                for (day, sum) in takings.days { json.write(sum, under: ("day", DayRange.text(day))) }
            }
            json.member("kinds", SpotKind.allCases) {
                $0.write(takings.kinds[$1] ?? Takings.Sum(), under: ("kind", $1.rawValue))
            }
            json.member("unallocated") { $0.write(takings.unallocated) }
        }
    }

    private mutating func write(_ sum: Takings.Sum, under name: (key: String, value: String)? = nil) {
        object { json in
            if let name {
                json.member(name.key, name.value)
            }
            json.member("revenue_minor", sum.revenueMinor)
            json.member("cash_minor", sum.cashMinor)
            json.member("sessions", sum.sessions)
        }
    }

    /// Writes how a lot was used.
    mutating func write(_ report: UseReport, of lot: Lot, _ range: DayRange) {
        object { json in
            json.head(lot, range)
            json.member("spots", report.spots)
            json.member("arrivals", report.arrivals)
            json.member("departures", report.departures)
            json.member("occupancy_rate", number: report.occupancyRate?.thousandths)
            json.member("cars_per_spot", number: report.carsPerSpot?.thousandths)
            json.member("turnover", number: report.turnover.carsPerSpotAndDay?.thousandths)
            json.member("turnover_days", report.turnover.days)
            json.member("mean_stay_seconds", number: report.meanStaySeconds?.rounded())
            json.member("peak_hours", report.peakHours) { $0.integer(Int64($1)) }
            json.array("hours") { json in
                for (hour, part) in report.hours.enumerated() {
                    json.object { json in
                        json.member("hour", hour)
                        json.member("occupancy_rate", number: part.occupancyRate?.thousandths)
                        json.member("arrivals", part.arrivals)
                    }
                }
            }
        }
    }

    /// Writes what another tariff would have earned.
    mutating func write(_ replay: TariffReplay, of lot: Lot, _ range: DayRange) {
        object { json in
            json.head(lot, range)
            json.member("total") { $0.write(replay.total) }
            json.object("turnover") { json in
                for name in ["actual", "draft"] {
                    json.member(name, number: replay.turnover?.carsPerSpotAndDay?.thousandths)
                }
                json.member("days", replay.turnover?.days ?? 0)
            }
            json.array("kinds") { json in
                for kind in SpotKind.allCases {
                    json.write(replay.kinds[kind] ?? TariffReplay.Sum(), under: ("kind", kind.rawValue))
                }
            }
            json.array("weekdays") { json in
                for (day, sum) in replay.weekdays.enumerated() {
                    json.write(sum, under: ("weekday", TariffField.days[day]))
                }
            }
            json.member("dearest") { $0.write(replay.dearest) }
            json.member("cheapest") { $0.write(replay.cheapest) }
        }
    }

    private mutating func write(_ sum: TariffReplay.Sum, under name: (key: String, value: String)? = nil) {
        object { json in
            if let name {
                json.member(name.key, name.value)
            }
            json.member("sessions", sum.sessions)
            json.member("actual_minor", sum.actualMinor)
            json.member("draft_minor", sum.draftMinor)
            json.member("difference_minor", sum.differenceMinor)
            json.member("dearer", sum.dearer)
            json.member("cheaper", sum.cheaper)
            json.member("same", sum.same)
        }
    }

    private mutating func write(_ examples: [TariffReplay.Example]) {
        array { json in
            for example in examples {
                json.object { json in
                    json.member("session_id", example.session.id)
                    json.member("spot_id", example.session.spot.text)
                    json.member("kind", example.session.kind.rawValue)
                    json.member("arrived_at", example.session.arrivedAt)
                    json.member("departed_at", example.session.departedAt)
                    json.member("actual_minor", example.actualMinor)
                    json.member("draft_minor", example.draftMinor)
                }
            }
        }
    }
}
