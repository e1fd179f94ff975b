internal import HubModel
internal import SolutionKit

/// The shapes of what the routes of reservations take and give.
extension JSONSchema {
    static let bookingRequest = JSONSchema.object([
        .optional("spot_id", .identifier, "Which spot; without it one is chosen"),
        .optional("kind", .words(SpotKind.allCases.map(\.rawValue)), "Of which kind; standard without it"),
        .required("from", .anyOf([.timestamp, .text, .number]), "Rounded down to a quarter of an hour"),
        .required(
            "to", .anyOf([.timestamp, .text, .number]),
            "Rounded up to a quarter of an hour; 15 minutes to 12 hours after from"),
        .optional("name", .string(minimumLength: 1, maximumLength: 100), "For the owner: a name, a number plate"),
    ])

    static let bookingCode = JSONSchema.object([.required("code", .text, "As it was given once, when it was made")])

    private static let reservationMembers: [Property] = [
        .required("reservation_id", .text),
        .required("lot_id", .identifier),
        .required("spot_id", .identifier),
        .required("from", .timestamp),
        .required("to", .timestamp),
        .required("state", .words(ReservationState.allCases.map(\.rawValue))),
        .required("holds", .boolean, "Whether it holds its spot at present"),
        .required("release_at", .nullable(.timestamp), "Until when the spot waits for the car"),
        .required("name", .nullable(.text)),
        .required("arrived_at", .nullable(.timestamp)),
        .required("ended_at", .nullable(.timestamp)),
        .required("created_at", .timestamp),
        .optional("account", .nullable(.text), "Whose it is, in a lot's list; null: a stranger's"),
    ]

    static let reservation = JSONSchema.named("Reservation", .object(reservationMembers))

    static let madeReservation = JSONSchema.named(
        "MadeReservation",
        .object(
            reservationMembers + [
                .optional("code", .text, "Without an account: what opens it from now on; shown only here")
            ]))

    static let reservationPage = JSONSchema.object([
        .required("reservations", .array(reservation)),
        .next(),
    ])

    /// Never whose it is.
    static let timeInTheWay = JSONSchema.named(
        "TimeInTheWay",
        .object([
            .required("spot_id", .identifier), .required("from", .timestamp), .required("to", .timestamp),
        ]))

    static let availability = JSONSchema.object([
        .required("lot_id", .identifier),
        .required("from", .timestamp),
        .required("to", .timestamp),
        .required("kinds", .dictionary(.array(.identifier)), "The spots that can be reserved, by kind"),
    ])
}
