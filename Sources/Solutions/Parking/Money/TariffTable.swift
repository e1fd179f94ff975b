internal import HubModel
internal import SQL

/// The table `parking_tariff`: versions are added, never changed.
enum TariffTable {
    private static let columns = "version, valid_from, document, time_zone, created_by, created_at"

    /// All versions of a lot's tariff, the last to begin first.
    static func all(of lot: LotID, in reader: some SQLReading) throws -> [TariffVersion] {
        try reader.query(
            "SELECT \(columns) FROM parking_tariff WHERE lot = $1 ORDER BY valid_from DESC", [.text(lot.text)]
        ).map(version)
    }

    /// The version that counts for sessions which begin at an instant; nil: they are free.
    static func inForce(at instant: Timestamp, of lot: LotID, in reader: some SQLReading) throws -> TariffVersion? {
        try reader.queryFirst(
            """
            SELECT \(columns) FROM parking_tariff WHERE lot = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1
            """, [.text(lot.text), .integer(instant.microseconds)]
        ).map(version)
    }

    /// What a sign at the entrance says at an instant: the price of an hour that begins now on a standard spot, in major units; 0
    /// without a tariff.
    static func pricePerHour(of lot: Lot, at instant: Timestamp, in reader: some SQLReading) throws -> ScaledDecimal {
        let scale = Currency(lot.currency)?.fractionDigits ?? 2
        guard let version = try inForce(at: instant, of: lot.id, in: reader) else {
            return ScaledDecimal(mantissa: 0, scale: scale)
        }
        var clock = version.clock
        return ScaledDecimal(mantissa: version.tariff.hourMinor(from: instant, clock: &clock), scale: scale)
    }

    /// The most versions of one lot's tariff: two a week for ten years.
    static let versionLimit: Int64 = 1_000

    /// Adds a version, which goes by the lot's clock of now.
    /// - Throws: `conflict` when another begins at the same instant; `limit_reached`.
    static func add(
        _ tariff: Tariff, to lot: Lot, from instant: Timestamp, by name: String, at now: Timestamp,
        in transaction: Transaction
    ) throws -> TariffVersion {
        let count = try transaction.queryOne(
            "SELECT COUNT(*) FROM parking_tariff WHERE lot = $1", [.text(lot.id.text)]
        ).integer(0)
        guard count < versionLimit else {
            throw Refusal(.limitReached, "\(lot.id) has \(versionLimit) versions of its tariff")
        }
        let row = try transaction.queryFirst(
            """
            INSERT INTO parking_tariff (lot, version, valid_from, document, time_zone, created_by, created_at)
            VALUES ($1, (SELECT COALESCE(MAX(version), 0) + 1 FROM parking_tariff WHERE lot = $1), $2, $3, $4, $5, $6)
            ON CONFLICT (lot, valid_from) DO NOTHING RETURNING version
            """,
            [
                .text(lot.id.text), .integer(instant.microseconds),
                .text(String(decoding: tariff.json, as: UTF8.self)), .text(lot.timeZone), .text(name),
                .integer(now.microseconds),
            ])
        guard let row else {
            throw Refusal(
                .conflict, "a version of the tariff begins at that instant already; versions are never changed")
        }
        return TariffVersion(
            version: try row.integer(0), validFrom: instant, tariff: tariff, timeZone: lot.timeZone, createdBy: name,
            createdAt: now)
    }

    /// A tariff out of what was stored.
    static func tariff(_ document: String) throws -> Tariff {
        var reader = JSONReader(Array(document.utf8))
        do {
            return try Tariff(&reader)
        } catch {
            throw SQLFailure(.wrongType, "a stored tariff does not read: \(error.detail)")
        }
    }

    private static func version(_ row: Row) throws -> TariffVersion {
        TariffVersion(
            version: try row.integer("version"), validFrom: Timestamp(microseconds: try row.integer("valid_from")),
            tariff: try tariff(try row.text("document")), timeZone: try row.text("time_zone"),
            createdBy: try row.text("created_by"), createdAt: Timestamp(microseconds: try row.integer("created_at")))
    }
}

extension TariffVersion {
    /// The clock that it goes by.
    var clock: LocalClock { LocalClock(timeZone) ?? .utc }
}
