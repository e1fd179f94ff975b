internal import HubModel
internal import SQL

/// What signs at entrances say at an instant: the price of an hour that begins now on a standard spot, in major units; 0 without a tariff.
struct HourPrices: Sendable {
    private let tariffs: [LotID: TariffVersion]
    private let instant: Timestamp
    /// Most lots go by the same clock.
    private var clocks: [String: LocalClock] = [:]

    /// For the lots of these sites, with those that everybody may see.
    init(for sites: SiteScope, at instant: Timestamp, in reader: some SQLReading) throws {
        tariffs = try TariffTable.inForce(at: instant, for: sites, includingPublic: true, in: reader)
        self.instant = instant
    }

    /// Of one lot.
    static func price(of lot: Lot, at instant: Timestamp, in reader: some SQLReading) throws -> ScaledDecimal {
        var clock = LocalClock(lot.timeZone) ?? .utc
        return price(try TariffTable.inForce(at: instant, of: lot.id, in: reader), of: lot, at: instant, &clock)
    }

    /// Of one of the lots.
    mutating func price(of lot: Lot) -> ScaledDecimal {
        var clock = clocks[lot.timeZone] ?? LocalClock(lot.timeZone) ?? .utc
        defer { clocks[lot.timeZone] = clock }
        return HourPrices.price(tariffs[lot.id], of: lot, at: instant, &clock)
    }

    private static func price(
        _ version: TariffVersion?, of lot: Lot, at instant: Timestamp, _ clock: inout LocalClock
    ) -> ScaledDecimal {
        ScaledDecimal(
            mantissa: version?.tariff.hourMinor(from: instant, clock: &clock) ?? 0,
            scale: Currency(lot.currency)?.fractionDigits ?? 2)
    }
}
