public import HubModel

/// What a sensor said at an instant, for replays over its history. `Said` is the solution's own: a flag, a state, a level.
public struct SensorReport<Said: Equatable & Sendable>: Sendable {
    /// When it said it.
    public var at: Timestamp
    /// What it said.
    public var said: Said

    /// A report.
    public init(at: Timestamp, said: Said) {
        self.at = at
        self.said = said
    }
}

extension SensorReport: Equatable, Hashable where Said: Hashable {}

extension SensorReport {
    /// A part of a history in which no report is lost.
    public struct Section: Sendable {
        /// Its reports, in order of time.
        public var reports: [SensorReport]
        /// How long its last report is followed: to the next gap, or to the end of the history.
        public var end: Timestamp
    }

    /// Cuts a history at its gaps. Each section is replayed on its own, since nobody knows whether a sensor was silent in a gap. Where
    /// there are gaps, a section of a single report is left out: nobody knows when the next report was due.
    /// - Parameters:
    ///   - reports: in order of time.
    ///   - gaps: by time, none within another.
    ///   - end: the end of the history.
    public static func sections(of reports: [SensorReport], gaps: [ReadingGap], until end: Timestamp) -> [Section] {
        var sections: [Section] = []
        var rest = reports[...]
        for limit in gaps.map(\.from) + [end] {
            let part = rest.prefix { $0.at < limit || limit == end }
            rest = rest.dropFirst(part.count)
            guard part.count > 1 || gaps.isEmpty else { continue }
            sections.append(Section(reports: Array(part), end: min(limit, end)))
        }
        return sections
    }
}
