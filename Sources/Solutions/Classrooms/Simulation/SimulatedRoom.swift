internal import DeviceLogic
public import HubModel
public import SolutionKit

/// What simulated rooms count beside messages.
public enum SimulatedRoomCount: Hashable, Sendable {
    /// Relays that switched, on or off.
    case switched(on: Bool)
    /// Those that did so without a hub.
    case alone
    /// Reports that got lost on purpose.
    case lost
    /// Reports of a room that came more than five minutes late.
    case late
    /// Starts after the first.
    case restart
}

/// How the devices of simulated rooms reach their hub.
package enum RoomTransport: String, CaseIterable, Sendable {
    /// As the devices of old.
    case http
    /// As new devices.
    case mqtt
}

/// One room that does not exist: its people, its device, and what is wrong with that. The device runs by the simulation's clock, the hub by the
/// wall's; what the device says is stamped by the wall's.
public struct SimulatedRoom: SimulatedDevice {
    let name: String
    let transport: RoomTransport
    let time: SimulatedTime
    let loss: Double
    /// Whether it has no key, so that only its name says who asks.
    let asksByName: Bool
    var board: RoomBoard
    var chance: SimulatedChance
    var radio = Radio()
    private var people: SimulatedPeople
    private var trouble: SimulatedTrouble
    /// Up to when everything was done.
    private var lived: Timestamp

    /// Whether and when the device may say something.
    struct Radio: Sendable {
        var isSilent = false
        var isAway = false
        var pause = Backoff(initial: 1_000, maximum: 10_000, jitter: .half)
        /// By the wall's clock.
        var pausedUntil = Timestamp(microseconds: 0)
        /// What it has asked or said, and waits for; nil: nothing.
        var asked: Question?
        /// When it asks for a promise, by its own clock, in milliseconds.
        var nextPromise: Int64 = 0
        /// How often in a row what it said of its relay was not stored.
        var refusals = 0

        var isOpen: Bool { !isSilent && !isAway && asked == nil }
    }

    enum Question: Hashable, Sendable {
        case promise, status, relay
        /// Of a former start: nobody waits for the answer any more.
        case forgotten
    }

    /// As many steps are taken at once, so that a device that was held up does not hold up others.
    private static let portion = 10_000

    init(_ rooms: SimulatedRooms, _ index: Int, at now: Timestamp, hasKey: Bool) {
        name = rooms.name(index)
        transport = rooms.transport(of: index)
        time = rooms.time
        loss = rooms.loss
        asksByName = !hasKey
        let start = rooms.time.instant(at: now)
        people = SimulatedPeople(
            rooms.timetable, SimulatedChance(seed: rooms.seed, stream: 1, index), clock: rooms.clock, from: start)
        trouble = SimulatedTrouble(
            rooms.fault(of: index), SimulatedChance(seed: rooms.seed, stream: 2, index), from: start)
        chance = SimulatedChance(seed: rooms.seed, stream: 3, index)
        lived = start
        let begin = start.microseconds(since: rooms.time.start) / 1_000
        board = RoomBoard(boot: SimulatedRoom.boot(at: now), at: begin)
        radio.nextPromise = begin
    }

    /// Another for each start, also of a simulator with the same seed: the hub knows devices by it.
    private static func boot(at now: Timestamp) -> UInt32 { UInt32(truncatingIfNeeded: now.microseconds / 1_000) }

    /// Whether its relay gives power.
    package var isPowerOn: Bool { board.control.isPowerOn }

    /// When somebody moves, the device has something to do or to say, or something goes wrong.
    public var nextDue: Timestamp {
        let due = time.due(nextInstant)
        guard radio.isOpen else { return due }
        if board.hasMore { return min(due, radio.pausedUntil) }
        guard transport == .http else { return due }
        return min(due, max(radio.pausedUntil, time.due(instant(radio.nextPromise))))
    }

    /// What it publishes, asks and counts.
    public mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<SimulatedRoomCount>] {
        var actions = live(until: now)
        switch event {
        case .due: break
        case .message(let message): hear(message, at: now)
        case .answered(let answer): hear(answer, at: now)
        case .settled(let isStored): settle(isStored, at: now)
        }
        actions += act(at: time.instant(at: now), wall: now)
        // A device of MQTT publishes one thing at a time, and only when it is due: what becomes of it comes with `settled`.
        if transport == .http || event == .due { actions += say(at: now) }
        return actions
    }
}

// MARK: Its life

extension SimulatedRoom {
    private var nextInstant: Timestamp {
        min(people.nextMovement, min(trouble.next, instant(board.deadline(after: milliseconds(lived)))))
    }

    /// Goes through what happened until now, each thing at its own time: also when nobody asked for a while.
    private mutating func live(until now: Timestamp) -> [SimulatedAction<SimulatedRoomCount>] {
        var actions: [SimulatedAction<SimulatedRoomCount>] = []
        for _ in 0..<SimulatedRoom.portion {
            let instant = nextInstant
            let wall = time.due(instant)
            guard wall <= now else { break }
            if trouble.next <= instant, let event = trouble.happen() {
                actions += suffer(event, at: instant, wall: wall)
            }
            if people.nextMovement <= instant {
                if trouble.fault != .blind { board.movement(at: milliseconds(instant)) }
                people.move()
            }
            actions += act(at: instant, wall: wall)
        }
        return actions
    }

    private mutating func suffer(
        _ event: SimulatedTrouble.Event, at instant: Timestamp, wall: Timestamp
    ) -> [SimulatedAction<SimulatedRoomCount>] {
        switch event {
        case .fallsSilent: radio.isSilent = true
        case .radioGoes: radio.isAway = true
        case .radioComes: radio.isAway = false
        case .seesHeater: board.movement(at: milliseconds(instant))
        case .restarts:
            let hasAsked = radio.asked != nil
            board = RoomBoard(boot: SimulatedRoom.boot(at: wall), at: milliseconds(instant))
            radio = Radio()
            radio.nextPromise = milliseconds(instant)
            // The connection is the fleet's: an answer to the former start still comes, and is of no use.
            radio.asked = hasAsked ? .forgotten : nil
            return [.count(.restart)]
        }
        return []
    }

    private mutating func act(at instant: Timestamp, wall: Timestamp) -> [SimulatedAction<SimulatedRoomCount>] {
        lived = max(lived, instant)
        var actions: [SimulatedAction<SimulatedRoomCount>] = []
        for switched in board.act(at: milliseconds(instant), wall: wall) {
            actions.append(.count(.switched(on: switched.isOn)))
            switch switched.reason {
            case .movement, .idle, .failSafe: actions.append(.count(.alone))
            case .policy, .manual, .booked: break
            }
        }
        return actions
    }

    /// The device's clock at an instant of the simulation's: milliseconds since it began.
    func milliseconds(_ instant: Timestamp) -> Int64 { instant.microseconds(since: time.start) / 1_000 }

    func instant(_ milliseconds: Int64) -> Timestamp {
        time.start.advanced(byMicroseconds: milliseconds * 1_000)
    }
}
