public import HubModel

/// How many resources of a place will probably be free: a mean of the same weekday's past weeks, in which newer weeks count for more, moved by what
/// is different right now. A value; the same history gives the same forecast.
public struct OccupancyForecast: Hashable, Sendable {
    /// How far it looks: 24 hours of quarters.
    public static let quarters = 96
    /// Weeks back that are looked at.
    public static let weeks = 8
    /// How much a week counts against the one after it.
    public static let fading = 0.75
    /// After so many minutes only half of what is different now is expected to be left …
    public static let halfLifeMinutes: Int64 = 60
    /// … so this much of it after each quarter of an hour: the fourth root of a half.
    private static let fadingPerQuarter = 0.5.squareRoot().squareRoot()

    /// A week that it was made of.
    public struct Week: Hashable, Sendable {
        /// 1 for the last one.
        public var weeksAgo: Int
        /// Its share; all together make 1.
        public var weight: Double
        /// The instant of that week that stands for now.
        public var from: Timestamp
    }

    /// How wrong the same way of forecasting was a week ago, when it knew nothing of that week.
    public struct Miss: Hashable, Sendable {
        /// Mean of the absolute differences, resources.
        public var meanAbsolute: Double
        /// Over so many quarters.
        public var quarters: Int
    }

    /// When a day is usually full.
    public struct Fullness: Hashable, Sendable {
        /// Days since 1970, by the calendar of the place.
        public var day: Int64
        /// Minutes since its midnight by which it is usually full; nil: usually it is not.
        public var byMinute: Int?
        /// In so many weeks it was full.
        public var fullWeeks: Int
        /// Of so many.
        public var weeks: Int
    }

    /// The beginning of the first quarter: that of now.
    public var begin: Timestamp
    /// Resources in service.
    public var resources: Int
    /// The weeks that it was made of; empty when there is no forecast.
    public var basis: [Week]
    /// Free resources by quarter; nil where no week says anything. Empty without a basis.
    public var free: [Double?]
    /// How many more resources (less: negative) are free now than usual, fading by half every hour; nil: not known.
    public var difference: Double?
    /// How wrong it was a week ago; nil: it cannot be measured.
    public var miss: Miss?
    /// When the next days are usually full.
    public var fullness: [Fullness]

    /// What is known of one week: the shares of free resources in the quarter before its «now» and in the 96 from there.
    public struct WeekShares: Hashable, Sendable {
        /// 1 for the last one.
        public var weeksAgo: Int
        /// The instant of that week that stands for now.
        public var from: Timestamp
        /// One quarter more than the forecast has.
        public var shares: [Double?]

        /// What is known of a week.
        public init(weeksAgo: Int, from: Timestamp, shares: [Double?]) {
            self.weeksAgo = weeksAgo
            self.from = from
            self.shares = shares
        }

        /// Whether it says anything worth saying: of half the quarters.
        var isUsable: Bool { shares.dropFirst().count(where: { $0 != nil }) * 2 >= OccupancyForecast.quarters }
    }

    /// A forecast.
    /// - Parameters:
    ///   - begin: the beginning of the quarter of now.
    ///   - resources: in service now.
    ///   - before: the share that was free in the quarter before now; nil: not known.
    ///   - weeks: what is known of the past weeks.
    ///   - fullness: what was found out of full days.
    public init(begin: Timestamp, resources: Int, before: Double?, weeks: [WeekShares], fullness: [Fullness] = []) {
        self.begin = begin
        self.resources = resources
        self.fullness = fullness
        let usable = weeks.filter(\.isUsable).sorted { $0.weeksAgo < $1.weeksAgo }
        let sum = usable.reduce(0) { $0 + OccupancyForecast.weight($1.weeksAgo) }
        basis = usable.map {
            Week(weeksAgo: $0.weeksAgo, weight: OccupancyForecast.weight($0.weeksAgo) / sum, from: $0.from)
        }
        let (shares, moved) = OccupancyForecast.predict(usable, before: before)
        free = shares.map { $0.map { $0 * Double(resources) } }
        difference = moved.map { $0 * Double(resources) }
        // A week ago: everything as it was then, and the week itself as what came.
        let heldOut = usable.first { $0.weeksAgo == 1 }
        let older = usable.filter { $0.weeksAgo > 1 }
        if let heldOut, !older.isEmpty {
            let (predicted, _) = OccupancyForecast.predict(older, before: heldOut.shares.first ?? nil)
            let misses = zip(predicted, heldOut.shares.dropFirst()).compactMap { one, other in
                one.flatMap { one in other.map { abs(one - $0) } }
            }
            if !misses.isEmpty {
                miss = Miss(
                    meanAbsolute: misses.reduce(0, +) / Double(misses.count) * Double(resources), quarters: misses.count
                )
            }
        }
    }

    /// How much a week counts against the last one.
    public static func weight(_ weeksAgo: Int) -> Double {
        (1..<max(1, weeksAgo)).reduce(1) { weight, _ in weight * fading }
    }

    /// The shares by quarter, and how much more is free than usual.
    private static func predict(_ weeks: [WeekShares], before: Double?) -> ([Double?], Double?) {
        guard !weeks.isEmpty else { return ([], nil) }
        let usual = (0...quarters).map { number -> Double? in
            var (sum, weights) = (0.0, 0.0)
            for week in weeks where number < week.shares.count {
                guard let share = week.shares[number] else { continue }
                sum += share * weight(week.weeksAgo)
                weights += weight(week.weeksAgo)
            }
            return weights > 0 ? sum / weights : nil
        }
        let moved = before.flatMap { before in usual[0].map { before - $0 } }
        var left = 1.0
        return (
            usual.dropFirst().map { share in
                left *= fadingPerQuarter
                return share.map { min(1, max(0, $0 + (moved ?? 0) * left)) }
            }, moved
        )
    }
}

extension OccupancyForecast.Fullness {
    /// When a day is usually full, from the minutes of the day at which it became so in past weeks (nil: it did not).
    public init(day: Int64, past: [(weeksAgo: Int, minute: Int?)]) {
        let full = past.compactMap { week in
            week.minute.map { (minute: $0, weight: OccupancyForecast.weight(week.weeksAgo)) }
        }
        .sorted { $0.minute < $1.minute }
        let weights = past.reduce(0) { $0 + OccupancyForecast.weight($1.weeksAgo) }
        let fullWeights = full.reduce(0) { $0 + $1.weight }
        self.day = day
        weeks = past.count
        fullWeeks = full.count
        guard fullWeights * 2 > weights else { return }
        // The weighted median, up to the next five minutes.
        var sum = 0.0
        for entry in full {
            sum += entry.weight
            if sum * 2 >= fullWeights {
                byMinute = min((entry.minute + 4) / 5 * 5, 1_435)
                return
            }
        }
    }
}
