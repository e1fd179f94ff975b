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
    ///   - initial: what the spots were at `from`; a spot that is missing was not there yet.
    ///   - changes: what happened from then on, in order of time; a spot that nobody knows yet is there from its first one.
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
            // That a spot was made is no change of it.
            var made = 0
            while true {
                let next = index < changes.count && changes[index].at < end ? max(changes[index].at, start) : end
                let length = Double(next.microseconds(since: moment))
                for (status, count) in counts { weights[status, default: 0] += Double(count) * length }
                moment = next
                guard index < changes.count, changes[index].at < end else { break }
                let change = changes[index]
                if let before = statuses.updateValue(change.status, forKey: change.spot) {
                    counts[before]? -= 1
                } else if change.status == .unknown {
                    made += 1
                }
                counts[change.status, default: 0] += 1
                index += 1
            }
            let length = Double(end.microseconds(since: start))
            rows.append(Row(at: start, means: weights.mapValues { $0 / length }, changes: index - first - made))
            start = end
        }
        self.rows = rows
    }

    /// Averages of a lot's history.
    init(
        of lot: LotID, from: Timestamp, to: Timestamp, stepMicroseconds: Int64, in reader: some SQLReading
    ) throws {
        var initial: [String: SpotStatus] = [:]
        var spots: Set<String> = []
        var silent: [(at: Timestamp, spot: String, status: SpotStatus)] = []
        try reader.queryEach(
            """
            SELECT id, status_since, (SELECT status FROM parking_change
                WHERE parking_change.spot = parking_spot.id AND at < $2 ORDER BY at DESC, parking_change.id DESC LIMIT 1) AS was,
                (SELECT MIN(at) FROM parking_change WHERE parking_change.spot = parking_spot.id) AS first_at
            FROM parking_spot WHERE lot = $1
            """, [.text(lot.text), .integer(from.microseconds)]
        ) { row in
            let spot = try row.text("id")
            spots.insert(spot)
            if let was = try row.optionalText("was").flatMap(SpotStatus.init) {
                initial[spot] = was
            } else if try row.optionalInteger("first_at") == nil {
                // Nothing was ever heard of it: it is unknown from when it was made. One that was heard counts from its first word.
                let made = Timestamp(microseconds: try row.integer("status_since"))
                if made <= from { initial[spot] = .unknown } else { silent.append((made, spot, .unknown)) }
            }
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
            guard spots.contains(spot) else { return }
            changes.append((Timestamp(microseconds: try row.integer("at")), spot, status))
        }
        if !silent.isEmpty {
            // Stable, so that two changes of one instant keep their order.
            changes = (changes + silent).enumerated()
                .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        }
        self.init(from: from, to: to, stepMicroseconds: stepMicroseconds, initial: initial, changes: changes)
    }
}
