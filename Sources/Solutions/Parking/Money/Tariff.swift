internal import HubModel

/// What a stay costs, as data. Amounts in minor units (cents).
struct Tariff: Hashable, Sendable {
    /// ISO 4217, such as `EUR`.
    var currency: String
    /// Minutes from the arrival that cost nothing; see `freeCountsAlways`.
    var freeMinutes: Int64 = 0
    /// Whether the free minutes are free for everybody; otherwise they are free only for who leaves within them, and who stays longer
    /// pays from the arrival on.
    var freeCountsAlways = true
    /// The most that one calendar day of the place costs; nil: no limit.
    var dailyCapMinor: Int64?
    /// What counts when; the first rule that fits a moment counts. A moment that none fits is free.
    var rules: [TariffRule]
}

/// A part of a tariff: for some kinds of spots, on some days, between two times of the day.
struct TariffRule: Hashable, Sendable {
    /// What people read of it: `Day`, `Night`, `Weekend`.
    var name: String
    /// For these kinds of spots; empty: for all.
    var kinds: Set<SpotKind> = []
    /// On these days, 0 for Monday to 6 for Sunday; empty: on all. A window over midnight belongs to the day on which it begins.
    var weekdays: Set<Int> = []
    /// From this minute of the day (0...1439) …
    var fromMinute = 0
    /// … to this one (1...1440). Not greater than `fromMinute`: over midnight.
    var toMinute = 1_440
    /// What it costs.
    var price: TariffPrice
}

/// What a rule costs.
enum TariffPrice: Hashable, Sendable {
    /// So much for each started block of so many minutes (60: the started hour; 1: the minute). The rule at a block's beginning counts for the whole block.
    case perStarted(minutes: Int64, minor: Int64)
    /// So much once for the time in the window, however long: a night.
    case flat(minor: Int64)
    /// Nothing.
    case free
}

/// A tariff from an instant on.
struct TariffVersion: Hashable, Sendable {
    var version: Int64
    /// Sessions that begin at or after this, and before the next version's, are priced by this one to their end.
    var validFrom: Timestamp
    var tariff: Tariff
}

/// What a stay costs, line by line.
struct Price: Hashable, Sendable {
    /// One line of the bill.
    struct Line: Hashable, Sendable {
        /// The rule's name, or `Free` or `Daily maximum`.
        var name: String
        var from: Timestamp
        var to: Timestamp
        /// Negative for what the daily maximum takes off.
        var minor: Int64
    }

    var lines: [Line] = []
    var totalMinor: Int64 = 0
}
