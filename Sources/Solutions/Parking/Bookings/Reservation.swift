package import HubModel
internal import SolutionKit

/// How far a reservation has come.
package enum ReservationState: String, CaseIterable, Sendable {
    /// It waits for its time, or for its car.
    case active
    /// The car came.
    case used
    /// Nobody came.
    case released
    /// Its holder, or the owner of the lot, gave it up.
    case cancelled
}

/// A spot that is kept for somebody for a time. A value; the line tells it what happens and when.
///
/// From `beginsAt` on it holds its spot. When nobody has come by `releaseAt` and the sensor says so, it lets go of it; once the car came it
/// holds the spot to its end, so that its holder may drive away and come back.
package struct Reservation: Hashable, Sendable {
    package let id: String
    package let lot: LotID
    package let spot: DeviceID
    /// The account it belongs to; nil: a stranger's, who has its code.
    var account: String?
    /// What the holder wants to be called; nil if they said nothing.
    var name: String?
    /// A quarter of an hour, inclusive.
    package let beginsAt: Timestamp
    /// A quarter of an hour, exclusive.
    package let endsAt: Timestamp
    /// Until when it waits for the car.
    var releaseAt: Timestamp
    package var state = ReservationState.active
    /// Whether `begins` was said and `ends` was not.
    var isHeld = false
    /// When time alone changes it next; nil: never, it is over.
    var dueAt: Timestamp?
    /// When the car came.
    var arrivedAt: Timestamp?
    /// When it was over.
    var endedAt: Timestamp?
    let createdAt: Timestamp

    /// A new one.
    init(
        id: String, lot: LotID, spot: DeviceID, account: String?, name: String?, time: TimeSlots, createdAt: Timestamp
    ) {
        self.id = id
        self.lot = lot
        self.spot = spot
        self.account = account
        self.name = name
        beginsAt = time.begin
        endsAt = time.end
        releaseAt = max(time.begin, createdAt).advanced(bySeconds: BookingRules.graceSeconds)
        dueAt = max(time.begin, createdAt)
        self.createdAt = createdAt
    }

    /// What the holding of its spot does, and when that was due.
    struct Step: Hashable, Sendable {
        var kind: BookingStep.Kind
        var at: Timestamp
    }

    /// Whether it may still come to something.
    var isOpen: Bool { dueAt != nil }

    /// What time has done to it. Asked again for the same time, it says nothing.
    /// - Parameter status: of its spot, as last stored; nil if there is no such spot any more.
    mutating func advance(to now: Timestamp, status: SpotStatus?) -> Step? {
        guard let dueAt, dueAt <= now else { return nil }
        guard status != nil else { return finish(.cancelled, at: now) }
        guard now < endsAt else { return finish(state == .used ? .used : .released, at: endsAt) }
        var step: Step?
        if !isHeld {
            isHeld = true
            step = Step(kind: .begins, at: dueAt)
            // Anyone who could not be seen coming because the hub was not running gets the whole grace.
            if now.microseconds(since: dueAt) > BookingRules.lookAgainSeconds * 1_000_000 {
                releaseAt = max(releaseAt, now.advanced(bySeconds: BookingRules.graceSeconds))
            }
        }
        if state == .used {
            self.dueAt = endsAt
        } else if now < releaseAt {
            self.dueAt = min(releaseAt, endsAt)
        } else if status == .free || status == .reserved {
            return finish(.released, at: dueAt)
        } else {
            // Occupied by whoever came before its time, or unknown: nothing says that its holder has not come. Looked at again.
            self.dueAt = min(now.advanced(bySeconds: BookingRules.lookAgainSeconds), endsAt)
        }
        return step
    }

    /// A car came to its spot.
    mutating func arrive(at instant: Timestamp) {
        guard isOpen, state == .active else { return }
        state = .used
        arrivedAt = instant
        if isHeld { dueAt = endsAt }
    }

    /// Gives it up.
    /// - Throws: `conflict` when it is over already.
    mutating func cancel(at now: Timestamp) throws(Refusal) {
        guard isOpen else { throw Refusal(.conflict, "The reservation is over: it is \(state.rawValue).") }
        // A used one that ends early was used.
        _ = finish(state == .used ? .used : .cancelled, at: now)
    }

    private mutating func finish(_ end: ReservationState, at instant: Timestamp) -> Step? {
        let step = isHeld ? Step(kind: .ends, at: instant) : nil
        state = end
        isHeld = false
        dueAt = nil
        endedAt = instant
        return step
    }
}
