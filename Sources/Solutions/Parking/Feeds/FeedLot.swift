internal import HubModel
internal import SQL
internal import SolutionKit

/// What the feeds tell of a public lot.
struct FeedLot: Sendable {
    var lot: Lot
    /// Its spots by kind and status.
    var kinds: [SpotKind: SpotTally] = [:]
    /// How many levels it has.
    var levels = 0
    /// When a sensor of it was last heard; nil: never.
    var heardAt: Timestamp?
    /// What a stay that begins now costs; nil: nothing.
    var tariff: TariffVersion?

    /// All kinds together.
    var all: SpotTally {
        kinds.values.reduce(into: SpotTally()) { sum, tally in
            for status in SpotStatus.allCases { sum.add(status, tally[status]) }
        }
    }
}

extension SpotTally {
    /// Occupied in percent of those that a driver may drive to: what is reserved or unknown is neither supply nor demand.
    var percentage: Double? {
        free + occupied == 0 ? nil : (Double(occupied) / Double(free + occupied) * 1_000).rounded() / 10
    }
}

extension Tariff {
    /// Whether a stay can cost anything.
    var hasFee: Bool {
        rules.contains { rule in
            switch rule.price {
            case .perStarted(_, let minor), .flat(let minor): minor > 0
            case .free: false
            }
        }
    }
}

extension JSONWriter {
    /// Writes an instant to the second, as feeds have it: `2026-11-21T10:00:00Z`.
    mutating func second(_ instant: Timestamp) {
        string(String(decoding: instant.iso8601.prefix(19), as: UTF8.self) + "Z")
    }
}
