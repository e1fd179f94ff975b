package import HubModel

/// What a stay costs, as data. Amounts in minor units (cents).
package struct Tariff: Hashable, Sendable {
    /// ISO 4217, such as `EUR`.
    package var currency: String
    /// Minutes from the arrival that cost nothing; see `freeCountsAlways`.
    package var freeMinutes: Int64
    /// Whether the free minutes are free for everybody; otherwise they are free only for who leaves within them, and who stays longer
    /// pays from the arrival on.
    package var freeCountsAlways: Bool
    /// The most that one calendar day of the place costs; nil: no limit.
    package var dailyCapMinor: Int64?
    /// What counts when; the first rule that fits a moment counts. A moment that none fits is free.
    package var rules: [TariffRule]

    /// A tariff.
    package init(
        currency: String, freeMinutes: Int64 = 0, freeCountsAlways: Bool = true, dailyCapMinor: Int64? = nil,
        rules: [TariffRule]
    ) {
        self.currency = currency
        self.freeMinutes = freeMinutes
        self.freeCountsAlways = freeCountsAlways
        self.dailyCapMinor = dailyCapMinor
        self.rules = rules
    }
}

/// A part of a tariff: for some kinds of spots, on some days, between two times of the day.
package struct TariffRule: Hashable, Sendable {
    /// What people read of it: `Day`, `Night`, `Weekend`.
    package var name: String
    /// For these kinds of spots; empty: for all.
    package var kinds: Set<SpotKind>
    /// On these days, 0 for Monday to 6 for Sunday; empty: on all. A window over midnight belongs to the day on which it begins.
    package var weekdays: Set<Int>
    /// From this minute of the day (0...1439) …
    package var fromMinute: Int
    /// … to this one (1...1440). Not greater than `fromMinute`: over midnight.
    package var toMinute: Int
    /// What it costs.
    package var price: TariffPrice

    /// A rule.
    package init(
        name: String, kinds: Set<SpotKind> = [], weekdays: Set<Int> = [], fromMinute: Int = 0, toMinute: Int = 1_440,
        price: TariffPrice
    ) {
        self.name = name
        self.kinds = kinds
        self.weekdays = weekdays
        self.fromMinute = fromMinute
        self.toMinute = toMinute
        self.price = price
    }
}

/// What a rule costs.
package enum TariffPrice: Hashable, Sendable {
    /// So much for each started block of so many minutes (60: the started hour; 1: the minute). The rule at a block's beginning counts for
    /// the whole block.
    case perStarted(minutes: Int64, minor: Int64)
    /// So much once for the window, however long: a night. Once begun it counts to the window's end, also when the clock is set back to before
    /// the window's beginning meanwhile.
    case flat(minor: Int64)
    /// Nothing.
    case free
}

/// A tariff from an instant on.
package struct TariffVersion: Hashable, Sendable {
    package var version: Int64
    /// Sessions that begin at or after this, and before the next version's, are priced by this one to their end.
    package var validFrom: Timestamp
    package var tariff: Tariff
    /// The clock whose days and hours it goes by: the lot's when it was added, whatever the lot's is now.
    package var timeZone: String
    /// Who added it, and when.
    package var createdBy: String
    package var createdAt: Timestamp
}

/// What a stay costs, line by line.
package struct Price: Hashable, Sendable {
    /// One line of the bill.
    package struct Line: Hashable, Sendable {
        /// The rule's name, or `Free` or `Daily maximum`.
        package var name: String
        package var from: Timestamp
        package var to: Timestamp
        /// Negative for what the daily maximum takes off.
        package var minor: Int64
    }

    package var lines: [Line] = []
    package var totalMinor: Int64 = 0

    /// Nothing.
    package init() {}
}
