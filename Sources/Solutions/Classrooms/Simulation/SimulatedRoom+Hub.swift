internal import DeviceLogic
internal import HubModel
internal import SolutionKit

/// What the device of a simulated room says to its hub, and hears of it.
extension SimulatedRoom {
    /// A device over HTTP asks for what it is promised every quarter of an hour, and a minute after it got no answer, in milliseconds of its
    /// own clock. Over MQTT the hub says it.
    private static let (promiseEvery, promiseAgain): (Int64, Int64) = (900_000, 60_000)
    /// So often it says what its relay did to a hub that does not take it: over MQTT nobody says why.
    private static let mostRefusals = 5
    /// What the hub hears later than that is of the past, in microseconds.
    private static let lateAfter: Int64 = 300_000_000
    /// How long it waits for an answer, in microseconds.
    private static let patience: Int64 = 5_000_000

    // MARK: Saying

    /// What it asks or says now: one thing, the oldest first.
    mutating func say(at now: Timestamp) -> [SimulatedAction<SimulatedRoomCount>] {
        guard radio.isOpen, now >= radio.pausedUntil else { return [] }
        if transport == .http, time.due(instant(radio.nextPromise)) <= now {
            radio.asked = .promise
            return [.request(SimulatedRequest(.get, promisePath, timeLimit: SimulatedRoom.patience))]
        }
        var actions: [SimulatedAction<SimulatedRoomCount>] = []
        while let told = board.next() {
            guard !chance.happens(loss) else {
                board.told()
                actions.append(.count(.lost))
                continue
            }
            return actions + say(told, at: now)
        }
        return actions
    }

    private var promisePath: String { "/api/esp/schedule\(asksByName ? "?device_id=\(name)" : "")" }

    private mutating func say(_ told: RoomBoard.Told, at now: Timestamp) -> [SimulatedAction<SimulatedRoomCount>] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("device_id", name)
            switch told.content {
            case .status(let report, let number):
                writer.member("is_occupied", report.isOccupied)
                writer.member("is_power_on", report.isPowerOn)
                writer.member("idle_seconds", report.idleMilliseconds / 1_000)
                writer.member("firmware", "simulated")
                writer.member("boot", Int64(board.boot))
                writer.member("seq", Int64(number))
            case .relay(let isOn, let reason):
                writer.member("power_on", isOn)
                writer.member("reason", reason.word)
            }
            // Devices have seconds; of one whose clock is fast several reports would be of the same.
            writer.member("timestamp", double: Double(told.at.microseconds / 1_000) / 1_000)
        }
        var late: [SimulatedAction<SimulatedRoomCount>] = []
        let (question, way): (Question, String) =
            switch told.content {
            case .status: (.status, "status")
            case .relay: (.relay, transport == .http ? "power-log" : "power")
            }
        if question == .status, now.microseconds(since: told.at) > SimulatedRoom.lateAfter { late = [.count(.late)] }
        radio.asked = question
        switch transport {
        case .http:
            return late + [
                .request(
                    SimulatedRequest(
                        .post, "/api/esp/\(way)", contentType: "application/json", body: writer.bytes,
                        timeLimit: SimulatedRoom.patience))
            ]
        case .mqtt:
            return late + [.publish(SimulatedMessage(topic: "classrooms/\(name)/\(way)", payload: writer.bytes))]
        }
    }

    // MARK: Hearing

    /// An answer over HTTP.
    mutating func hear(_ answer: SimulatedAnswer, at now: Timestamp) {
        guard transport == .http, let asked = radio.asked else { return }
        radio.asked = nil
        let clock = milliseconds(time.instant(at: now))
        if asked == .promise { radio.nextPromise = clock + SimulatedRoom.promiseAgain }
        guard case .reply(let status, let body) = answer, status < 500, status != 408, status != 429 else {
            return notHeard(at: now)
        }
        radio.pause.held(for: .max)
        switch asked {
        case .promise:
            guard status == 200, let promise = try? RoomPromise(body) else { return }
            radio.nextPromise = clock + SimulatedRoom.promiseEvery
            take(promise, second: shownSecond(at: promise.now), at: now)
        case .status:
            // What the hub refuses, it would refuse again.
            board.told()
            if status == 200 { take(body, at: now) }
        case .relay: board.told()
        case .forgotten: break
        }
    }

    /// A message over MQTT.
    mutating func hear(_ message: SimulatedMessage, at now: Timestamp) {
        guard !radio.isSilent, !radio.isAway else { return }
        if message.topic.hasSuffix("/control") {
            take(message.payload, at: now)
        } else if message.payload.isEmpty {
            board.forgetPromise()
        } else if message.payload.count <= RoomTold.maximumBytes, let promise = try? RoomPromise(message.payload) {
            // The broker may have kept it for hours: what the wall's clock shows, the device knows itself.
            take(promise, second: time.instant(at: now).wholeSeconds, at: now)
        }
    }

    /// What became of what it published.
    mutating func settle(_ isStored: Bool, at now: Timestamp) {
        guard transport == .mqtt, let asked = radio.asked else { return }
        radio.asked = nil
        if asked == .relay, !isStored { radio.refusals += 1 }
        guard !isStored, radio.refusals < SimulatedRoom.mostRefusals else {
            radio.refusals = 0
            radio.pause.held(for: .max)
            return board.told()
        }
        notHeard(at: now)
    }

    private mutating func notHeard(at now: Timestamp) {
        board.notTold()
        radio.pausedUntil = now.advanced(byMicroseconds: radio.pause.next(random: chance.next()) * 1_000)
    }

    private mutating func take(_ bytes: [UInt8], at now: Timestamp) {
        guard let reply = try? RoomTold.reply(bytes) else { return }
        let clock = milliseconds(time.instant(at: now))
        // A booking was made or given up since the promise: it asks for another.
        if board.take(reply, at: clock) { radio.nextPromise = clock }
    }

    private mutating func take(_ promise: RoomPromise, second: Int64, at now: Timestamp) {
        board.take(promise, second: second, at: milliseconds(time.instant(at: now)), shownSecond)
    }

    /// What the simulation's clock shows at a second of the hub's.
    private func shownSecond(at second: Int64) -> Int64 { time.instant(at: Timestamp(seconds: second)).wholeSeconds }
}

extension RoomPowerReason {
    /// As the power log has it.
    fileprivate var word: String {
        switch self {
        case .policy: "auto_control"
        case .manual: "manual"
        case .booked: "booked"
        case .movement: "movement"
        case .idle: "idle"
        case .failSafe: "fail_safe"
        }
    }
}
