internal import HubModel
internal import SolutionKit

/// The shapes of what the money's routes take and give; docs/parking-api.md says the same in words.
extension JSONSchema {
    private static let currency = JSONSchema.string(minimumLength: 3, maximumLength: 3, pattern: "^[A-Z]{3}$")
    private static let spotKind = JSONSchema.words(SpotKind.allCases.map(\.rawValue))
    private static let paymentID = JSONSchema.identifier
    private static let time = JSONSchema.string(pattern: "^([01][0-9]|2[0-4]):[0-5][0-9]$")
    private static let bill = [
        Property.required(
            "lines",
            .array(
                .named(
                    "PriceLine",
                    .object([
                        .required("name", .text, "The rule's name, Free or Daily maximum"),
                        .required("from", .timestamp), .required("to", .timestamp),
                        .required("amount_minor", .integer(), "Negative for what the daily maximum takes off"),
                    ])))),
        .required("total_minor", .count),
    ]

    // MARK: - Tariffs

    private static let tariffRule = JSONSchema.named(
        "TariffRule",
        .object([
            .required("name", .string(minimumLength: 1, maximumLength: TariffLimit.nameBytes)),
            .optional("kinds", .array(spotKind), "For these kinds of spots; for all without it"),
            .optional(
                "weekdays", .array(.words(TariffField.days)),
                "On these days; on all without it. A window over midnight belongs to the day on which it begins"),
            .optional("from", time, "00:00 without it"),
            .optional("to", time, "24:00 without it; not after from: over midnight"),
            .required("price", .words(["per_started", "flat", "free"])),
            .optional("minutes", .integer(minimum: 1, maximum: TariffLimit.minutes), "per_started: of a block"),
            .optional(
                "minor", .integer(minimum: 0, maximum: TariffLimit.minor), "per_started: of a block; flat: of a window"),
        ]))

    static let tariff = JSONSchema.named(
        "Tariff",
        .object([
            .required("currency", currency, "The lot's"),
            .optional("free_minutes", .integer(minimum: 0, maximum: TariffLimit.minutes), "0 without it"),
            .optional(
                "free_minutes_apply", .words(["always", "short_stays"]),
                "always (also without it): free for everybody; short_stays: only for who leaves within them"),
            .optional(
                "daily_cap_minor", .nullable(.integer(minimum: 0, maximum: TariffLimit.minor)),
                "The most that one calendar day costs"),
            .required("rules", .array(tariffRule), "The first that fits a moment counts; what none fits is free"),
        ]))

    static let newTariff = JSONSchema.object([
        .required("tariff", tariff),
        .optional("valid_from", .nullable(.anyOf([.text, .number])), "Now or later; now without it"),
    ])

    static let tariffVersion = JSONSchema.named(
        "TariffVersion",
        .object([
            .required("version", .integer(minimum: 1)),
            .required("valid_from", .timestamp, "Stays that begin from here on are priced by it to their end"),
            .required("time_zone", .text, "The lot's when it was added: the clock whose days and hours it goes by"),
            .required("created_by", .text), .required("created_at", .timestamp), .required("tariff", tariff),
        ]))

    static let tariffVersions = JSONSchema.object([
        .required("lot_id", .identifier), .required("currency", currency),
        .required("present_version", .nullable(.integer(minimum: 1)), "Null: parking is free"),
        .required("versions", .array(tariffVersion)),
    ])

    static let parkingPrice = JSONSchema.named(
        "ParkingPrice",
        .object(
            [
                .required("lot_id", .identifier), .required("kind", spotKind), .required("from", .timestamp),
                .required("to", .timestamp), .required("currency", currency),
                .required("tariff_version", .nullable(.integer(minimum: 1)), "Null: parking is free"),
            ] + bill + [.required("total", .number, "In major units")]))

    static let tariffDraft = JSONSchema.object([
        .required("tariff", tariff), .optional("from", .nullable(day), "The first day; 29 days before to without it"),
        .optional("to", .nullable(day), "The last day; today without it"),
    ])

    private static let replaySum: [Property] = [
        .required("sessions", .count), .required("actual_minor", .integer(), "What they cost"),
        .required("draft_minor", .integer(), "What they would have cost"), .required("difference_minor", .integer()),
        .required("dearer", .count, "Stays"), .required("cheaper", .count), .required("same", .count),
    ]

