#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The clocks of the machine.
enum SystemClock {
    static func now() -> Moment {
        Moment(uptime: read(uptimeClock) / 1_000_000, wall: read(CLOCK_REALTIME) / 1_000)
    }

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
