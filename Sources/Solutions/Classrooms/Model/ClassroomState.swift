package import DeviceLogic
package import HubModel
package import SolutionKit

/// What the hub knows of a classroom at present. A value; the line tells it what happens, and the clock.
package struct ClassroomState: Sendable {
    /// Whether somebody is there.
    package private(set) var occupancy = Occupancy.unknown
    /// Since when.
    package private(set) var since: Timestamp
    /// When somebody was there last; nil: never.
    package private(set) var lastOccupied: Timestamp?
    /// Since when the device has been heard without a break; nil: it is not.
    package private(set) var seenSince: Timestamp?
    /// When it was heard last; nil: never.
    package private(set) var lastSeen: Timestamp?
    /// When what is known was observed; nil: nothing is.
    package private(set) var observedAt: Timestamp?
    /// Whether the power is on; nil: nobody knows.
    package private(set) var isPowerOn: Bool?
    /// Since when that is so; nil: nobody knows.
    package private(set) var powerSince: Timestamp?
    /// What a person said of the power.
    package var override: PowerOverride?
    /// The device's clock.
    package private(set) var clock = DeviceClock()
    /// Which of its reports came.
    package private(set) var sequence = ReportSequence()
    /// Reports of the present life of the device that did not come.
    package private(set) var missing: Int64 = 0

    /// So long a device may say nothing before nobody knows how its room is: as its own side counts (contract).
    package static let silence = FixedSilence(seconds: 300)

    /// A room of which nothing was heard.
    package init(since: Timestamp) {
        self.since = since
    }

    /// What is kept of it beside what a person said.
    package struct Kept: Sendable {
        package var occupancy: Occupancy
        package var since: Timestamp
        package var lastOccupied: Timestamp?
        package var seenSince: Timestamp?
        package var lastSeen: Timestamp?
        package var observedAt: Timestamp?
        package var isPowerOn: Bool?
        package var powerSince: Timestamp?
        package var clock: DeviceClock
        package var sequence: ReportSequence
        package var missing: Int64

        package init(
            occupancy: Occupancy, since: Timestamp, lastOccupied: Timestamp?, seenSince: Timestamp?,
            lastSeen: Timestamp?, observedAt: Timestamp?, isPowerOn: Bool?, powerSince: Timestamp?,
            clock: DeviceClock, sequence: ReportSequence, missing: Int64
        ) {
            self.occupancy = occupancy
            self.since = since
            self.lastOccupied = lastOccupied
            self.seenSince = seenSince
            self.lastSeen = lastSeen
            self.observedAt = observedAt
            self.isPowerOn = isPowerOn
            self.powerSince = powerSince
            self.clock = clock
            self.sequence = sequence
            self.missing = missing
        }
    }

    /// A room as it was kept.
    package init(_ kept: Kept, override: PowerOverride?) {
        occupancy = kept.occupancy
        since = kept.since
        lastOccupied = kept.lastOccupied
        seenSince = kept.seenSince
        lastSeen = kept.lastSeen
        observedAt = kept.observedAt
        isPowerOn = kept.isPowerOn
        powerSince = kept.powerSince
        clock = kept.clock
        sequence = kept.sequence
        missing = kept.missing
        self.override = override
    }

    /// What is to be kept of it beside what a person said.
    package var kept: Kept {
        Kept(
            occupancy: occupancy, since: since, lastOccupied: lastOccupied, seenSince: seenSince, lastSeen: lastSeen,
            observedAt: observedAt, isPowerOn: isPowerOn, powerSince: powerSince, clock: clock, sequence: sequence,
            missing: missing)
    }

    /// What a report was.
    package enum Verdict: Hashable, Sendable {
        /// It is of the present.
        case news(ObservationTime)
        /// It is of the past: history takes it, and nothing else changes.
        case history(ObservationTime)
        /// It came before, and its device heard of no answer: it gets one.
        case again
    }

    /// What changed.
    package struct Change: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
        package static let occupancy = Change(rawValue: 1)
        package static let power = Change(rawValue: 2)
        package static let presence = Change(rawValue: 4)
    }

    /// Whether its device is heard of.
    package func isOnline(at now: Timestamp) -> Bool { seenSince != nil && !isSilent(at: now) }

    // MARK: Reports

    /// Judges a report by its number and its stamp. What is seen so of the device's clock was seen, also when the report is refused later.
    /// - Throws: `conflict` for one that came before, or is so old that nobody knows.
    package mutating func judge(_ report: ClassroomReport, receivedAt: Timestamp) throws(Refusal) -> Verdict {
        var isLate = false
        if let number = report.number {
            switch sequence.take(boot: number.boot, number: number.sequence) {
            case .next(let missed): missing += Int64(missed)
            case .again: return .again
            case .late:
                isLate = true
                missing = max(0, missing - 1)
            case .repeated:
                throw Refusal(.conflict, "This report was taken already; send each report once.")
            case .tooOld:
                throw Refusal(.conflict, "This report is older than the last \(ReportSequence.window); leave it out.")
            }
            // A device that numbers its reports keeps those that it cannot send: what is older than the present by more than a silence
            // switches nothing, whatever its clock says of the others.
            let observed = ObservationTime(claimed: report.claimed, receivedAt: receivedAt)
            if observed.instant < receivedAt.advanced(bySeconds: -ClassroomState.silence.seconds) { isLate = true }
        }
        if isLate { return .history(ObservationTime(claimed: report.claimed, receivedAt: receivedAt)) }
        let (observed, isHistory) = clock.take(report.claimed, receivedAt: receivedAt)
        return isHistory ? .history(observed) : .news(observed)
    }

    /// Takes a report of the present.
    package mutating func take(_ report: ClassroomReport, observed: ObservationTime, receivedAt: Timestamp) -> Change {
        var change = heard(at: receivedAt)
        observedAt = observed.instant
        if report.isOccupied { lastOccupied = receivedAt }
        if become(report.isOccupied ? .occupied : .idle, at: receivedAt) { change.insert(.occupancy) }
        if take(power: report.isPowerOn, at: receivedAt) { change.insert(.power) }
        return change
    }

    /// Takes what a device says of its relay.
    /// - Returns: whether that is news.
    package mutating func take(power isOn: Bool, at instant: Timestamp) -> Bool {
        guard isOn != isPowerOn else { return false }
        isPowerOn = isOn
        powerSince = instant
        return true
    }

    /// The device said something.
    package mutating func heard(at instant: Timestamp) -> Change {
        lastSeen = instant
        guard seenSince == nil else { return [] }
        seenSince = instant
        return .presence
    }

    // MARK: Time

    /// Time went by: a silence that is too long makes the room's state unknown. Whether the power is on stays the last that was known.
    package mutating func passed(to now: Timestamp) -> Change {
        guard isSilent(at: now), let lastSeen, seenSince != nil else { return [] }
        seenSince = nil
        // Nobody looked meanwhile, or the machine's clock was set back.
        let end = min(ClassroomState.silence.end(after: lastSeen), now)
        return become(.unknown, at: end) ? [.presence, .occupancy] : .presence
    }

    /// When a silence makes it unknown; nil: it is.
    package func deadline(at now: Timestamp) -> Timestamp? {
        guard let lastSeen, seenSince != nil else { return nil }
        return isSilent(at: now) ? now : ClassroomState.silence.end(after: lastSeen)
    }

    private func isSilent(at now: Timestamp) -> Bool {
        guard let lastSeen else { return true }
        let silence = ClassroomState.silence
        return silence.isOver(at: now, since: lastSeen) || lastSeen.microseconds(since: now) > silence.microseconds
    }

    private mutating func become(_ next: Occupancy, at instant: Timestamp) -> Bool {
        guard next != occupancy else { return false }
        occupancy = next
        since = instant
        return true
    }
}
