internal import HubModel
internal import SQL

/// How many spots of a lot were how, step by step, made of the changes that history keeps.
///
/// The time before a lot had spots, and time in which nothing was known of any, is no time in which it was empty: it counts nowhere, and a
/// step without any other is a gap.
struct LotHistory: Sendable {
    /// One step.
    struct Row: Sendable {
        var at: Timestamp
        /// Mean numbers of spots, by status, over the time in which the lot had spots; nil if it had none.
        var means: [SpotStatus: Double]?
        /// How many were occupied, over the time in which something was known; nil if nothing was.
        var occupied: Occupied?
        /// Changes within the step.
        var changes: Int
    }

    /// How many spots were occupied in some time of which something is known.
    struct Occupied: Hashable, Sendable {
        /// The fewest and the most at any instant: not of means, so that those of a part of a time are within those of the whole.
        var least: Int
        var most: Int
        /// On average over the known time.
        var mean: Double
        /// How long something was known of one spot or more, in microseconds.
        var knownMicroseconds: Int64
    }

    let rows: [Row]

    /// What is known, step by step.
    init(_ occupancy: OccupancySteps, from: Timestamp, to: Timestamp, stepMicroseconds: Int64) {
        let steps = occupancy.steps
        var rows: [Row] = []
        var index = 0
        var start = from
        while start < to {
            let end = min(start.advanced(byMicroseconds: stepMicroseconds), to)
            var sum = Sum()
            while index < steps.count, steps[index].at < end {
                let next = index + 1 < steps.count ? steps[index + 1].at : occupancy.end
                sum.add(steps[index].tally, for: min(next, end).microseconds(since: max(steps[index].at, start)))
                if steps[index].at >= start { sum.changes += steps[index].changes }
                // What lasts beyond the end goes on in the next row.
                guard next <= end else { break }
                index += 1
            }
            rows.append(sum.row(at: start))
            start = end
        }
        self.rows = rows
    }

    /// What a step adds up to.
    private struct Sum {
        private var times: [SpotStatus: Double] = [:]
        private var there: Int64 = 0
        private var known: Int64 = 0
        private var occupied = 0.0
        private var extremes: ClosedRange<Int>?
        var changes = 0

        mutating func add(_ tally: SpotTally, for microseconds: Int64) {
            guard microseconds > 0, tally.total > 0 else { return }
            there += microseconds
            for status in SpotStatus.allCases {
                times[status, default: 0] += Double(tally[status]) * Double(microseconds)
            }
            guard tally.known > 0 else { return }
            known += microseconds
            occupied += Double(tally.occupied) * Double(microseconds)
            extremes =
                extremes.map {
                    min($0.lowerBound, tally.occupied)...max($0.upperBound, tally.occupied)
                } ?? tally.occupied...tally.occupied
        }

        func row(at instant: Timestamp) -> Row {
            Row(
                at: instant, means: there > 0 ? times.mapValues { $0 / Double(there) } : nil,
                occupied: extremes.map {
                    Occupied(
                        least: $0.lowerBound, most: $0.upperBound, mean: occupied / Double(known),
                        knownMicroseconds: known)
                }, changes: changes)
        }
    }

    /// A lot's history.
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
