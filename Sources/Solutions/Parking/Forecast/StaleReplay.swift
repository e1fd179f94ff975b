package import HubModel

/// What a stale time does to a spot's sensor, replayed on what it said.
package struct StaleReplay: Hashable, Sendable {
    /// What a sensor said at an instant.
    package struct Report: Hashable, Sendable {
        package var at: Timestamp
        /// Whether it saw a car; nil: it did not say.
        package var isOccupied: Bool?

        /// A report.
        package init(at: Timestamp, isOccupied: Bool?) {
            self.at = at
            self.isOccupied = isOccupied
        }
    }

    /// How often the spot would have become unknown.
    package var unknowns = 0
    /// How often for nothing: the next report said the same as the one before.
    package var falseUnknowns = 0
    /// How long for nothing, in seconds.
    package var falseSeconds = 0.0
    /// Silences in which something was missed: a report stayed away, and after it the spot was another, or nothing came any more.
    package var silences = 0
    /// Those of them that would have been seen.
    package var seen = 0
    /// How long after its last word a page went on showing what was no longer sure, in seconds, over all of these.
    package var unawareSeconds = 0.0
    /// Cars that came: what sessions would have been made of.
    package var arrivals = 0

    /// Nothing.
    package init() {}

    /// Replays a sensor's reports.
    /// - Parameters:
    ///   - reports: in order of time.
    ///   - end: how long the last one is looked after.
    ///   - staleSeconds: the stale time.
    ///   - debounceMilliseconds: how long the sensor must say the same for it to be a car.
    package init(
        _ reports: [Report], until end: Timestamp, staleSeconds: Int64, debounceMilliseconds: Int64 = 2_000
    ) {
        guard let last = reports.last else { return }
        countArrivals(reports, until: end, staleSeconds: staleSeconds, debounceMilliseconds: debounceMilliseconds)
        let gaps = zip(reports, reports.dropFirst()).map { $1.at.microseconds(since: $0.at) }
        let stale = staleSeconds * 1_000_000
        // A silence is two usual intervals at least: a report is missing.
        let usual = gaps.isEmpty ? 0 : gaps.sorted()[gaps.count / 2]
        for ((before, after), gap) in zip(zip(reports, reports.dropFirst()), gaps) {
            count(gap: gap, isSame: before.isOccupied == after.isOccupied, stale: stale, usual: usual)
        }
        let gap = end.microseconds(since: last.at)
        if gap > 2 * usual { count(gap: gap, isSame: false, stale: stale, usual: usual) }
    }

    /// The same where reports are lost or out of reach: what lies between two gaps is replayed for itself, since nobody knows whether a
    /// sensor was silent in one.
    /// - Parameter gaps: by time, none within another.
    package init(
        _ reports: [Report], gaps: [ReadingGap], until end: Timestamp, staleSeconds: Int64,
        debounceMilliseconds: Int64 = 2_000
    ) {
        var sum = StaleReplay()
        var rest = reports[...]
        for limit in gaps.map(\.from) + [end] {
            let part = rest.prefix { $0.at < limit || limit == end }
            rest = rest.dropFirst(part.count)
            // Of a single report nobody knows when the next was due.
            guard part.count > 1 || gaps.isEmpty else { continue }
            sum =
                sum
                + StaleReplay(
                    Array(part), until: min(limit, end), staleSeconds: staleSeconds,
                    debounceMilliseconds: debounceMilliseconds)
        }
        self = sum
    }

    /// The spot itself lives through the reports: no other rules than those of the day.
    private mutating func countArrivals(
        _ reports: [Report], until end: Timestamp, staleSeconds: Int64, debounceMilliseconds: Int64
    ) {
        guard let first = reports.first else { return }
        var spot = SpotState(
            kind: .standard, settings: SensorSettings(debounceMilliseconds: debounceMilliseconds),
            staleSeconds: staleSeconds, since: first.at)
        func came(_ spot: inout SpotState, at instant: Timestamp) -> Int {
            // Who stood there at the beginning came before it.
            spot.settle(at: instant).car.map { $0.isThere && $0.at > first.at ? 1 : 0 } ?? 0
        }
        func pass(_ spot: inout SpotState, to instant: Timestamp) -> Int {
            var count = 0
            while let deadline = spot.nextDeadline, deadline <= instant { count += came(&spot, at: deadline) }
            return count
        }
        for report in reports {
            arrivals += pass(&spot, to: report.at)
            spot.take(
                SpotReport(
                    isOccupied: report.isOccupied, distanceCentimetres: nil, observedAt: report.at,
                    receivedAt: report.at))
            arrivals += came(&spot, at: report.at)
        }
        arrivals += pass(&spot, to: end)
    }

    private mutating func count(gap: Int64, isSame: Bool, stale: Int64, usual: Int64) {
        if gap > stale {
            unknowns += 1
            if isSame {
                falseUnknowns += 1
                falseSeconds += Double(gap - stale) / 1e6
            }
        }
        guard !isSame, gap > 2 * usual else { return }
        silences += 1
        if gap > stale { seen += 1 }
        unawareSeconds += Double(min(gap, stale)) / 1e6
    }

    /// Both together.
    package static func + (one: StaleReplay, other: StaleReplay) -> StaleReplay {
        var sum = one
        sum.unknowns += other.unknowns
        sum.falseUnknowns += other.falseUnknowns
        sum.falseSeconds += other.falseSeconds
        sum.silences += other.silences
        sum.seen += other.seen
        sum.unawareSeconds += other.unawareSeconds
        sum.arrivals += other.arrivals
        return sum
    }
}
