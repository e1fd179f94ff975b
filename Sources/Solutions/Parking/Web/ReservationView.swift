internal import HubModel

/// A reservation as routes show it.
struct ReservationView: JSONWritable {
    /// Who reads it.
    enum Reader {
        /// The one who has it, or knows its code.
        case holder
        /// The one who has just made it, with the code to show from now on; nil for an account, which needs none.
        case newHolder(code: String?)
        /// Those who may see whose it is.
        case staff
    }

    let reservation: Reservation
    let reader: Reader

    init(_ reservation: Reservation, for reader: Reader) {
        (self.reservation, self.reader) = (reservation, reader)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
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
            if case .staff = reader {
                json.member("account", reservation.account)
            }
            if case .newHolder(let code?) = reader {
                json.member("code", code)
            }
        }
    }
}
