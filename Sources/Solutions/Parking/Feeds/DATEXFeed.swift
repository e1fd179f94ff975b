internal import HubModel
internal import SolutionKit

/// Lots in the shape of DATEX II version 3, ParkingPublicationLight, in JSON: one publication with static and live figures.
enum DATEXFeed {
    /// Writes the publication.
    /// - Parameter country: ISO 3166-1, two letters; `ZZ` for one that nobody has said.
    static func publication(_ writer: inout JSONWriter, lots: [FeedLot], country: String, at now: Timestamp) {
        writer.object { writer in
            writer.member("_version", "3.0")
            writer.member("_modelBaseVersion", "3")
            writer.object("parkingPublicationLight") { writer in
                writer.member("lang", "en")
                writer.member("publicationTime") { $0.second(now) }
                writer.object("publicationCreator") { writer in
                    writer.member("country", country)
                    writer.member("nationalIdentifier", "martlet")
                }
                writer.member("name", "Car parks")
                writer.array("parkingSite") { writer in
                    for lot in lots { site(&writer, lot) }
                }
            }
        }
    }

    private static func site(_ writer: inout JSONWriter, _ entry: FeedLot) {
        guard let latitude = entry.lot.latitude, let longitude = entry.lot.longitude else { return }
        let all = entry.all
        writer.object { writer in
            writer.member("_id", entry.lot.id.text)
            if let heardAt = entry.heardAt {
                writer.member("lastUpdate") { $0.second(heardAt) }
            }
            value(&writer, "type", entry.levels > 1 ? "carPark" : "offStreetParkingGround")
            writer.member("name", entry.lot.name)
            writer.member("freeParking", !(entry.tariff?.tariff.hasFee ?? false))
            // «Not including closed spaces.»
            writer.member("numberOfSpaces", all.inService)
            if all.known > 0 { writer.member("availableSpaces", all.free) }
            writer.array("assignedFor") { writer in
                for kind in SpotKind.allCases {
                    guard kind != .standard, let tally = entry.kinds[kind] else { continue }
                    writer.object { writer in
                        value(&writer, "typeOfAssignment", "allowedFor")
                        switch kind {
                        case .standard: break
                        case .disabled: value(&writer, "user", "disabled")
                        case .family: value(&writer, "user", "families")
                        case .ev: value(&writer, "fuelType", "battery")
                        case .motorcycle: value(&writer, "vehicleType", "motorcycle")
                        }
                        if tally.known > 0 { writer.member("availableSpaces", tally.free) }
                    }
                }
            }
            writer.object("locationAndDimension") { writer in
                if !entry.lot.address.isEmpty { writer.member("locationDescriptor", entry.lot.address) }
                writer.object("coordinatesForDisplay") { writer in
                    writer.member("latitude", double: latitude)
                    writer.member("longitude", double: longitude)
                }
            }
        }
    }

    /// Words of DATEX II stand in an object, so that they can be extended.
    private static func value(_ writer: inout JSONWriter, _ name: String, _ word: String) {
        writer.object(name) { $0.member("value", word) }
    }
}
