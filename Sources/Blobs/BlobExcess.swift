public import HubModel
public import SQL
public import SolutionKit

/// Files that may go.
public enum BlobExcess: Sendable, Hashable {
    /// Those that are kept since before an instant.
    case before(Timestamp)
    /// Those that were kept first, as many as it takes for each site to have no more bytes than that.
    case beyond(bytesPerSite: Int64)
}

extension BlobTable {
    /// How many files of a sort may go.
    /// - Throws: `SQLFailure`.
    public func count(_ excess: BlobExcess, of purpose: BlobPurpose, in reader: some SQLReading) throws -> Int64 {
        let (text, arguments) = statement(excess, purpose)
        return try reader.queryOne("SELECT COUNT(*) FROM (\(text)) excess", arguments).integer(0)
    }

    /// Lets go of some of them, those that were kept first before the others.
    /// - Returns: how many; fewer than `limit` means that none is left.
    /// - Throws: `SQLFailure`.
    public func drop(
        _ excess: BlobExcess, of purpose: BlobPurpose, atMost limit: Int, in transaction: Transaction
    ) throws -> Int {
        let (text, arguments) = statement(excess, purpose)
        let rows = try transaction.query(
            """
            SELECT device, site, key FROM (\(text)) excess
            ORDER BY created_at, COALESCE(device, ''), COALESCE(site, ''), key LIMIT $4
            """, arguments + [.integer(Int64(limit))])
        for row in rows {
            _ = try drop(BlobTable.use(row, owner: purpose.owner, name: purpose.name), in: transaction)
        }
        return rows.count
    }

    /// Holder, key and `created_at` of the files.
    private func statement(_ excess: BlobExcess, _ purpose: BlobPurpose) -> (text: String, arguments: [SQLValue]) {
        let sort: [SQLValue] = [.text(purpose.owner), .text(purpose.name)]
        switch excess {
        case .before(let instant):
            return (
                "SELECT device, site, key, created_at FROM blob_use WHERE owner = $1 AND name = $2 AND created_at < $3",
                sort + [.integer(instant.microseconds)]
            )
        case .beyond(let bytes):
            // The bytes of each file and of all that were kept after it.
            return (
                """
                SELECT device, site, key, created_at FROM (
                    SELECT u.device, u.site, u.key, u.created_at, SUM(b.bytes) OVER (
                        PARTITION BY COALESCE(d.site, u.site)
                        ORDER BY u.created_at DESC, COALESCE(u.device, '') DESC, u.key DESC) AS total
                    FROM blob_use u JOIN blob b ON b.hash = u.hash LEFT JOIN device d ON d.id = u.device
                    WHERE u.owner = $1 AND u.name = $2) sums
                WHERE total > $3
                """, sort + [.integer(bytes)]
            )
        }
    }

    /// Sees to it that a site has room for the file that it, or a device of it, has been given.
    /// - Returns: hashes that nothing names any more.
    /// - Throws: `limit_reached` when nothing may go for it; `SQLFailure`.
    func makeRoom(
        for use: BlobUse, of purpose: BlobPurpose, _ settings: SettingValues, in transaction: Transaction
    ) throws -> [String] {
        let limit = purpose.bytesPerSite(settings)
        let site = try site(of: use.holder, in: transaction)
        let sort: [SQLValue] = [.text(purpose.owner), .text(purpose.name), .text(site)]
        var total = try transaction.queryOne(
            """
            SELECT CAST(COALESCE(SUM(s.bytes), 0) AS BIGINT) FROM blob_sum s LEFT JOIN device d ON d.id = s.device
            WHERE s.owner = $1 AND s.name = $2 AND COALESCE(d.site, s.site) = $3
            """, sort
        ).integer(0)
        var freed: [String] = []
        if total > limit, settings[purpose.whenFull] == .oldestGo {
            let oldest = try transaction.query(
                """
                SELECT u.device, u.site, u.key, b.bytes FROM blob_use u JOIN blob b ON b.hash = u.hash
                LEFT JOIN device d ON d.id = u.device
                WHERE u.owner = $1 AND u.name = $2 AND COALESCE(d.site, u.site) = $3
                ORDER BY u.created_at, COALESCE(u.device, ''), u.key LIMIT \(BlobTable.mostForOne)
                """, sort
            ).map { (try BlobTable.use($0, owner: purpose.owner, name: purpose.name), try $0.integer(3)) }
            // The new one stays, also where the clock was set back and it is the oldest.
            for (other, bytes) in oldest where other != use && total > limit {
                freed += try drop(other, in: transaction) ?? []
                total -= bytes
            }
            // Far beyond a bound that was lowered: the hourly retention brings the site down to it, and each new file by some.
            if oldest.count == BlobTable.mostForOne { return freed }
        }
        guard total > limit else { return freed }
        let whose =
            switch use.holder {
            case .device: "The devices of the site \(site) have"
            case .site: "The site \(site) and its devices have"
            }
        throw Refusal(
            .limitReached,
            "\(whose) at most \(limit >> 20) MiB of \(purpose.title): remove some, or raise \(purpose.mebibytesPerSite.name)."
        )
    }

    /// The most files that go for a new one: the messages behind it wait meanwhile.
    private static let mostForOne = 100

    /// The site for which the files of a holder count.
    private func site(of holder: BlobHolder, in transaction: Transaction) throws -> String {
        switch holder {
        case .site(let site): site.text
        case .device(let device):
            try transaction.queryOne("SELECT site FROM device WHERE id = $1", [.text(device.text)]).text(0)
        }
    }
}
