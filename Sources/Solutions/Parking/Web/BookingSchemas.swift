internal import HubModel
internal import SolutionKit

extension JSONWriter {
    /// Writes a reservation as docs/parking-api.md shows it.
    /// - Parameters:
    ///   - code: what its holder shows from now on; only in the answer to making it.
    ///   - withHolder: whether whose it is may be seen.
    mutating func write(_ reservation: Reservation, code: String? = nil, withHolder: Bool = false) {
        object { json in
            json.member("reservation_id", reservation.id)
            json.member("lot_id", reservation.lot.text)
            json.member("spot_id", reservation.spot.text)
            json.member("from", reservation.beginsAt)
            json.member("to", reservation.endsAt)
            json.member("state", reservation.state.rawValue)
            json.member("holds", reservation.isHeld)
            json.member("release_at", reservation.state == .active && reservation.isOpen ? reservation.releaseAt : nil)
            json.member("name", reservation.name)
            json.member("arrived_at", reservation.arrivedAt)
            json.member("ended_at", reservation.endedAt)
            json.member("created_at", reservation.createdAt)
            if withHolder {
                json.member("account", reservation.account)
            }
            if let code {
                json.member("code", code)
            }
        }
    }
}

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

    static let reservationList = JSONSchema.object([.required("reservations", .array(reservation))])
    static let reservationPage = JSONSchema.object([
        .required("reservations", .array(reservation)),
        .next(),
    ])

    static let availability = JSONSchema.object([
        .required("lot_id", .identifier),
        .required("from", .timestamp),
        .required("to", .timestamp),
        .required("kinds", .dictionary(.array(.identifier)), "The spots that can be reserved, by kind"),
    ])
}
