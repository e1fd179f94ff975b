internal import HubModel
internal import SQL

/// Somebody who says what an hour costs, and where they may.
struct PriceSetter: Hashable, Sendable {
    var name: String
    var sites: SiteScope
}

/// What an hour costs, said beside a lot instead of as a tariff.
extension ParkingHandler {
    /// Makes the tariff of a lot that has none; what is said of a lot that has one must be what it costs anyway, so that a file that was
    /// exported can be imported.
    /// - Returns: whether a tariff was made.
    /// - Throws: `value_out_of_range`, `conflict`, `forbidden`.
    func setPrice(
        _ price: ScaledDecimal?, of lot: Lot, by setter: PriceSetter?, at now: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        guard let price else { return false }
        guard let currency = Currency(lot.currency), let minor = currency.minor(price),
            (0...TariffLimit.minor).contains(minor)
        else {
            throw Refusal(
                .valueOutOfRange,
                "\(lot.id): price_per_hour is an amount of \(lot.currency), not negative and without parts of its smallest unit."
            )
        }
        guard try HourPrices.price(of: lot, at: now, in: transaction) != currency.major(minor) else {
            return false
        }
        guard try TariffTable.all(of: lot.id, in: transaction).isEmpty else {
            throw Refusal(
                .conflict,
                "\(lot.id) has a tariff, and an hour costs something else by it: a new one is added at /api/lots/\(lot.id)/tariffs."
            )
        }
        guard let setter, setter.sites.contains(lot.site) else {
            throw Refusal(.forbidden, "price_per_hour needs the right \(Permission.manageTariffs).")
        }
        let hour = TariffRule(name: "Hour", price: .perStarted(minutes: 60, minor: minor))
        _ = try TariffTable.add(
            Tariff(currency: lot.currency, rules: [hour]), to: lot, from: now, by: setter.name, at: now,
            in: transaction)
        return true
    }
}

extension Tariff {
    /// What each started hour costs at any time on any spot, in minor units; nil when that depends on the time or the spot.
    var everyHourMinor: Int64? {
        guard rules.count == 1, let rule = rules.first, rule.kinds.isEmpty, rule.weekdays.isEmpty,
            (rule.fromMinute, rule.toMinute) == (0, 1_440), case .perStarted(60, let minor) = rule.price
        else { return nil }
        return minor
    }
}
