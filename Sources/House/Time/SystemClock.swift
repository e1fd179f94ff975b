internal import Foundation
internal import HubModel
internal import MQTTBroker

/// The time by which a hub lives: what it is, how much of it has passed, and what paces the work that is done again and again.
protocol HouseClock: WallClock, Rhythm {
    /// The same time for the broker.
    var broker: BrokerClock { get }
}

/// The machine's clock.
struct SystemClock: HouseClock {
    private let rhythm = SteadyRhythm()

    func now() -> Timestamp {
        // Seconds since 2001 as a Double: exact to a quarter of a microsecond for this century.
        let microseconds = (Date.timeIntervalSinceReferenceDate + Date.timeIntervalBetween1970AndReferenceDate) * 1e6
        return Timestamp(microseconds: Int64(microseconds.rounded()))
    }

    func uptime() -> Duration { rhythm.uptime() }

    func sleep(untilUptime end: Duration) async throws { try await rhythm.sleep(untilUptime: end) }

    func every(_ interval: Duration, do work: () async -> Void) async { await rhythm.every(interval, do: work) }

    var broker: BrokerClock { .machine }
}
