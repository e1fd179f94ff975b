internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `parking_tariff`: versions are added, never changed.
enum TariffTable {
    private static let columns = "version, valid_from, document, time_zone, created_by, created_at"

    /// All versions of a lot's tariff, the last to begin first.
    static func all(of lot: LotID, in reader: some SQLReading) throws -> [TariffVersion] {
        try reader.query(
            "SELECT \(columns) FROM parking_tariff WHERE lot = $1 ORDER BY valid_from DESC", [.text(lot.text)]
        ).map(version)
    }

    /// A version by its number.
    /// - Throws: `SQLFailure` when there is none: whoever asks has found its number in a session.
    static func one(_ version: Int64, of lot: LotID, in reader: some SQLReading) throws -> TariffVersion {
        let row = try reader.queryFirst(
            "SELECT \(columns) FROM parking_tariff WHERE lot = $1 AND version = $2",
            [.text(lot.text), .integer(version)])
        guard let row else { throw SQLFailure(.noRow, "a session names a tariff that its lot has not") }
        return try self.version(row)
    }

    /// The version that counts for sessions which begin at an instant; nil: they are free.
    static func inForce(at instant: Timestamp, of lot: LotID, in reader: some SQLReading) throws -> TariffVersion? {
        try reader.queryFirst(
            """
            SELECT \(columns) FROM parking_tariff WHERE lot = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1
            """, [.text(lot.text), .integer(instant.microseconds)]
        ).map(version)
    }

    /// The versions that count at an instant for the lots of these sites, read at once; lots that are free are missing.
    /// - Parameters:
    ///   - includingPublic: those lots that everybody may see as well, wherever they are.
    ///   - lot: only this one of them.
    static func inForce(
        at instant: Timestamp, for sites: SiteScope, includingPublic: Bool, only lot: LotID? = nil,
        in reader: some SQLReading
    ) throws -> [LotID: TariffVersion] {
        var conditions = Conditions(arguments: [.integer(instant.microseconds)])
        LotTable.add(sites, includingPublic: includingPublic, to: &conditions)
        if let lot { conditions.add("parking_lot.id", .equals, .text(lot.text)) }
        // Lots that cost the same often have the same document to the letter: each is read once.
        var read: [String: Tariff] = [:]
        var found: [LotID: TariffVersion] = [:]
        try reader.queryEach(
            """
            SELECT parking_lot.id AS lot, version, valid_from, document, parking_tariff.time_zone AS time_zone,
                created_by, parking_tariff.created_at AS created_at
            FROM parking_lot JOIN parking_tariff ON parking_tariff.lot = parking_lot.id AND parking_tariff.valid_from =
                (SELECT MAX(begun.valid_from) FROM parking_tariff AS begun
                    WHERE begun.lot = parking_lot.id AND begun.valid_from <= $1)
            WHERE \(conditions.text)
            """, conditions.arguments
        ) { row in
            guard let lot = LotID(try row.text("lot")) else {
                throw SQLFailure(.wrongType, "a row of parking_lot holds no lot's name")
            }
            let document = try row.text("document")
            let tariff = try read[document] ?? TariffTable.tariff(document)
            read[document] = tariff
            found[lot] = try version(row, tariff)
        }
        return found
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
            throw Refusal(.limitReached, "\(lot.id) has \(versionLimit) versions of its tariff.")
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
                .conflict, "A version of the tariff begins at that instant already; versions are never changed.")
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
        try version(row, try tariff(try row.text("document")))
    }

    private static func version(_ row: Row, _ tariff: Tariff) throws -> TariffVersion {
        TariffVersion(
            version: try row.integer("version"), validFrom: Timestamp(microseconds: try row.integer("valid_from")),
            tariff: tariff, timeZone: try row.text("time_zone"), createdBy: try row.text("created_by"),
            createdAt: Timestamp(microseconds: try row.integer("created_at")))
    }
}

extension TariffVersion {
    /// The clock that it goes by.
    var clock: LocalClock { LocalClock(timeZone) ?? .utc }
}
