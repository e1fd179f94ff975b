internal import HubModel
internal import SQL

/// How many spots of a lot were how, step by step: averages over time, made of the changes that history keeps.
struct LotHistory: Sendable {
    /// One step.
    struct Row: Sendable {
        var at: Timestamp
        /// Mean numbers of spots, by status.
        var means: [SpotStatus: Double]
        /// Changes within the step.
        var changes: Int
    }

    let rows: [Row]

    /// Averages of what is known.
    init(_ occupancy: OccupancySteps, from: Timestamp, to: Timestamp, stepMicroseconds: Int64) {
        let steps = occupancy.steps
        var rows: [Row] = []
        var index = 0
        var start = from
        while start < to {
            let end = min(start.advanced(byMicroseconds: stepMicroseconds), to)
            var row = Row(at: start, means: [:], changes: 0)
            while index < steps.count, steps[index].at < end {
                let next = index + 1 < steps.count ? steps[index + 1].at : occupancy.end
                let length = Double(min(next, end).microseconds(since: max(steps[index].at, start)))
                for status in SpotStatus.allCases {
                    row.means[status, default: 0] += Double(steps[index].tally[status]) * length
                }
                if steps[index].at >= start { row.changes += steps[index].changes }
                // What lasts beyond the end goes on in the next row.
                guard next <= end else { break }
                index += 1
            }
            let length = Double(end.microseconds(since: start))
            row.means = row.means.mapValues { $0 / length }
            rows.append(row)
            start = end
        }
        self.rows = rows
    }

    /// Averages of a lot's history.
    /// - Throws: `too_many_steps` when more happened than is read for one answer.
    init(
        of lot: LotID, from: Timestamp, to: Timestamp, stepMicroseconds: Int64, in reader: some SQLReading
    ) throws {
        let most = ChangeTable.mostChanges
        guard var changes = try ChangeTable.changes(of: lot, from: from, to: to, limit: most, in: reader) else {
            throw Refusal(.tooManySteps, "more than \(most) changes: choose a shorter time")
        }
        let statuses = try ChangeTable.statuses(of: lot, before: from, in: reader)
        // Of a spot that was removed the count would be wrong on one side.
        changes = changes.filter { statuses[$0.spot] != nil }
        var initial = statuses.compactMapValues { $0 }
        // A spot that was heard counts from its first word, one that never was from when it was made.
        for (spot, made) in try ChangeTable.silent(of: lot, in: reader) {
            if made <= from {
                initial[spot] = .unknown
            } else {
                changes.append(SpotChange(at: made, spot: spot, status: .unknown))
            }
        }
        // Stable, so that two changes of one instant keep their order.
        changes = changes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        self.init(
            OccupancySteps(from: from, to: to, initial: initial, changes: changes), from: from, to: to,
            stepMicroseconds: stepMicroseconds)
    }
}