    private static let range: [Property] = [
        .required("lot_id", .identifier), .required("time_zone", .text), .required("currency", currency),
        .required("from", day), .required("to", day, "Among them"),
    ]

    private static let replayExamples = JSONSchema.array(
        .named(
            "ReplayedStay",
            .object([
                .required("session_id", .identifier), .required("spot_id", .identifier), .required("kind", spotKind),
                .required("arrived_at", .timestamp), .required("departed_at", .timestamp),
                .required("actual_minor", .count), .required("draft_minor", .count),
            ])))

    static let tariffReplay = JSONSchema.named(
        "TariffReplay",
        .object(
            range + [
                .required("total", .object(replaySum)),
                .required(
                    "turnover",
                    .object([
                        .required("actual", .nullable(.number), "Cars a spot and day; null without a whole day"),
                        .required("draft", .nullable(.number), "The same: who would have stayed away, nobody knows"),
                        .required("days", .count, "Whole days in which the lot was observed"),
                    ])),
                .required("kinds", .array(.object([.required("kind", spotKind)] + replaySum))),
                .required(
                    "weekdays", .array(.object([.required("weekday", .words(TariffField.days))] + replaySum)),
                    "By the day on which the car came"),
                .required("dearest", replayExamples, "The stays that would become dearer by most"),
                .required("cheapest", replayExamples),
            ]))

    // MARK: - Payments

    private static let amounts: [Property] = [
        .optional("amount", .number, "In major units, exactly: 2.50"),
        .optional("amount_minor", .integer(minimum: 1, maximum: PaymentRequest.largestMinor), "In minor units: 250"),
        .optional("currency", .nullable(currency), "The lot's, which counts without it"),
        .optional("method", .nullable(.string(minimumLength: 1, maximumLength: 32))),
    ]

    static let newPayment = JSONSchema.object(
        [
            .required("payment_id", paymentID, "The same again changes nothing"),
            .optional("session_id", .nullable(.identifier)), .optional("spot_id", .nullable(.identifier)),
            .optional("lot_id", .nullable(.identifier), "Must be the spot's"),
        ] + amounts + [.optional("timestamp", .nullable(.anyOf([.text, .number])), "When it was paid; now without it")])

    static let newRefund = JSONSchema.object(
        [
            .required("payment_id", paymentID, "The refund's own: the same again changes nothing"),
            .optional(
                "lot_id", .nullable(.identifier), "A lot of the site that is meant, where several have this payment"),
        ] + amounts)

    static let newWaiver = JSONSchema.object([
        .required("waiver_id", paymentID, "The waiver's own: the same again changes nothing"),
        .optional("amount", .nullable(.number), "In major units, exactly: 2.50; all that is owed without it"),
        .optional("amount_minor", .nullable(.integer(minimum: 1, maximum: PaymentRequest.largestMinor))),
        .required("reason", .string(minimumLength: 1, maximumLength: WaiverRequest.longestReason)),
    ])

    static let waiver = JSONSchema.named(
        "ParkingWaiver",
        .object([
            .required("waiver_id", paymentID), .required("session_id", .identifier), .required("lot_id", .identifier),
            .required("amount_minor", .integer(minimum: 1)), .required("amount", .number, "In major units"),
            .required("currency", currency), .required("reason", .text), .required("waived_at", .timestamp),
            .required("waived_by", .text),
        ]))

    static let allocation = JSONSchema.object([.required("session_id", .identifier)])

    static let payment = JSONSchema.named(
        "ParkingPayment",
        .object([
            .required("payment_id", paymentID), .required("lot_id", .identifier),
            .required("spot_id", .nullable(.identifier)),
            .required("session_id", .nullable(.identifier), "Null: unallocated"),
            .required("amount_minor", .integer(minimum: 1)), .required("amount", .number, "In major units"),
            .required("currency", currency), .required("method", .nullable(.text)),
            .required("refunds", .nullable(paymentID), "The payment that this gives back; null of a payment"),
            .required("refunded_minor", .count, "How much of it went back"), .required("paid_at", .timestamp),
            .required("received_at", .timestamp), .required("taken_by", .text),
        ]))

    static let payments = JSONSchema.object([
        .required("lot_id", .identifier), .required("payments", .array(payment)),
        .next(paymentID),
    ])

    // MARK: - Sessions

