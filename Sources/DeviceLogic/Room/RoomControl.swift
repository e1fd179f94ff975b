/// What the device of a room decides: when the room counts as idle, when the hub hears of it, and what the relay does, with the hub and without.
///
/// A value: movement and replies go in, `next(at:)` says what to do, `deadline(after:)` when to ask again. Instants are milliseconds of one
/// monotonic clock.
///
/// While the hub replies, its word counts: power comes at once and goes `powerOffDelay` after the first of an unbroken row of replies that say
/// so. Somebody who moves meanwhile breaks the row, unless a person decided. When the hub is gone, its lease counts: power while booked, or
/// while somebody moves; off as the policy would. Without a lease the relay goes where it harms least. Power never goes while the room is
/// known to be booked, unless a person says so.
public struct RoomControl: Sendable {
    /// By which times it goes. The hub may change them while the device runs.
    public var settings: RoomSettings
    /// Whether the relay gives power.
    public private(set) var isPowerOn: Bool

    private var lastMovement: Int64
    /// When the hub replied last; before the first reply, when the device started.
    private var hubHeardAt: Int64
    private var reply: RoomReply?
    /// Since when the hub says without interruption that the power shall go.
    private var offSince: Int64?
    private var lease: ScheduleLease?
    private var clock: WallClockOffset?
    private var nextReport: Int64
    private var reportedOccupied: Bool?

    /// A device that starts. Nobody knows yet whether the room is empty: it counts as if somebody had just moved.
    public init(settings: RoomSettings = RoomSettings(), isPowerOn: Bool, at now: Int64) {
        self.settings = settings
        self.isPowerOn = isPowerOn
        lastMovement = now
        hubHeardAt = now
        nextReport = now
    }

    /// Whether nobody has moved for so long that the room is idle.
    public func isIdle(at now: Int64) -> Bool { idleTime(at: now) >= settings.idleAfter }

    /// For how long nobody has moved.
    public func idleTime(at now: Int64) -> Int64 { max(0, now.distance(since: lastMovement)) }

    /// Somebody moves.
    public mutating func movement(at now: Int64) {
        lastMovement = now
        if reply?.isManual != true { offSince = nil }
    }

    /// The hub replies to a report.
    /// - Parameters:
    ///   - lease: when the room is booked, if the hub said so; it replaces the one before.
    ///   - second: what the wall's clock shows, in seconds since 1970, if the hub said so.
    public mutating func take(_ reply: RoomReply, lease: ScheduleLease? = nil, second: Int64? = nil, at now: Int64) {
        hubHeardAt = now
        self.reply = reply
        offSince = reply.isPowerWanted ? nil : offSince ?? now
        take(lease, second: second, at: now)
    }

    /// Takes what the hub promises, which is no word on the power now: a broker may have kept it while the hub is gone.
    /// - Parameters:
    ///   - lease: when the room is booked; it replaces the one before. Nil: as before.
    ///   - second: what the wall's clock shows, in seconds since 1970. Nil: as before.
    public mutating func take(_ lease: ScheduleLease?, second: Int64?, at now: Int64) {
        if let lease { self.lease = lease }
        if let second { clock = WallClockOffset(second: second, at: now) }
    }

    /// What is to be done now. To be asked until there is nothing more; an action that was returned counts as done.
    public mutating func next(at now: Int64) -> RoomAction? {
        if let (isOn, reason) = wantedPower(at: now), isOn != isPowerOn {
            isPowerOn = isOn
            return .switchPower(on: isOn, reason)
        }
        let isOccupied = isReportedOccupied(at: now)
        guard isOccupied != reportedOccupied || now >= nextReport else { return nil }
        reportedOccupied = isOccupied
        nextReport = now.clampedSum(settings.reportInterval)
        return .report(
            RoomReport(isOccupied: isOccupied, isPowerOn: isPowerOn, idleMilliseconds: idleTime(at: now)))
    }

    /// When time alone gives something to do, after `next(at:)` has said that there is nothing now. At that time there may be nothing, either.
    public func deadline(after now: Int64) -> Int64 {
        var next = nextReport
        func consider(_ instant: Int64) {
            if instant > now, instant < next { next = instant }
        }
        let idleReported = lastMovement.clampedSum(settings.idleReportedAfter)
        consider(idleReported)
        consider(idleReported.clampedSum(settings.holdAfter).clampedSum(settings.powerOffDelay))
        consider(hubHeardAt.clampedSum(settings.hubLostAfter))
        if let offSince { consider(offSince.clampedSum(settings.powerOffDelay)) }
        guard let clock, let lease else { return next }
        let second = clock.second(at: now)
        if let change = lease.nextChange(after: second) { consider(clock.instant(ofSecond: change)) }
        if let end = lease.lastEnd(at: second) {
            consider(clock.instant(ofSecond: end).clampedSum(settings.powerOffDelay))
        }
        return next
    }

    private func isReportedOccupied(at now: Int64) -> Bool { idleTime(at: now) < settings.idleReportedAfter }
}

extension RoomControl {
    /// What the relay shall do, and why; nil: stay.
    private func wantedPower(at now: Int64) -> (isOn: Bool, reason: RoomPowerReason)? {
        let isHubThere = now.distance(since: hubHeardAt) < settings.hubLostAfter
        return isHubThere ? powerByHub(at: now) : powerWithoutHub(at: now)
    }

    private func isBookedByLease(at now: Int64) -> Bool? {
        guard let lease, let clock else { return nil }
        return lease.isBooked(at: clock.second(at: now))
    }

    private func powerByHub(at now: Int64) -> (isOn: Bool, reason: RoomPowerReason)? {
        guard let reply else { return nil }
        if reply.isPowerWanted { return (true, reply.isManual ? .manual : reply.isBooked ? .booked : .policy) }
        // Between two replies a booking may begin. Who has booked the room may want it dark nevertheless.
        if !reply.isManual, reply.isBooked || isBookedByLease(at: now) == true { return (true, .booked) }
        guard let offSince, now.distance(since: offSince) >= settings.powerOffDelay else { return nil }
        return (false, reply.isManual ? .manual : .policy)
    }

    private func powerWithoutHub(at now: Int64) -> (isOn: Bool, reason: RoomPowerReason)? {
        // A person's word stays until another is heard.
        if let reply, reply.isManual { return nil }
        guard let lease, let clock, let isBooked = isBookedByLease(at: now) else {
            switch settings.failSafe {
            case .on: return (true, .failSafe)
            case .hold: return nil
            }
        }
        if isBooked { return (true, .booked) }
        if isReportedOccupied(at: now) { return (true, .movement) }
        var idleSince = lastMovement.clampedSum(settings.idleReportedAfter).clampedSum(settings.holdAfter)
        if let end = lease.lastEnd(at: clock.second(at: now)) {
            idleSince = max(idleSince, clock.instant(ofSecond: end))
        }
        return now.distance(since: idleSince) >= settings.powerOffDelay ? (false, .idle) : nil
    }
}
