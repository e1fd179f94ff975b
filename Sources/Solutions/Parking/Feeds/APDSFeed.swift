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
        writer.beginObject()
        writer.key("meta")
        writer.beginObject()
        writer.member("referenceInstant", Int(now.microseconds / 1_000_000))
        writer.member("offset", offset)
        writer.member("pageSize", pageSize)
        writer.member("total", elements.count)
        writer.endObject()
        writer.key("data")
        writer.beginArray()
        for element in elements.dropFirst(offset).prefix(pageSize) { write(&writer, element) }
        writer.endArray()
        writer.endObject()
    }

    /// Writes a lot as a place. Demand is counted by sensors in the spaces; supply is what is known and not reserved, so that supply
    /// without demand is what is free, and what nobody knows is in neither.
    static func place(_ writer: inout JSONWriter, _ entry: FeedLot, at now: Timestamp) {
        let all = entry.all
        writer.beginObject()
        identity(&writer, entry.lot.id.text, version: 1)
        writer.member("type", "place")
        text(&writer, "name", entry.lot.name)
        writer.member("layer", 0)
        writer.key("hierarchyElementRecord")
        writer.beginObject()
        writer.key("creationTime")
        writer.second(entry.lot.createdAt)
        writer.endObject()
        writer.key("hierarchyElementReference")
        writer.beginObject()
        writer.key("elementId")
        writer.beginObject()
        identity(&writer, entry.lot.id.text, version: 1)
        writer.member("className", "Place")
        writer.endObject()
        if all.free + all.occupied > 0 { demand(&writer, all, heardAt: entry.heardAt ?? now, at: now) }
        writer.endObject()
        writer.key("occupancyLevel")
        writer.beginObject()
        writer.key("occupancyIndicator")
        writer.beginObject()
        writer.member("entryDefinedValue", all.known == 0 ? "unknown" : all.free == 0 ? "full" : "spacesAvailable")
        writer.endObject()
        writer.endObject()
        characteristics(&writer, entry, all)
        writer.member("timeZone", entry.lot.timeZone)
        if !entry.lot.address.isEmpty { address(&writer, entry.lot.address) }
        if let latitude = entry.lot.latitude, let longitude = entry.lot.longitude {
            writer.key("indicativePlacePointLocation")
            writer.beginArray()
            GeoJSONFeed.point(&writer, latitude: latitude, longitude: longitude)
            writer.endArray()
        }
        writer.endObject()
    }

    private static func demand(_ writer: inout JSONWriter, _ all: SpotTally, heardAt: Timestamp, at now: Timestamp) {
        writer.key("demandTable")
        writer.beginArray()
        writer.beginObject()
        writer.key("timestamp")
        writer.second(now)
        writer.key("demandType")
        writer.beginArray()
        writer.beginObject()
        writer.member("count", all.occupied)
        writer.member("occupancyCalculation", "counted")
        if let percentage = all.percentage {
            writer.key("percentage")
            writer.double(percentage)
        }
        writer.key("recordDateTime")
        writer.second(heardAt)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.key("supply")
        writer.beginArray()
        writer.beginObject()
        writer.member("supplyViewType", "spaceView")
        writer.member("supplyQuantity", all.free + all.occupied)
        writer.endObject()
        writer.endArray()
    }

    private static func characteristics(_ writer: inout JSONWriter, _ entry: FeedLot, _ all: SpotTally) {
        writer.key("characteristics")
        writer.beginObject()
        writer.member("openToPublic", entry.lot.isPublic)
        writer.member("spacesTotal", all.total)
        writer.member("spacesNonDedicated", entry.kinds[.standard]?.total ?? 0)
        writer.member("structureType", entry.levels > 1 ? "offStreetStructure" : "offStreetSurface")
        writer.endObject()
    }

    private static func address(_ writer: inout JSONWriter, _ line: String) {
        writer.key("placeStreetAddress")
        writer.beginObject()
        writer.key("addressLines")
        writer.beginArray()
        writer.beginObject()
        writer.member("order", 0)
        text(&writer, "text", line)
        writer.member("type", "street")
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }

    /// Writes what names a thing.
    static func identity(_ writer: inout JSONWriter, _ id: String, version: Int64) {
        writer.member("id", id)
        writer.member("version", version)
    }

    /// Writes a text in its one language.
    static func text(_ writer: inout JSONWriter, _ name: String, _ text: String) {
        writer.key(name)
        writer.beginArray()
        writer.beginObject()
        writer.member("language", "en")
        writer.member("string", text)
        writer.endObject()
        writer.endArray()
    }
}
