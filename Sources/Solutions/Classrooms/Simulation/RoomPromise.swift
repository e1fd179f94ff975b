package import DeviceLogic
package import HubModel

/// What a hub tells the device of a room, as the device reads it.
package enum RoomTold {
    /// The largest lease that a device reads, in bytes: sixteen bookings fit many times.
    package static let maximumBytes = 65_536

    /// A reply to a report: the answer over HTTP, and `classrooms/NAME/control`.
    /// - Throws: `Refusal` for what is no reply.
    package static func reply(_ bytes: [UInt8]) throws(Refusal) -> RoomReply {
        let members = try JSONMembers(bytes)
        guard let isBooked = try members.optionalBoolean("is_booked") else { throw JSONMembers.missing("is_booked") }
        guard let isWanted = try members.optionalBoolean("power_on") else { throw JSONMembers.missing("power_on") }
        return RoomReply(
            isBooked: isBooked, isPowerWanted: isWanted, isManual: try members.optionalBoolean("manual") ?? false)
    }
}

/// What a hub promises the device of a room for two days: the answer of `GET /api/esp/schedule`, and `classrooms/NAME/schedule`.
package struct RoomPromise: Hashable, Sendable {
    /// What the hub's clock shows, in seconds since 1970. A broker keeps a promise: then that was when it was made.
    package let now: Int64
    /// From when to when it says anything, in seconds since 1970.
    package let time: Range<Int64>
    /// When the room counts as booked, each with the time before it in which it is powered already.
    package let bookings: [ScheduleLease.Interval]
    /// By which times the device goes.
    package let settings: RoomSettings
    /// Whether the power follows rules at all. If not it stays as it is, also without the hub.
    package let isAutomatic: Bool

    /// Reads a promise. Other members are ignored.
    /// - Throws: `Refusal` for what is none.
    package init(_ bytes: [UInt8]) throws(Refusal) {
        let members = try JSONMembers(bytes)
        let seconds: ClosedRange<Int64> = 0...1 << 40
        now = try members.wholeNumber("now", in: seconds)
        let from = try members.wholeNumber("from", in: seconds)
        time = from..<max(from, try members.wholeNumber("until", in: seconds))
        guard var reader = try members.reader("policy") else { throw JSONMembers.missing("policy") }
        let policy = try JSONMembers(&reader, place: "policy")
        isAutomatic = try policy.optionalBoolean("automatic") ?? true
        settings = try RoomSettings(policy)
        let before = try policy.optionalWholeNumber("pre_power_minutes", in: PowerPolicy.Bounds.prePower) ?? 0
        var bookings: [ScheduleLease.Interval] = []
        try members.array("bookings") { (reader) throws(Refusal) in
            let booking = try JSONMembers(&reader, place: "bookings")
            bookings.append(
                ScheduleLease.Interval(
                    start: try booking.wholeNumber("start", in: seconds) - before * 60,
                    end: try booking.wholeNumber("end", in: seconds)))
        }
        self.bookings = bookings
    }

    /// The lease that it is, by another clock.
    /// - Parameter convert: what that clock shows at a second of the hub's.
    package func lease(_ convert: (Int64) -> Int64) -> ScheduleLease {
        // A lease that says nothing leaves the power as it is, together with `.hold`.
        guard isAutomatic else { return ScheduleLease(from: 0, until: 0) }
        var lease = ScheduleLease(from: convert(time.lowerBound), until: convert(time.upperBound))
        for booking in bookings { lease.add(.init(start: convert(booking.start), end: convert(booking.end))) }
        return lease
    }
}

extension RoomSettings {
    fileprivate init(_ policy: JSONMembers) throws(Refusal) {
        typealias Bounds = PowerPolicy.Bounds
        self.init()
        func milliseconds(_ name: String, _ bounds: ClosedRange<Int64>, else preset: Int64) throws(Refusal) -> Int64 {
            try policy.optionalWholeNumber(name, in: bounds).map { $0 * 1_000 } ?? preset
        }
        idleAfter = try milliseconds("idle_after_seconds", Bounds.idleAfter, else: idleAfter)
        idleReportedAfter = try milliseconds("report_after_seconds", Bounds.reportAfter, else: idleReportedAfter)
        powerOffDelay = try milliseconds("off_after_seconds", Bounds.offAfter, else: powerOffDelay)
        holdAfter = try milliseconds("hold_seconds", Bounds.holdAfter, else: holdAfter)
        switch try policy.optionalChoice("fail_safe", of: PowerPolicy.FailSafe.self) {
        case .hold: failSafe = .hold
        case .on, nil: failSafe = .on
        }
        if try policy.optionalBoolean("automatic") == false { failSafe = .hold }
    }
}
