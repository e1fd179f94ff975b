package import HubModel

/// A car's time in a spot, from its arrival to its departure, and what came of it.
package struct ParkingSession: Hashable, Sendable {
    package var id: String
    package var spot: DeviceID
    package var lot: LotID
    /// The spot's kind at the arrival.
    package var kind: SpotKind
    package var arrivedAt: Timestamp
    /// Nil while the car stands there.
    package var departedAt: Timestamp?
    /// The version of the lot's tariff at the arrival, which counts to the end; nil: there was none, and the stay is free.
    package var tariff: Int64?
    /// What the stay costs; nil while the car stands there.
    package var dueMinor: Int64?
    /// What is still owed; negative: paid more than is due by now.
    package var balanceMinor: Int64
    /// What of it was written off.
    package var waivedMinor: Int64 = 0
    package var currency: String
    package var reservation: String?

    /// How a session stands.
    package enum State: String, CaseIterable, Sendable {
        /// The car stands there.
        case open
        /// Nothing was due, and nothing was paid.
        case free
        case paid, unpaid, overpaid
        /// Nothing is owed any more, since what was was written off, in whole or in part.
        case waived
    }

    /// How it stands.
    package var state: State {
        guard let dueMinor else { return .open }
        if balanceMinor > 0 { return .unpaid }
        if balanceMinor < 0 { return .overpaid }
        if waivedMinor > 0 { return .waived }
        return dueMinor == 0 ? .free : .paid
    }
}
