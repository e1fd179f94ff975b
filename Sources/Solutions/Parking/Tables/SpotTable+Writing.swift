internal import DeviceLogic
internal import HubModel
internal import SQL
internal import SolutionKit

/// Writing `parking_spot` and `parking_change`.
extension SpotTable {
    /// Makes a spot's row.
    /// - Throws: `SQLFailure` for a name that is in use.
    static func insert(_ spot: Spot, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO parking_spot (id, lot, label, level, zone, kind, x, y, rotation, decides, threshold_cm, hysteresis_cm,
                debounce_ms, out_of_service, status, status_since)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            """,
            [.text(spot.id.text), .text(spot.lot.text)] + configuration(of: spot) + [
                SQLValue(spot.state.isOutOfService), .text(spot.state.status.rawValue),
                .integer(spot.state.statusSince.microseconds),
            ])
    }

    /// Writes what people set of a spot: where it is, what it is for, how its sensor is read.
    static func configure(_ spot: Spot, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE parking_spot SET label = $2, level = $3, zone = $4, kind = $5, x = $6, y = $7, rotation = $8, decides = $9,
                threshold_cm = $10, hysteresis_cm = $11, debounce_ms = $12 WHERE id = $1
            """, [.text(spot.id.text)] + configuration(of: spot))
    }

    private static func configuration(of spot: Spot) -> [SQLValue] {
        let (place, settings) = (spot.place, spot.state.settings)
        return [
            .text(place.label), .text(place.level), SQLValue(place.zone), .text(spot.facts.kind.rawValue),
            SQLValue(place.x), SQLValue(place.y), .real(place.rotation), .text(settings.decides.rawValue),
            .real(settings.thresholdCentimetres), .real(settings.hysteresisCentimetres),
            .integer(settings.debounceMilliseconds),
        ]
    }

    /// Writes what changes by itself of a spot.
    static func update(_ spot: Spot, in transaction: Transaction) throws {
        let state = spot.state
        try transaction.execute(
            """
            UPDATE parking_spot SET sensed_occupied = $2, sensed_since = $3, candidate_occupied = $4, candidate_since = $5,
                candidate_heard_at = $6, distance_cm = $7, observed_at = $8, heard_at = $9, out_of_service = $10,
                override_occupied = $11, override_until = $12, override_by = $13, override_at = $14, status = $15,
                status_since = $16, color = $17, client_id = $18, car = $19, car_since = $20, lasting_occupied = $21,
                lasting_since = $22, pending_occupied = $23, pending_since = $24, pending_observed_at = $25,
                pending_heard_at = $26, clock_newest = $27, clock_heard_at = $28, clock = $29 WHERE id = $1
            """,
            [
                .text(spot.id.text), SQLValue(state.sensed), SQLValue(state.sensedSince?.microseconds),
                SQLValue(state.candidate?.isOccupied), SQLValue(state.candidate?.since),
                SQLValue(state.candidate?.heardAt), SQLValue(state.distanceCentimetres),
                SQLValue(state.observedAt?.microseconds), SQLValue(state.heardAt?.microseconds),
                SQLValue(state.isOutOfService), SQLValue(state.override?.isOccupied),
                SQLValue(state.override?.until?.microseconds), SQLValue(state.override?.by),
                SQLValue(state.override?.at.microseconds), .text(state.status.rawValue),
                .integer(state.statusSince.microseconds), SQLValue(spot.sentColor?.rawValue), SQLValue(spot.clientID),
                SQLValue(state.car.isThere), .integer(state.car.since.microseconds),
                SQLValue(state.car.sensed?.isOccupied), SQLValue(state.car.sensed?.since.microseconds),
                SQLValue(state.car.pending?.isOccupied), SQLValue(state.car.pending?.since.microseconds),
                SQLValue(state.car.pending?.observedAt.microseconds),
                SQLValue(state.car.pending?.heardAt.microseconds), SQLValue(spot.clock.newest?.microseconds),
                SQLValue(spot.clock.heardAt?.microseconds), SQLValue(spot.clock.text),
            ])
    }

    /// Appends a change to history.
    static func insert(_ change: StatusChange, of spot: Spot, in transaction: Transaction) throws {
        try ChangeTable.history.append(
            change.to.rawValue, of: spot.id.text, in: spot.lot.text, at: change.at, source: change.source.rawValue,
            in: transaction)
    }

    /// Whether a car's session goes on there.
    static func hasOpenSession(_ spot: DeviceID, in reader: some SQLReading) throws -> Bool {
        try reader.queryFirst(
            "SELECT 1 FROM parking_session WHERE spot = $1 AND departed_at IS NULL", [.text(spot.text)]) != nil
    }

    /// Removes a spot. Its history, sessions and payments stay.
    static func remove(_ spot: DeviceID, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM parking_spot WHERE id = $1", [.text(spot.text)])
    }
}
