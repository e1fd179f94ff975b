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
        let devices = try transaction.query(
            "SELECT device FROM (\(text)) excess ORDER BY created_at, device LIMIT $4",
            arguments + [.integer(Int64(limit))]
        ).map { try $0.text(0) }
        for device in devices {
            guard let device = DeviceID(device) else { throw SQLFailure(.corrupt, "a row of blob_use names no device") }
            _ = try drop(purpose.use(of: device), in: transaction)
        }
        return devices.count
    }

    /// Device and `created_at` of the files.
    private func statement(_ excess: BlobExcess, _ purpose: BlobPurpose) -> (text: String, arguments: [SQLValue]) {
        let sort: [SQLValue] = [.text(purpose.owner), .text(purpose.name)]
        switch excess {
        case .before(let instant):
            return (
                "SELECT device, created_at FROM blob_use WHERE owner = $1 AND name = $2 AND created_at < $3",
                sort + [.integer(instant.microseconds)]
            )
        case .beyond(let bytes):
            // The bytes of each file and of all that were kept after it.
            return (
                """
                SELECT device, created_at FROM (
                    SELECT u.device, u.created_at, SUM(b.bytes)
                        OVER (PARTITION BY d.site ORDER BY u.created_at DESC, u.device DESC) AS total
                    FROM blob_use u JOIN blob b ON b.hash = u.hash JOIN device d ON d.id = u.device
                    WHERE u.owner = $1 AND u.name = $2) sums
                WHERE total > $3
                """, sort + [.integer(bytes)]
            )
        }
    }

    /// Sees to it that a site has room for the file that a device of it has been given.
    /// - Returns: hashes that nothing names any more.
    /// - Throws: `limit_reached` when nothing may go for it; `SQLFailure`.
    func makeRoom(
        for device: DeviceID, of purpose: BlobPurpose, _ settings: SettingValues, in transaction: Transaction
    ) throws -> [String] {
        let limit = purpose.bytesPerSite(settings)
        let files = try transaction.query(
            """
            SELECT u.device, b.bytes, d.site FROM blob_use u JOIN blob b ON b.hash = u.hash
            JOIN device d ON d.id = u.device
            WHERE u.owner = $1 AND u.name = $2 AND d.site = (SELECT site FROM device WHERE id = $3)
            ORDER BY u.created_at, u.device
            """, [.text(purpose.owner), .text(purpose.name), .text(device.text)])
        var total = try files.reduce(0) { $0 + (try $1.integer(1)) }
        var freed: [String] = []
        for row in files where total > limit && settings[purpose.whenFull] == .oldestGo {
            guard let other = DeviceID(try row.text(0)), other != device else { continue }
            freed += try drop(purpose.use(of: other), in: transaction) ?? []
            total -= try row.integer(1)
        }
        guard total > limit else { return freed }
        let site = try files.first?.text(2) ?? ""
        throw Refusal(
            .limitReached,
            "The devices of the site \(site) have at most \(limit >> 20) MiB of \(purpose.title): remove some, or raise \(purpose.mebibytesPerSite.name)."
        )
    }
}
