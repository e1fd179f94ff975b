package import NIOCore

/// When to send PINGREQ and when to give up (MQTT 5.0, 3.1.2.10). Times are readings of one monotonic clock.
package struct KeepAlive {
    package enum Step: Equatable {
        /// Look again then.
        case wait(until: NIODeadline)
        /// Send PINGREQ, and look again then.
        case ping(until: NIODeadline)
        /// The server has not answered.
        case expired
    }

    private let interval: TimeAmount
    private var lastSent: NIODeadline
    private var pingSent: NIODeadline?

    /// Nil for 0 seconds, which switches keep alive off.
    package init?(seconds: UInt16, now: NIODeadline) {
        guard seconds > 0 else { return nil }
        interval = .seconds(Int64(seconds))
        lastSent = now
    }

    /// Something was sent: the server's clock starts anew.
    package mutating func sent(at now: NIODeadline) { lastSent = now }

    /// Something arrived: the server is alive.
    package mutating func received() { pingSent = nil }

    /// What is due at this moment. A PINGREQ leaves when three quarters of the interval are gone without a packet, so
    /// that it arrives in time; its answer may take one interval. `isReading` is false while the client itself does not
    /// read: then a missing answer proves nothing.
    package mutating func check(at now: NIODeadline, isReading: Bool) -> Step {
        if let pingSent {
            if !isReading { self.pingSent = now }
            return now - pingSent < interval || !isReading ? .wait(until: now + interval) : .expired
        }
        let due = lastSent + .nanoseconds(interval.nanoseconds / 4 * 3)
        guard now >= due else { return .wait(until: due) }
        pingSent = now
        lastSent = now
        return .ping(until: now + interval)
    }
}