    private static let sessionMembers: [Property] = [
        .required("session_id", .identifier), .required("lot_id", .identifier), .required("spot_id", .identifier),
        .required("kind", spotKind), .required("state", .words(ParkingSession.State.allCases.map(\.rawValue))),
        .required("arrived_at", .timestamp), .required("departed_at", .nullable(.timestamp)),
        .required("tariff_version", .nullable(.integer(minimum: 1))),
        .required("due_minor", .nullable(.count), "Null while the car stands there"),
        .required("balance_minor", .integer(), "Still owed; negative: paid more than is due by now"),
        .required("waived_minor", .count, "What of it was written off"),
        .required("currency", currency), .required("reservation_id", .nullable(.identifier)),
        .required("due_so_far_minor", .nullable(.count), "Of a car that stands there"),
    ]

    static let parkingSessions = JSONSchema.object([
        .required("lot_id", .identifier),
        .required("sessions", .array(.named("ParkingSession", .object(sessionMembers)))),
        .next(),
    ])

    static let parkingSessionDetail = JSONSchema.named(
        "ParkingSessionDetail", .object(sessionMembers + bill + [.required("waivers", .array(waiver))]))

    // MARK: - Reports

    static let ledger = JSONSchema.object([
        .required("lot_id", .identifier), .required("currency", currency),
        .required("balances", .object(LedgerAccount.allCases.map { .required($0.rawValue, .integer()) })),
        .required(
            "entries",
            .array(
                .named(
                    "LedgerEntry",
                    .object([
                        .required("id", .count), .required("event", .text, "Entries of one event sum to 0"),
                        .required("account", .words(LedgerAccount.allCases.map(\.rawValue))),
                        .required("amount_minor", .integer(), "Debits are positive"),
                        .required("session_id", .nullable(.identifier)),
                        .required("payment_id", .nullable(paymentID)), .required("at", .timestamp),
                    ])))), .next(.count),
    ])

    private static let takings: [Property] = [
        .required(
            "revenue_minor", .integer(), "Earned by sessions that ended, less what was given back of it or written off"),
        .required("cash_minor", .integer(), "Payments less refunds"), .required("sessions", .count, "That ended"),
    ]

    static let revenue = JSONSchema.named(
        "ParkingRevenue",
        .object(
            range + [
                .required("total", .object(takings)),
                .required("days", .array(.object([.required("day", day)] + takings))),
                .required("kinds", .array(.object([.required("kind", spotKind)] + takings))),
                .required("unallocated", .object(takings), "What nobody knows yet what it was paid for"),
            ]))

    static let allRevenue = JSONSchema.named(
        "AllParkingRevenue",
        .object([
            .required("from", day), .required("to", day, "Among them, by each lot's clock"),
            .required("by", .words(RevenueGroup.allCases.map(\.rawValue))),
            .required(
                "rows",
                .array(
                    .object(
                        [
                            .optional("lot_id", .identifier, "By lot"), .optional("name", .text, "By lot"),
                            .optional("day", day, "By day"),
                            .optional("kind", .nullable(spotKind), "By kind; null: nobody knows yet what it was for"),
                            .required("currency", currency),
                        ] + takings))),
            .required("totals", .array(.object([.required("currency", currency)] + takings)), "Of each currency"),
        ]))

    static let useReport = JSONSchema.named(
        "ParkingUseReport",
        .object(
            range + [
                .required("spots", .count, "At present"), .required("arrivals", .count),
                .required("departures", .count),
                .required("occupancy_rate", .nullable(.number), "Occupied part of the spots' time, 0 to 1"),
                .required("cars_per_spot", .nullable(.number), "Cars a spot, in all; of today, as in the lot's stats"),
                .required("turnover", .nullable(.number), "Cars a spot and day; null without a whole day"),
                .required("turnover_days", .count, "Whole days in which the lot was observed, of which that is"),
                .required("mean_stay_seconds", .nullable(.number)),
                .required("peak_hours", .array(.integer(minimum: 0, maximum: 23)), "Fullest first"),
                .required(
                    "hours",
                    .array(
                        .object([
                            .required("hour", .integer(minimum: 0, maximum: 23)),
                            .required("occupancy_rate", .nullable(.number), "Null: the lot was not observed then"),
                            .required("arrivals", .count),
                        ])), "Of the day, over all days"),
            ]))
}
