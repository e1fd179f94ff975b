internal import HubModel
internal import SQL

/// How many spots of a lot were how, step by step: averages over time, made of the changes that history keeps.
struct LotHistory: Hashable, Sendable {
    /// One step.
    struct Row: Hashable, Sendable {
        var at: Timestamp
        /// Mean numbers of spots, by status.
        var means: [SpotStatus: Double]
        /// Changes within the step.
        var changes: Int
    }

    let rows: [Row]

    /// Averages of what is known.
    /// - Parameters:
    ///   - initial: what the spots were at `from`.
    ///   - changes: what happened from then on, in order of time.
    init(
        from: Timestamp, to: Timestamp, stepMicroseconds: Int64, initial: [String: SpotStatus],
        changes: [(at: Timestamp, spot: String, status: SpotStatus)]
    ) {
        var statuses = initial
        var counts: [SpotStatus: Int] = [:]
        for status in initial.values { counts[status, default: 0] += 1 }
        var rows: [Row] = []
        var index = 0
        var start = from
        while start < to {
            let end = min(start.advanced(byMicroseconds: stepMicroseconds), to)
            var weights: [SpotStatus: Double] = [:]
            var moment = start
            let first = index
            while true {
                let next = index < changes.count && changes[index].at < end ? max(changes[index].at, start) : end
                let length = Double(next.microseconds(since: moment))
                for (status, count) in counts { weights[status, default: 0] += Double(count) * length }
                moment = next
                guard index < changes.count, changes[index].at < end else { break }
                let change = changes[index]
                if let before = statuses.updateValue(change.status, forKey: change.spot) { counts[before]? -= 1 }
                counts[change.status, default: 0] += 1
                index += 1
            }
            let length = Double(end.microseconds(since: start))
            rows.append(Row(at: start, means: weights.mapValues { $0 / length }, changes: index - first))
            start = end
        }
        self.rows = rows
    }

    /// Averages of a lot's history.
    init(
        of lot: LotID, from: Timestamp, to: Timestamp, stepMicroseconds: Int64, in reader: some SQLReading
    ) throws {
        var initial: [String: SpotStatus] = [:]
        try reader.queryEach(
            """
            SELECT id, (SELECT status FROM parking_change
                WHERE parking_change.spot = parking_spot.id AND at < $2 ORDER BY at DESC, parking_change.id DESC LIMIT 1) AS was
            FROM parking_spot WHERE lot = $1
            """, [.text(lot.text), .integer(from.microseconds)]
        ) { row in
            // Nothing was ever heard of it by then.
            initial[try row.text("id")] = try row.optionalText("was").flatMap(SpotStatus.init) ?? .unknown
        }
        var changes: [(at: Timestamp, spot: String, status: SpotStatus)] = []
        try reader.queryEach(
            """
            SELECT at, spot, status FROM parking_change WHERE lot = $1 AND at >= $2 AND at < $3 AND source <> 'late'
            ORDER BY at, id
            """, [.text(lot.text), .integer(from.microseconds), .integer(to.microseconds)]
        ) { row in
            guard let status = SpotStatus(rawValue: try row.text("status")) else { return }
            let spot = try row.text("spot")
            // Of a spot that was removed the count would be wrong on one side.
            guard initial[spot] != nil else { return }
            changes.append((Timestamp(microseconds: try row.integer("at")), spot, status))
        }
        self.init(from: from, to: to, stepMicroseconds: stepMicroseconds, initial: initial, changes: changes)
    }
}
