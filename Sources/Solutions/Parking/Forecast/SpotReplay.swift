package import HubModel
package import SolutionKit

/// What a stale time would have done to a spot, replayed on what its sensor said: `nil` where it did not say whether there was a car.
package struct SpotReplay: Hashable, Sendable {
    /// How often it would have become unknown, and what would have been noticed.
    package var stale = StaleReplay()
    /// Cars that came: what sessions would have been made of.
    package var arrivals = 0

    /// The replay of no reports.
    package init() {}

    /// Replays a sensor's reports.
    /// - Parameters:
    ///   - reports: in order of time.
    ///   - gaps: parts of the time whose reports are lost or out of reach; by time, none within another.
    ///   - end: how long the last report is followed.
    ///   - staleSeconds: the stale time, in seconds.
    ///   - debounceMilliseconds: how long the sensor must say the same for it to be a car.
    package init(
        _ reports: [SensorReport<Bool?>], gaps: [ReadingGap] = [], until end: Timestamp, staleSeconds: Int64,
        debounceMilliseconds: Int64 = 2_000
    ) {
        stale = StaleReplay(reports, gaps: gaps, until: end, staleSeconds: staleSeconds)
        for section in SensorReport.sections(of: reports, gaps: gaps, until: end) {
            arrivals += SpotReplay.arrivals(section, staleSeconds, debounceMilliseconds: debounceMilliseconds)
        }
    }

    /// The spot itself lives through the reports: no other rules than those of the day.
    private static func arrivals(
        _ section: SensorReport<Bool?>.Section, _ staleSeconds: Int64, debounceMilliseconds: Int64
    ) -> Int {
        guard let first = section.reports.first else { return 0 }
        var spot = SpotState(
            kind: .standard, settings: SensorSettings(debounceMilliseconds: debounceMilliseconds),
            staleSeconds: staleSeconds, since: first.at)
        func came(_ spot: inout SpotState, at instant: Timestamp) -> Int {
            // A car that was there at the beginning came before it.
            spot.settle(at: instant).car.map { $0.isThere && $0.at > first.at ? 1 : 0 } ?? 0
        }
        func pass(_ spot: inout SpotState, to instant: Timestamp) -> Int {
            var count = 0
            while let deadline = spot.nextDeadline, deadline <= instant { count += came(&spot, at: deadline) }
            return count
        }
        var arrivals = 0
        for report in section.reports {
            arrivals += pass(&spot, to: report.at)
            spot.take(
                SpotReport(
                    isOccupied: report.said, distanceCentimetres: nil, observedAt: report.at, receivedAt: report.at))
            arrivals += came(&spot, at: report.at)
        }
        return arrivals + pass(&spot, to: section.end)
    }

    /// The replays of two spots together.
    package static func + (one: SpotReplay, other: SpotReplay) -> SpotReplay {
        var sum = one
        sum.stale = one.stale + other.stale
        sum.arrivals += other.arrivals
        return sum
    }
}
