internal import SolutionKit

/// The shapes of the APDS feeds.
extension JSONSchema {
    private static let second = JSONSchema.string(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")

    private static let texts = JSONSchema.array(.object([.required("language", .text), .required("string", .text)]))

    private static let identity: [Property] = [
        .required("id", .text), .required("version", .integer(minimum: 1)),
    ]

    private static func page(_ element: JSONSchema) -> JSONSchema {
        .object([
            .required(
                "meta",
                .object([
                    .required("referenceInstant", .count, "Seconds since 1970"), .required("offset", .count),
                    .required("pageSize", .count), .required("total", .count),
                ])), .required("data", .array(element)),
        ])
    }

    private static let demand = JSONSchema.object([
        .required("timestamp", second),
        .required(
            "demandType",
            .array(
                .object([
                    .required("count", .count, "Occupied"), .required("occupancyCalculation", .words(["counted"])),
                    .optional("percentage", .number), .required("recordDateTime", second),
                ]))),
    ])

    private static let supply = JSONSchema.object([
        .required("supplyViewType", .words(["spaceView"])),
        .required("supplyQuantity", .count, "Free and occupied; what is reserved or unknown is not in it"),
    ])

    static let apdsPlace = JSONSchema.named(
        "APDSPlace",
        .object(
            identity + [
                .required("type", .words(["place"])), .required("name", texts), .required("layer", .count),
                .required("hierarchyElementRecord", .object([.required("creationTime", second)])),
                .required(
                    "hierarchyElementReference",
                    .object([
                        .required("elementId", .object(identity + [.required("className", .text)])),
                        .optional("demandTable", .array(demand), "Missing if nothing is known"),
                        .optional("supply", .array(supply)),
                    ])),
                .required(
                    "occupancyLevel",
                    .object([
                        .required(
                            "occupancyIndicator",
                            .object([.required("entryDefinedValue", .words(["full", "spacesAvailable", "unknown"]))]))
                    ])),
                .required(
                    "characteristics",
                    .object([
                        .required("openToPublic", .boolean), .required("spacesTotal", .count),
                        .required("spacesNonDedicated", .count),
                        .required("structureType", .words(["offStreetStructure", "offStreetSurface"])),
                    ])), .required("timeZone", .text),
                .optional(
                    "placeStreetAddress",
                    .object([
                        .required(
                            "addressLines",
                            .array(
                                .object([
                                    .required("order", .count), .required("text", texts),
                                    .required("type", .words(["street"])),
                                ])))
                    ])),
                .optional(
                    "indicativePlacePointLocation",
                    .array(
                        .object([
                            .required("type", .words(["Point"])), .required("coordinates", .array(.number)),
                        ]))),
            ]))

    static let apdsPlaces = page(apdsPlace)

    private static let rateLine = JSONSchema.object(
        identity + [
            .required("sequence", .integer(minimum: 1)), .required("description", texts),
            .required("rateLineType", .words(["flatRate", "flatRateTier", "incrementingRate"])),
            .optional("durationStart", .text), .optional("durationEnd", .text), .optional("incrementPeriod", .text),
            .required("value", .number, "In units of the currency, not cents"),
        ])

    static let apdsRate = JSONSchema.named(
        "APDSRateTable",
        .object(
            identity + [
                .required("rateTableName", texts), .required("availability", .words(["public"])),
                .required("rateType", .words(["hourly"])), .required("validityStart", second),
                .required("activeTimes", .array(.any)),
                .required(
                    "validity",
                    .object([
                        .required("validityStatus", .words(["definedByValidityTimeSpec"])),
                        .required("validityTimeSpecification", .object([.required("overallStartTime", second)])),
                    ])),
                .required(
                    "rateLineCollections",
                    .array(
                        .object(
                            identity + [
                                .required("collectionSequence", .integer(minimum: 1)),
                                .required("applicableCurrency", .text), .required("resetTime", .text),
                                .required("validStart", second), .required("relativeTimes", .boolean),
                                .required("taxIncluded", .boolean),
                                .optional(
                                    "maxValueCollection",
                                    .object([.required("currencyType", .text), .required("currencyValue", .number)])),
                                .required("rateLines", .array(rateLine)),
                            ]))),
            ]))

    static let apdsRates = page(apdsRate)
}
