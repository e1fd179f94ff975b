package import DeviceLogic
package import HubModel

/// The program of a room's device: what it decides (`RoomControl`), and what it has not told its hub yet. It knows neither how it reaches the hub
/// nor how fast time runs: its clock is milliseconds since its start, and the wall's.
package struct RoomBoard: Sendable {
    /// Something to tell the hub.
    package struct Told: Hashable, Sendable {
        /// What.
        package enum Content: Hashable, Sendable {
            /// How the room is; its number within this start of the device.
            case status(RoomReport, number: UInt32)
            /// That the relay switched.
            case relay(isOn: Bool, RoomPowerReason)
        }
        package let content: Content
        /// When it was, by the wall's clock.
        package let at: Timestamp
    }

    /// What happened to the relay, for those who count.
    package struct Switched: Hashable, Sendable {
        package let isOn: Bool
        package let reason: RoomPowerReason
    }

    /// Which start of the device this is.
    package let boot: UInt32
    /// What it decides.
    package private(set) var control: RoomControl
    private var outbox: StoreAndForward<Told>
    private var nextNumber: UInt32 = 0
    private var lease: ScheduleLease?
    private var clock: WallClockOffset?

    /// As many reports as fit in the memory of a small board; of more the oldest go.
    package static let memory = 256

    /// A device that starts. Its relay gives power until it knows better.
    package init(boot: UInt32, at now: Int64) {
        self.boot = boot
        control = RoomControl(isPowerOn: true, at: now)
        outbox = StoreAndForward(capacity: RoomBoard.memory, boot: boot)
    }

    /// When time alone gives it something to do.
    package func deadline(after now: Int64) -> Int64 { control.deadline(after: now) }

    /// The sensor sees somebody move.
    package mutating func movement(at now: Int64) { control.movement(at: now) }

    /// Does what is to be done now; what the hub is to be told of it waits.
    /// - Parameter wall: the same instant by the wall's clock.
    /// - Returns: what the relay did.
    package mutating func act(at now: Int64, wall: Timestamp) -> [Switched] {
        var switched: [Switched] = []
        while let action = control.next(at: now) {
            switch action {
            case .switchPower(let isOn, let reason):
                switched.append(Switched(isOn: isOn, reason: reason))
                _ = outbox.append(Told(content: .relay(isOn: isOn, reason), at: wall))
            case .report(let report):
                _ = outbox.append(Told(content: .status(report, number: nextNumber), at: wall))
                nextNumber &+= 1
            }
        }
        return switched
    }

    // MARK: The hub

    /// The oldest thing to tell that is not under way; it is under way from now on.
    package mutating func next() -> Told? { outbox.next()?.element }

    /// Whether something waits to be told.
    package var hasMore: Bool { outbox.waiting > 0 }

    /// What was under way is stored, or will never be.
    package mutating func told() { outbox.acknowledgeAll() }

    /// Nobody knows whether what was under way is stored: it is told again, under the same number.
    package mutating func notTold() { outbox.connectionLost() }

    /// The hub replies.
    /// - Returns: whether its reply contradicts what it promised, so that the device had better ask for another promise.
    package mutating func take(_ reply: RoomReply, at now: Int64) -> Bool {
        control.take(reply, at: now)
        guard let lease, let clock, let promised = lease.isBooked(at: clock.second(at: now)) else { return false }
        return promised != reply.isBooked
    }

    /// The hub promises.
    /// - Parameters:
    ///   - second: what the device's own wall clock shows.
    ///   - convert: what that clock shows at a second of the hub's.
    package mutating func take(_ promise: RoomPromise, second: Int64, at now: Int64, _ convert: (Int64) -> Int64) {
        let lease = promise.lease(convert)
        self.lease = promise.isAutomatic ? lease : nil
        clock = WallClockOffset(second: second, at: now)
        control.settings = promise.settings
        control.take(lease, second: second, at: now)
    }

    /// The hub takes its promise back: the device is in no room any more.
    package mutating func forgetPromise() {
        lease = nil
        control.settings = RoomSettings()
        control.take(ScheduleLease(from: 0, until: 0), second: nil, at: 0)
    }
}
