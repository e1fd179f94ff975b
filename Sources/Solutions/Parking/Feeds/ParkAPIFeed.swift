internal import HubModel
internal import SolutionKit

/// Lots in the shape of ParkAPI version 3 (ParkenDD, `park-api-v3`): sources and parking sites.
enum ParkAPIFeed {
    /// The only source: this hub.
    static let sourceNumber = 1

    /// ParkAPI names things by whole numbers; this one is made of the lot's id (FNV-1a, 52 bits, which every JSON reader keeps
    /// exactly) and stays the same for ever.
    static func number(of lot: LotID) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in lot.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int((hash >> 52) ^ (hash & 0xf_ffff_ffff_ffff)) | 1
    }

    /// Writes a page of things that are listed.
    static func list(_ writer: inout JSONWriter, count: Int, _ items: (inout JSONWriter) -> Void) {
        writer.object { writer in
            writer.array("items") { writer in
                items(&writer)
            }
            writer.member("total_count", count)
        }
    }

    /// Writes the source.
    static func source(_ writer: inout JSONWriter, lots: [FeedLot]) {
        let heardAt = lots.compactMap(\.heardAt).max()
        let made = lots.map(\.lot.createdAt).min() ?? Timestamp(seconds: 0)
        writer.object { writer in
            writer.member("id", sourceNumber)
            writer.member("uid", "martlet")
            writer.member("name", "Martlet")
            writer.member("created_at") { $0.second(made) }
            writer.member("modified_at") { $0.second(lots.map(\.lot.createdAt).max() ?? made) }
            writer.member("static_status", "ACTIVE")
            writer.member("realtime_status", heardAt == nil ? "PROVISIONED" : "ACTIVE")
            if let heardAt {
                writer.member("realtime_data_updated_at") { $0.second(heardAt) }
            }
        }
    }

    /// Writes a lot as a parking site. What is not known is left out, as ParkAPI has it; a lot of which nothing at all is known has no
    /// realtime data.
    static func site(_ writer: inout JSONWriter, _ entry: FeedLot) {
        guard let latitude = entry.lot.latitude, let longitude = entry.lot.longitude else { return }
        let all = entry.all
        writer.object { writer in
            writer.member("id", number(of: entry.lot.id))
            writer.member("source_id", sourceNumber)
            writer.member("original_uid", entry.lot.id.text)
            writer.member("name", entry.lot.name)
            if !entry.lot.address.isEmpty { writer.member("address", entry.lot.address) }
            writer.member("type", entry.levels > 1 ? "CAR_PARK" : "OFF_STREET_PARKING_GROUND")
            writer.member("purpose", "CAR")
            writer.member("lat", double: latitude)
            writer.member("lon", double: longitude)
            writer.member("has_fee", entry.tariff?.tariff.hasFee ?? false)
            writer.member("created_at") { $0.second(entry.lot.createdAt) }
            writer.member("modified_at") { $0.second(entry.lot.createdAt) }
            writer.member("static_data_updated_at") { $0.second(entry.lot.createdAt) }
            writer.member("capacity", all.total)
            for (kind, name) in kinds {
                if let tally = entry.kinds[kind] { writer.member("capacity_\(name)", tally.total) }
            }
            let isLive = all.known > 0
            writer.member("has_realtime_data", isLive)
            if isLive {
                if let heardAt = entry.heardAt {
                    writer.member("realtime_data_updated_at") { $0.second(heardAt) }
                }
                writer.member("realtime_capacity", all.inService)
                writer.member("realtime_free_capacity", all.free)
                for (kind, name) in kinds {
                    guard let tally = entry.kinds[kind], tally.known > 0 else { continue }
                    writer.member("realtime_capacity_\(name)", tally.inService)
                    writer.member("realtime_free_capacity_\(name)", tally.free)
                }
            }
            restrictions(&writer, entry)
        }
    }

    /// The same by kind once more, in the newer form; the one above is what older readers know.
    private static func restrictions(_ writer: inout JSONWriter, _ entry: FeedLot) {
        guard kinds.contains(where: { entry.kinds[$0.0] != nil }) else { return }
        writer.array("restrictions") { writer in
            for (kind, name) in kinds {
                guard let tally = entry.kinds[kind] else { continue }
                writer.object { writer in
                    writer.member("type", name.uppercased())
                    writer.member("capacity", tally.total)
                    if tally.known > 0 {
                        writer.member("realtime_capacity", tally.inService)
                        writer.member("realtime_free_capacity", tally.free)
                    }
                }
            }
        }
    }

    /// The kinds for which ParkAPI has words.
    private static let kinds: [(SpotKind, String)] = [
        (.disabled, "disabled"), (.family, "family"), (.ev, "charging"),
    ]
}
