internal import HubModel
internal import SolutionKit

/// The shapes of what the routes of lots take and give; docs/parking-api.md says the same in words.
enum LotSchemas {
    static let status = JSONSchema.words(SpotStatus.allCases.map(\.rawValue))
    static let kind = JSONSchema.words(SpotKind.allCases.map(\.rawValue))

    private static let override = JSONSchema.nullable(
        .object([
            .required("occupied", .boolean),
            .required("at", .timestamp, "When it was decided"),
            .required("until", .nullable(.timestamp), "When it ends by itself; null: when somebody clears it"),
            .optional("by", .text, "Who decided it; only for people of the site"),
        ]))

    static let sensor = JSONSchema.object([
        .required("decides", .words(SpotSignal.allCases.map(\.rawValue))),
        .required("threshold_cm", .number),
        .required("hysteresis_cm", .number),
        .required("debounce_seconds", .number),
        .required("sensed_occupied", .nullable(.boolean), "What the sensor says, whatever people decided"),
        .required("heard_at", .nullable(.timestamp)),
        .required("client_id", .nullable(.text), "The MQTT client that last spoke for it"),
    ])

    static let spot = JSONSchema.named(
        "ParkingSpot",
        .object([
            .required("spot_id", .identifier),
            .required("lot_id", .identifier),
            .required("occupied", .nullable(.boolean), "null when nobody knows, and out of service"),
            .required("distance", .nullable(.number), "cm, as the sensor last measured"),
            .required("status", status),
            .required("label", .text),
            .required("since", .timestamp, "Since when it has its status"),
            .required("observed_at", .nullable(.timestamp), "When its sensor's newest report was observed"),
            .required("stale_after_seconds", .count, "Silence longer than this makes it unknown"),
            .required("color", .text, "What lights up over it"),
            .required("override", override),
            .required("level", .text),
            .required("zone", .nullable(.text)),
            .required("kind", kind),
            .required("x", .nullable(.number), "Metres from the plan's left edge"),
            .required("y", .nullable(.number), "Metres from the plan's upper edge"),
            .required("rotation", .number, "Degrees, clockwise"),
            .optional("sensor", sensor, "Only for people of the site"),
        ]))

    private static let tallyMembers: [JSONSchema.Property] = [
        .required("total_spots", .count),
        .required("available_spots", .count, "Known to be free; what is unknown is not among them"),
        .required("occupied_spots", .count),
        .required("reserved_spots", .count),
        .required("out_of_service_spots", .count),
        .required("unknown_spots", .count),
        .required("occupancy_rate", .nullable(.number), "Occupied among those of which it is known; 0 to 1"),
    ]

    private static let tallies = JSONSchema.dictionary(.named("SpotTally", .object(tallyMembers)))

    private static let groups: [JSONSchema.Property] = [
        .required("levels", tallies), .required("zones", tallies), .required("kinds", tallies),
    ]

    private static let lotMembers: [JSONSchema.Property] =
        [
            .required("lot_id", .identifier),
            .required("site", .identifier),
            .required("name", .text),
            .required("address", .text),
            .required("latitude", .nullable(.number)),
            .required("longitude", .nullable(.number)),
            .required("time_zone", .text, "IANA name"),
            .required("currency", .text, "ISO 4217"),
            .required("public", .boolean),
            .required("stale_after_seconds", .count),
            .required("plan", .object([.required("width", .number), .required("height", .number)]), "Metres"),
            .required("price_per_hour", .number, "Of an hour that begins now on a standard spot, in major units"),
        ] + tallyMembers

    static let lot = JSONSchema.named("ParkingLot", .object(lotMembers))
    static let lots = JSONSchema.array(lot)
    static let wholeLot = JSONSchema.named(
        "ParkingLotWithSpots",
        .object(lotMembers + groups + [.required("spots", .array(spot)), .required("now", .timestamp)]))

    static let stats = JSONSchema.named(
        "ParkingStats",
        .object(
            [
                .required("lot_id", .identifier), .required("name", .text), .required("at", .timestamp),
                .required("price_per_hour", .number), .required("currency", .text),
            ] + tallyMembers + groups + [
                .optional(
                    "turnover", .nullable(.number),
                    "Cars a spot today: arrivals since midnight by spots; with parking.view"),
                .optional("mean_stay_seconds", .nullable(.number), "Of stays that ended today; with parking.view"),
                .optional("revenue_today_minor", .integer(), "What became due today; with parking.money"),
                .optional("revenue_today", .number, "The same in major units"),
            ]))

    static let overrideRequest = JSONSchema.object([
        .required("spot_id", .identifier),
        .optional("occupied", .boolean, "What counts, whatever the sensor says"),
        .optional("until", .anyOf([.timestamp, .text, .number]), "When it ends by itself; any form of time"),
        .optional("clear", .boolean, "true: the sensor counts again"),
        .optional("out_of_service", .boolean, "Nobody may park there, or may again"),
    ])

    static let spotRequest = JSONSchema.object(spotFields(isNamed: .required("spot_id", .identifier)))
    static let spotChange = JSONSchema.object(spotFields(isNamed: nil))

    private static func spotFields(isNamed name: JSONSchema.Property?) -> [JSONSchema.Property] {
        (name.map { [$0] } ?? []) + [
            .optional("label", .string(minimumLength: 1, maximumLength: 64)),
            .optional("level", .string(minimumLength: 1, maximumLength: 16)),
            .optional("zone", .nullable(.string(minimumLength: 1, maximumLength: 32))),
            .optional("kind", kind),
            .optional("x", .nullable(.number)),
            .optional("y", .nullable(.number)),
            .optional("rotation", .number),
            .optional("decides", .words(SpotSignal.allCases.map(\.rawValue))),
            .optional("threshold_cm", .number),
            .optional("hysteresis_cm", .number),
            .optional("debounce_seconds", .number),
        ]
    }

    static let lotRequest = JSONSchema.object(lotFields(isNamed: .required("lot_id", .identifier)))
    static let lotChange = JSONSchema.object(lotFields(isNamed: nil))

    private static func lotFields(isNamed name: JSONSchema.Property?) -> [JSONSchema.Property] {
        (name.map { [$0] } ?? []) + [
            .optional("site", .identifier),
            .optional("name", .string(minimumLength: 1, maximumLength: 200)),
            .optional("address", .string(maximumLength: 500)),
            .optional("latitude", .nullable(.number)),
            .optional("longitude", .nullable(.number)),
            .optional("time_zone", .text),
            .optional("currency", .string(minimumLength: 3, maximumLength: 3)),
            .optional("public", .boolean),
            .optional("stale_after_seconds", .integer(minimum: 10, maximum: 604_800)),
            .optional("plan", .object([.required("width", .number), .required("height", .number)])),
            .optional(
                "price_per_hour", .nullable(.number),
                "A tariff for a lot that has none: each started hour costs this, in major units; else what an hour costs now. In an export null where it depends on the time or the spot"
            ),
            .optional("spots", .array(spotRequest)),
        ]
    }

    static let document = JSONSchema.named(
        "ParkingDocument", .object([.required("lots", .array(lotRequest))]))

    static let imported = JSONSchema.object([
        .required("lots", .count), .required("spots", .count), .required("added_lots", .count),
        .required("added_spots", .count),
    ])

    static let made = JSONSchema.object([
        .required("message", .text), .required("lots", .count), .required("spots", .count),
        .required("added_lots", .count), .required("added_spots", .count),
    ])
}
