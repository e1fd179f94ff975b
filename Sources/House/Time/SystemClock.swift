internal import Foundation
internal import HubModel
internal import MQTTBroker

/// The time by which a hub lives: what it is, how much of it has passed, and what paces the work that is done again and again.
protocol HouseClock: WallClock, Rhythm {
    /// How much time has passed since some moment in the past, by a clock that nobody sets.
    func uptime() -> Duration

    /// The same time for the broker.
    var broker: BrokerClock { get }
}

/// The machine's clock.
struct SystemClock: HouseClock {
    private let began = ContinuousClock.now

    func now() -> Timestamp {
        // Seconds since 2001 as a Double: exact to a quarter of a microsecond for this century.
        let microseconds = (Date.timeIntervalSinceReferenceDate + Date.timeIntervalBetween1970AndReferenceDate) * 1e6
        return Timestamp(microseconds: Int64(microseconds.rounded()))
    }

    func uptime() -> Duration { ContinuousClock.now - began }

    func every(_ interval: Duration, do work: () async -> Void) async {
        await SteadyRhythm().every(interval, do: work)
    }

    var broker: BrokerClock { .machine }
}
