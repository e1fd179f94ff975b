#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Where a broker has the time from.
public struct BrokerClock: Sendable {
    private let moment: @Sendable () -> Moment

    /// A clock that is read by a function, from any thread. Its uptime must not go back.
    public init(_ moment: @escaping @Sendable () -> Moment) {
        self.moment = moment
    }

    /// The clocks of the machine.
    public static let machine = BrokerClock {
        Moment(uptime: read(uptimeClock) / 1_000_000, wall: read(CLOCK_REALTIME) / 1_000)
    }

    /// What time it is.
    public func now() -> Moment { moment() }

    /// Counts on while the machine sleeps: a client that was silent meanwhile was silent.
    private static var uptimeClock: clockid_t {
        #if canImport(Darwin)
        CLOCK_MONOTONIC
        #else
        CLOCK_BOOTTIME
        #endif
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
