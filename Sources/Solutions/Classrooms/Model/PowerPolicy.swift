/// By which rules a classroom's power goes: what people set, for each room.
package struct PowerPolicy: Hashable, Sendable {
    /// What a relay does when it hears nothing of the hub and knows nothing of the bookings.
    package enum FailSafe: String, CaseIterable, Sendable {
        /// It gives power: nobody sits in the dark because a hub is down.
        case on
        /// It stays as it is.
        case hold
    }

    /// Whether the hub switches the power by these rules. If not, the power stays as it is until a person switches it.
    package var isAutomatic = true
    /// Seconds without movement after which the room counts as idle.
    package var idleAfter: Int64 = 60
    /// Seconds without movement after which the device tells the hub so.
    package var reportAfter: Int64 = 120
    /// Seconds for which the device still waits once the hub has told it to switch off.
    package var offAfter: Int64 = 180
    /// Seconds for which the room stays powered after it became idle, before the hub tells the device to switch off. Devices that know no
    /// other times than their own are kept on longer by it.
    package var holdAfter: Int64 = 0
    /// Minutes before a booking from which on the room counts as booked, and has power.
    package var prePower: Int64 = 15
    /// What the device does without the hub.
    package var failSafe = FailSafe.on
    /// What the room draws while its power is on, in watts; 0: nobody has said it.
    package var watts: Int64 = 0

    /// The rules of a room of which nobody has said anything.
    package init() {}

    /// Bounds of what people may set.
    package enum Bounds {
        package static let idleAfter: ClosedRange<Int64> = 10...3_600
        package static let reportAfter: ClosedRange<Int64> = 10...7_200
        package static let offAfter: ClosedRange<Int64> = 0...7_200
        package static let holdAfter: ClosedRange<Int64> = 0...14_400
        /// A device reports every two minutes, and what begins sooner than that would find a dark room.
        package static let prePower: ClosedRange<Int64> = 5...240
        package static let watts: ClosedRange<Int64> = 0...1_000_000
    }
}
