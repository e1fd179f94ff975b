package import HubModel
internal import SolutionKit
internal import Synchronization

/// What the displays at doors and the line have in common: who waits for news of which room, and how often somebody tapped.
final class DoorBell: Sendable {
    /// Several displays of one room may wait, and connections of theirs that are gone unnoticed.
    private static let waitersPerRoom = 8

    private struct State {
        var polls: LongPoll<ClassroomID>?
        var taps = DoorTaps()
    }

    private let state = Mutex(State())

    /// Those who wait, made when the first asks.
    /// - Parameter rhythm: how time passes for them.
    func polls(by rhythm: any Rhythm) -> LongPoll<ClassroomID> {
        state.withLock { state in
            let polls = state.polls ?? LongPoll(limitPerKey: DoorBell.waitersPerRoom, rhythm: rhythm)
            state.polls = polls
            return polls
        }
    }

    /// How many wait at present.
    var waiting: Int { state.withLock { $0.polls?.waiting ?? 0 } }

    /// What is shown of a room may be another: to be called once that is committed.
    func ring(_ room: ClassroomID) { state.withLock { $0.polls }?.signal(room) }

    /// Somebody taps at a door.
    /// - Throws: `too_many_requests` when they do so too often.
    func tap(_ room: ClassroomID, at now: Timestamp) throws(Refusal) {
        guard let wait = state.withLock({ $0.taps.take(room, at: now) }) else { return }
        throw Refusal(.tooManyRequests, "Wait a moment, then tap again.", retryAfterSeconds: Int(wait))
    }
}

/// How often somebody tapped at each door within the last minute. A value.
package struct DoorTaps: Sendable {
    /// The most taps at one door within a minute.
    package static let mostPerMinute = 12
    private static let minute: Int64 = 60_000_000

    private var taps: [ClassroomID: [Timestamp]] = [:]

    package init() {}

    /// Takes a tap.
    /// - Returns: nil when it counts; else in how many seconds the next one will.
    package mutating func take(_ room: ClassroomID, at now: Timestamp) -> Int64? {
        // Those of later came before the clock was set back.
        let since = now.advanced(byMicroseconds: -DoorTaps.minute)
        var recent = (taps[room] ?? []).filter { $0 > since && $0 <= now }
        if recent.count >= DoorTaps.mostPerMinute, let first = recent.first {
            return max(1, (first.microseconds(since: since) + 999_999) / 1_000_000)
        }
        recent.append(now)
        taps[room] = recent
        return nil
    }
}

extension ClassroomsSolution {
    /// How many displays wait for news at present.
    package var waitingDisplays: Int { doorBell.waiting }
}
