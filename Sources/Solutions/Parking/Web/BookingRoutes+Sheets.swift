internal import HubModel
internal import SolutionKit

/// Reservations and the forecast as CSV.
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

    static func sheet(of forecast: OccupancyForecast) -> RouteResponse {
        var sheet = CSVWriter(["at", "free", "spots"])
        for (number, free) in forecast.free.enumerated() {
            let at = forecast.begin.advanced(byMicroseconds: Int64(number) * TimeSlots.quarterHour)
            sheet.row([.time(at), .number(free.map { ($0 * 10).rounded() / 10 }), .integer(Int64(forecast.resources))])
        }
        return .csv(sheet, named: "forecast")
    }
}
