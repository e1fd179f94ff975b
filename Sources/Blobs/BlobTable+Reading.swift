internal import HubModel
internal import SQL
internal import SolutionKit

extension BlobTable {
    /// What is kept for a use; nil: nothing.
    func kept(as use: BlobUse, in reader: some SQLReading) throws -> KeptBlob? {
        try reader.queryFirst(
            """
            SELECT blob.hash, blob.bytes, blob.media_type, blob_use.created_at, key
            FROM blob_use JOIN blob ON blob.hash = blob_use.hash WHERE \(use.condition)
            """, use.arguments
        ).map { try BlobTable.listed($0).file }
    }

    /// The files of a holder and purpose, newest first.
    func files(
        of holder: BlobHolder, as purpose: BlobPurpose, after place: BlobPlace?, limit: Int, in reader: some SQLReading
    ) throws -> [ListedBlob] {
        var conditions = Conditions()
        conditions.add("owner", .equals, .text(purpose.owner))
        conditions.add("name", .equals, .text(purpose.name))
        conditions.add(holder.column, .equals, .text(holder.text))
        if let place {
            let since = conditions.place(.integer(place.since.microseconds))
            let key = conditions.place(.text(place.key.text))
            conditions.add(
                "(blob_use.created_at < \(since) OR (blob_use.created_at = \(since) AND key < \(key)))")
        }
        let most = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            """
            SELECT blob.hash, blob.bytes, blob.media_type, blob_use.created_at, key
            FROM blob_use JOIN blob ON blob.hash = blob_use.hash
            WHERE \(conditions.text) ORDER BY blob_use.created_at DESC, key DESC LIMIT \(most)
            """, conditions.arguments
        ).map(BlobTable.listed)
    }

    func hashes(
        of name: String, owner: String, among devices: [DeviceID], in reader: some SQLReading
    ) throws -> [DeviceID: String] {
        var conditions = Conditions()
        conditions.add("owner", .equals, .text(owner))
        conditions.add("name", .equals, .text(name))
        conditions.add("key", .equals, .text(BlobKey.only.text))
        conditions.add("device", isOneOf: devices.map(\.text))
        var hashes: [DeviceID: String] = [:]
        for row in try reader.query(
            "SELECT device, hash FROM blob_use WHERE \(conditions.text)", conditions.arguments)
        {
            if let device = DeviceID(try row.text(0)) { hashes[device] = try row.text(1) }
        }
        return hashes
    }

    /// A row of hash, bytes, media type, since when, and key.
    private static func listed(_ row: Row) throws -> ListedBlob {
        ListedBlob(
            key: BlobKey(known: try row.text(4)),
            file: KeptBlob(
                ReceivedBlob(hash: try row.text(0), bytes: try row.integer(1), mediaType: try row.text(2)),
                since: Timestamp(microseconds: try row.integer(3))))
    }
}
