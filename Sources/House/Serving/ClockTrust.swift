internal import HubModel

/// Whether the machine's clock may be believed when something is to be removed for good because it is old.
///
/// A clock that jumps (a battery that died, a wrong time server) would make all history old at once. It is believed when it has run evenly
/// for an hour, and after a jump of more than a day only when it has stayed so for a day.
struct ClockTrust {
    private var reference: (wall: Timestamp, uptime: Duration)?
    private var believedFrom = Duration.zero

    /// Takes note of both clocks; to be called about once an hour.
    /// - Parameter uptime: time since the start, from a clock that nobody sets.
    mutating func believes(_ wall: Timestamp, uptime: Duration) -> Bool {
        let day: Int64 = 86_400_000_000
        defer { reference = (wall, uptime) }
        guard let reference else {
            believedFrom = uptime + .seconds(3_500)
            return false
        }
        let passed = uptime - reference.uptime
        let expected = reference.wall.advanced(
            byMicroseconds: passed.components.seconds * 1_000_000 + passed.components.attoseconds / 1_000_000_000_000)
        if abs(wall.microseconds(since: expected)) > day { believedFrom = uptime + .seconds(86_400) }
        return uptime >= believedFrom
    }
}
