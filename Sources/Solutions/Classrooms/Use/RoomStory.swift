internal import SolutionKit

/// What a room's device reported, put in order for a replay. Instants are milliseconds since 1970, as `RoomControl` counts.
package struct RoomStory: Hashable, Sendable {
    /// What a report said.
    package struct Report: Hashable, Sendable {
        package let at: Int64
        package let isOccupied: Bool
        package let isPowerOn: Bool
        /// For how long nobody had moved; nil: it did not say it.
        package let idle: Int64?

        package init(at: Int64, isOccupied: Bool, isPowerOn: Bool, idle: Int64? = nil) {
            self.at = at
            self.isOccupied = isOccupied
            self.isPowerOn = isPowerOn
            self.idle = idle
        }
    }

    /// Whether the relay gave power from an instant on.
    package struct Power: Hashable, Sendable {
        package let at: Int64
        package let isOn: Bool

        package init(at: Int64, isOn: Bool) {
            self.at = at
            self.isOn = isOn
        }
    }

    /// A time in which the device was heard without a break. What is between two of them nobody knows, and is left out of every sum.
    package struct Section: Hashable, Sendable {
        package let begin: Int64
        package let end: Int64
        /// Whether somebody was there when it began.
        package let isOccupied: Bool
        /// For how long nobody had moved then.
        package let idle: Int64
        /// When somebody moved, as far as reports tell: from the first report that says so to the last movement before the first one that says
        /// no. In order; none touches another.
        package let movements: [ClosedRange<Int64>]
        /// What the relay did, in order; the first is of the beginning.
        package let power: [Power]
    }

    /// In order of time.
    package let sections: [Section]
    /// How many reports it is made of.
    package let reports: Int

    /// Puts reports in order.
    /// - Parameters:
    ///   - reports: in order of time.
    ///   - switches: what the relay said that it did, in order of time.
    ///   - gaps: parts of the time of which reports are lost.
    ///   - reportAfter: after how many seconds without movement the device said so, where a report says nothing of it.
    package init(_ reports: [Report], switches: [Power], gaps: [Range<Int64>] = [], reportAfter: Int64) {
        var sections: [Section] = []
        var first = 0
        var next = 0
        for index in reports.indices {
            let isLast = index + 1 == reports.count
            let isBroken = isLast || RoomStory.isBroken(from: reports[index].at, to: reports[index + 1].at, gaps)
            guard isBroken else { continue }
            let part = reports[first...index]
            first = index + 1
            guard let begin = part.first?.at, let end = part.last?.at, begin < end else { continue }
            while next < switches.count, switches[next].at < begin { next += 1 }
            var own: [Power] = []
            while next < switches.count, switches[next].at <= end {
                own.append(switches[next])
                next += 1
            }
            sections.append(Section(part, own, reportAfter: reportAfter * 1_000))
        }
        self.sections = sections
        self.reports = reports.count
    }

    private static func isBroken(from: Int64, to: Int64, _ gaps: [Range<Int64>]) -> Bool {
        to - from >= ClassroomState.silence.seconds * 1_000
            || gaps.contains { $0.lowerBound < to && from < $0.upperBound }
    }
}

extension RoomStory.Section {
    fileprivate init(_ reports: ArraySlice<RoomStory.Report>, _ switches: [RoomStory.Power], reportAfter: Int64) {
        let (first, last) = (reports[reports.startIndex], reports[reports.endIndex - 1])
        begin = first.at
        end = last.at
        isOccupied = first.isOccupied
        idle = first.isOccupied ? 0 : first.idle ?? reportAfter
        var movements: [ClosedRange<Int64>] = []
        var start: Int64?
        for report in reports {
            if report.isOccupied {
                start = start ?? report.at
            } else if let begin = start {
                movements.append(begin...max(begin, report.at - (report.idle ?? reportAfter)))
                start = nil
            }
        }
        if let start { movements.append(start...last.at) }
        self.movements = movements
        // What a relay said itself is to the second, what reports say is up to two minutes old.
        var power: [RoomStory.Power] = []
        var next = 0
        func take(_ one: RoomStory.Power) {
            if power.last?.isOn != one.isOn { power.append(one) }
        }
        for report in reports {
            while next < switches.count, switches[next].at < report.at {
                take(switches[next])
                next += 1
            }
            take(RoomStory.Power(at: report.at, isOn: report.isPowerOn))
            // Stamps are of whole seconds: of one second the report is the older word, for its reply made the relay switch.
            while next < switches.count, switches[next].at == report.at {
                take(switches[next])
                next += 1
            }
        }
        self.power = power
    }
}
