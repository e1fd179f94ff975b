internal import HubModel
internal import SolutionKit

/// The shapes of the feeds, as far as this hub fills them; the standards allow more.
extension JSONSchema {
    /// ISO-8601 to the second, UTC.
    private static let second = JSONSchema.string(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")

    // ParkAPI version 3.

    private static let parkAPIRestriction = JSONSchema.object([
        .required("type", .words(["DISABLED", "FAMILY", "CHARGING"])), .required("capacity", .count),
        .optional("realtime_capacity", .count), .optional("realtime_free_capacity", .count),
    ])

    static let parkAPISite = JSONSchema.named(
        "ParkAPISite",
        .object(
            [
                .required("id", .integer(minimum: 1)), .required("source_id", .integer(minimum: 1)),
                .required("original_uid", .identifier, "The lot"), .required("name", .text),
                .optional("address", .text),
                .required("type", .words(["CAR_PARK", "OFF_STREET_PARKING_GROUND"])),
                .required("purpose", .words(["CAR"])), .required("lat", .number), .required("lon", .number),
                .required("has_fee", .boolean), .required("created_at", second), .required("modified_at", second),
                .required("static_data_updated_at", second), .required("capacity", .count, "Spots"),
                .required("has_realtime_data", .boolean, "False when nothing is known of any spot"),
                .optional("realtime_data_updated_at", second, "When a sensor was last heard"),
                .optional("realtime_capacity", .count, "Spots in service"),
                .optional("realtime_free_capacity", .count, "Spots that are known to be free, and not reserved"),
                .optional("restrictions", .array(parkAPIRestriction), "The same by kind"),
            ]
                + ["disabled", "family", "charging"].flatMap { kind in
                    ["capacity_", "realtime_capacity_", "realtime_free_capacity_"].map {
                        Property.optional("\($0)\(kind)", .count)
                    }
                }))

    static let parkAPISites = JSONSchema.object([
        .required("items", .array(parkAPISite)), .required("total_count", .count),
    ])

    static let parkAPISources = JSONSchema.object([
        .required(
            "items",
            .array(
                .object([
                    .required("id", .integer(minimum: 1)), .required("uid", .text), .required("name", .text),
                    .required("created_at", second), .required("modified_at", second),
                    .required("static_status", .text), .required("realtime_status", .text),
                    .optional("realtime_data_updated_at", second),
                ]))), .required("total_count", .count),
    ])

    // GeoJSON.

    private static let point = JSONSchema.object([
        .required("type", .words(["Point"])), .required("coordinates", .array(.number), "Longitude, latitude"),
    ])

    static let geoJSONFeed = JSONSchema.object([
        .required("type", .words(["FeatureCollection"])),
        .required(
            "features",
            .array(
                .object([
                    .required("type", .words(["Feature"])), .required("id", .identifier),
                    .required("geometry", .nullable(point)),
                    .required(
                        "properties",
                        .object(
                            [
                                .required("lot_id", .identifier), .required("name", .text), .required("address", .text),
                                .required("total_spots", .count),
                            ] + SpotStatus.allCases.map { Property.required("\($0.rawValue)_spots", .count) } + [
                                .required("heard_at", .nullable(.timestamp))
                            ])),
                ]))),
    ])

    // DATEX II.

    private static func datexWord(_ words: [String]) -> JSONSchema { .object([.required("value", .words(words))]) }

    private static let datexSite = JSONSchema.named(
        "DATEXParkingSite",
        .object([
            .required("_id", .identifier, "The lot"), .optional("lastUpdate", second),
            .required("type", datexWord(["carPark", "offStreetParkingGround"])), .required("name", .text),
            .required("freeParking", .boolean), .required("numberOfSpaces", .count, "Without closed ones"),
            .optional("availableSpaces", .count, "Known to be free and not reserved; missing if nothing is known"),
            .required(
                "assignedFor",
                .array(
                    .object([
                        .required("typeOfAssignment", datexWord(["allowedFor"])),
                        .optional("user", datexWord(["disabled", "families"])),
                        .optional("fuelType", datexWord(["battery"])),
                        .optional("vehicleType", datexWord(["motorcycle"])), .optional("availableSpaces", .count),
                    ]))),
            .required(
                "locationAndDimension",
                .object([
                    .optional("locationDescriptor", .text),
                    .required(
                        "coordinatesForDisplay",
                        .object([.required("latitude", .number), .required("longitude", .number)])),
                ])),
        ]))

    static let datexFeed = JSONSchema.object([
        .required("_version", .text), .required("_modelBaseVersion", .text),
        .required(
            "parkingPublicationLight",
            .object([
                .required("lang", .text), .required("publicationTime", second),
                .required(
                    "publicationCreator",
                    .object([.required("country", .text), .required("nationalIdentifier", .text)])),
                .required("name", .text), .required("parkingSite", .array(datexSite)),
            ])),
    ])
}
