internal import HubModel
internal import SQL
internal import SolutionKit

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
        let version = try TariffTable.inForce(at: instant, of: lot.id, in: reader)
        var clock = version?.clock ?? .utc
        return price(version, of: lot, at: instant, &clock)
    }

    /// Of one of the lots.
    mutating func price(of lot: Lot) -> ScaledDecimal {
        let version = tariffs[lot.id]
        let zone = version?.timeZone ?? lot.timeZone
        var clock = clocks[zone] ?? version?.clock ?? .utc
        defer { clocks[zone] = clock }
        return HourPrices.price(version, of: lot, at: instant, &clock)
    }

    private static func price(
        _ version: TariffVersion?, of lot: Lot, at instant: Timestamp, _ clock: inout LocalClock
    ) -> ScaledDecimal {
        ScaledDecimal(
            mantissa: version?.tariff.hourMinor(from: instant, clock: &clock) ?? 0,
            scale: Currency(lot.currency)?.fractionDigits ?? 2)
    }
}
