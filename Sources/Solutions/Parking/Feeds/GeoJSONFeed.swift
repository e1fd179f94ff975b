internal import HubModel
internal import SolutionKit

/// Lots as GeoJSON (RFC 7946): a point each, or no geometry where nobody has said where the lot is.
enum GeoJSONFeed {
    /// Writes the collection.
    static func collection(_ writer: inout JSONWriter, lots: [FeedLot]) {
        writer.object { writer in
            writer.member("type", "FeatureCollection")
            writer.array("features") { writer in
                for lot in lots { feature(&writer, lot) }
            }
        }
    }

    private static func feature(_ writer: inout JSONWriter, _ entry: FeedLot) {
        let all = entry.all
        writer.object { writer in
            writer.member("type", "Feature")
            writer.member("id", entry.lot.id.text)
            writer.member("geometry") { writer in
                if let latitude = entry.lot.latitude, let longitude = entry.lot.longitude {
                    point(&writer, latitude: latitude, longitude: longitude)
                } else {
                    writer.null()
                }
            }
            writer.object("properties") { writer in
                writer.member("lot_id", entry.lot.id.text)
                writer.member("name", entry.lot.name)
                writer.member("address", entry.lot.address)
                writer.member("total_spots", all.total)
                for status in SpotStatus.allCases { writer.member("\(status.rawValue)_spots", all[status]) }
                writer.member("heard_at", entry.heardAt)
            }
        }
    }

    /// Writes a point: longitude first.
    static func point(_ writer: inout JSONWriter, latitude: Double, longitude: Double) {
        writer.object { writer in
            writer.member("type", "Point")
            writer.array("coordinates") { writer in
                writer.double(longitude)
                writer.double(latitude)
            }
        }
    }
}
