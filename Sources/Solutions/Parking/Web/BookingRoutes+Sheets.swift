internal import HubModel
internal import SolutionKit

/// Reservations as CSV.
extension BookingRoutes {
    static let columns = [
        "reservation_id", "lot_id", "spot_id", "from", "to", "state", "holds", "release_at", "name", "account",
        "arrived_at", "ended_at", "created_at",
    ]

    /// A reservation under `columns`.
    static func cells(of reservation: Reservation) -> [CSVWriter.Cell] {
        [
            .text(reservation.id), .text(reservation.lot.text), .text(reservation.spot.text),
            .time(reservation.beginsAt), .time(reservation.endsAt), .text(reservation.state.rawValue),
            .boolean(reservation.isHeld), .time(reservation.releaseAt), .text(reservation.name),
            .text(reservation.account), .time(reservation.arrivedAt), .time(reservation.endedAt),
            .time(reservation.createdAt),
        ]
    }
}
