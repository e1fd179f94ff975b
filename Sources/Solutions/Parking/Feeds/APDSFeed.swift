internal import HubModel
internal import SolutionKit

/// Lots in the shape of APDS version 4: places with their occupancy, and rates.
enum APDSFeed {
    /// Things on a page.
    static let pageSize = 100

    /// Writes a page of a list.
    /// - Parameter page: from 1.
    static func list<Element>(
        _ writer: inout JSONWriter, _ elements: [Element], page: Int, at now: Timestamp,
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        let offset = (page - 1) * pageSize
        writer.object { writer in
            writer.object("meta") { writer in
                writer.member("referenceInstant", Int(now.microseconds / 1_000_000))
                writer.member("offset", offset)
                writer.member("pageSize", pageSize)
                writer.member("total", elements.count)
            }
            writer.array("data") { writer in
                for element in elements.dropFirst(offset).prefix(pageSize) { write(&writer, element) }
            }
        }
    }

    /// Writes a lot as a place. Demand is counted by sensors in the spaces; supply is what is known and not reserved, so that supply
    /// without demand is what is free, and what nobody knows is in neither.
    static func place(_ writer: inout JSONWriter, _ entry: FeedLot, at now: Timestamp) {
        let all = entry.all
        writer.object { writer in
            identity(&writer, entry.lot.id.text, version: 1)
            writer.member("type", "place")
            text(&writer, "name", entry.lot.name)
            writer.member("layer", 0)
            writer.object("hierarchyElementRecord") { writer in
                writer.member("creationTime") { $0.second(entry.lot.createdAt) }
            }
            writer.object("hierarchyElementReference") { writer in
                writer.object("elementId") { writer in
                    identity(&writer, entry.lot.id.text, version: 1)
                    writer.member("className", "Place")
                }
                if all.free + all.occupied > 0 { demand(&writer, all, heardAt: entry.heardAt ?? now, at: now) }
            }
            writer.object("occupancyLevel") { writer in
                writer.object("occupancyIndicator") {
                    $0.member(
                        "entryDefinedValue", all.known == 0 ? "unknown" : all.free == 0 ? "full" : "spacesAvailable")
                }
            }
            characteristics(&writer, entry, all)
            writer.member("timeZone", entry.lot.timeZone)
            if !entry.lot.address.isEmpty { address(&writer, entry.lot.address) }
            if let latitude = entry.lot.latitude, let longitude = entry.lot.longitude {
                writer.array("indicativePlacePointLocation") { writer in
                    GeoJSONFeed.point(&writer, latitude: latitude, longitude: longitude)
                }
            }
        }
    }

    private static func demand(_ writer: inout JSONWriter, _ all: SpotTally, heardAt: Timestamp, at now: Timestamp) {
        writer.array("demandTable") { writer in
            writer.object { writer in
                writer.member("timestamp") { $0.second(now) }
                writer.array("demandType") { writer in
                    writer.object { writer in
                        writer.member("count", all.occupied)
                        writer.member("occupancyCalculation", "counted")
                        if let percentage = all.percentage {
                            writer.member("percentage", double: percentage)
                        }
                        writer.member("recordDateTime") { $0.second(heardAt) }
                    }
                }
            }
        }
        writer.array("supply") { writer in
            writer.object { writer in
                writer.member("supplyViewType", "spaceView")
                writer.member("supplyQuantity", all.free + all.occupied)
            }
        }
    }

    private static func characteristics(_ writer: inout JSONWriter, _ entry: FeedLot, _ all: SpotTally) {
        writer.object("characteristics") { writer in
            writer.member("openToPublic", entry.lot.isPublic)
            writer.member("spacesTotal", all.total)
            writer.member("spacesNonDedicated", entry.kinds[.standard]?.total ?? 0)
            writer.member("structureType", entry.levels > 1 ? "offStreetStructure" : "offStreetSurface")
        }
    }

    private static func address(_ writer: inout JSONWriter, _ line: String) {
        writer.object("placeStreetAddress") { writer in
            writer.array("addressLines") { writer in
                writer.object { writer in
                    writer.member("order", 0)
                    text(&writer, "text", line)
                    writer.member("type", "street")
                }
            }
        }
    }

    /// Writes what names a thing.
    static func identity(_ writer: inout JSONWriter, _ id: String, version: Int64) {
        writer.member("id", id)
        writer.member("version", version)
    }

    /// Writes a text in its one language.
    static func text(_ writer: inout JSONWriter, _ name: String, _ text: String) {
        writer.array(name) { writer in
            writer.object { writer in
                writer.member("language", "en")
                writer.member("string", text)
            }
        }
    }
}
