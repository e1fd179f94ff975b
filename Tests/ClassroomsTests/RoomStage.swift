import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// A simulated room and the hub's classrooms on a stage: no socket, and time goes as it is told.
struct RoomStage {
    let school: School
    var room: SimulatedRoom
    var isHubThere = true
    /// What the device counted.
    private(set) var counts: [SimulatedRoomCount: Int] = [:]
    /// When the relay switched, in minutes since the beginning.
    private(set) var switches: [(minute: Double, isOn: Bool)] = []
    /// What is asked of the hub, by path or topic.
    private(set) var said: [String] = []

    private let begin: Timestamp
    /// Its name.
    static let device = "esp-001"

    /// The device of the room `r1`, at the speed of the clock on the wall.
    init(
        _ transport: RoomTransport = .http, fault: SimulatedRoomFault? = nil, loss: Double = 0,
        timetable: SimulatedTimetable = .school, at start: Timestamp = School.start
    ) async throws {
        school = try await School(at: start)
        let time = SimulatedTime(begin: start, start: start, speed: 1)
        func rooms(_ seed: UInt64) -> SimulatedRooms {
            SimulatedRooms(
                count: 1, seed: seed, time: time, timetable: timetable, transports: [transport],
                faulty: fault == nil ? 0 : 1, loss: loss)
        }
        let seed = try #require((1...200).first { rooms($0).fault(of: 0) == fault })
        room = rooms(seed).device(0, at: start)
        begin = start
        // The school's room gets the simulated device in the place of its own.
        school.devices[RoomStage.device] = .init(DeviceKind("classroom"))
        for (device, place) in [("esp1", "null"), (RoomStage.device, #""r1""#)] {
            try await school.house.call(
                .put, "/api/admin/devices/{device_id}", ["device_id": device], body: #"{"classroom_id":\#(place)}"#,
                as: school.admin)
        }
    }

    var now: Timestamp { school.house.clock.now() }
    var minute: Double { Double(now.microseconds(since: begin)) / 60e6 }

    /// Lets the device and the hub live until so many minutes since the beginning.
    mutating func run(to minute: Double) async throws {
        let end = begin.advanced(byMicroseconds: Int64(minute * 60e6))
        while room.nextDue <= end {
            try await pass(to: room.nextDue)
            try await perform(room.take(.due, at: now))
        }
        try await pass(to: end)
    }

    private mutating func pass(to instant: Timestamp) async throws {
        school.house.clock.move(milliseconds: max(0, (instant.microseconds(since: now) + 999) / 1_000))
        try await hear(try school.house.pass().publications)
    }

    private mutating func perform(_ actions: [SimulatedAction<SimulatedRoomCount>]) async throws {
        var isStored = true
        for action in actions {
            switch action {
            case .count(let count, let number):
                counts[count, default: 0] += number
                if case .switched(let isOn) = count { switches.append((minute, isOn)) }
            case .request(let request): try await perform(room.take(.answered(try await answer(request)), at: now))
            case .publish(let message, _):
                said.append(message.topic)
                guard isHubThere else {
                    isStored = false
                    continue
                }
                let effects = try school.house.hear(
                    message.topic, String(decoding: message.payload, as: UTF8.self),
                    from: .device(try #require(DeviceID(RoomStage.device))), client: RoomStage.device)
                try await hear(effects.publications)
            }
        }
        try await settle(isStored)
    }

    private mutating func settle(_ isStored: Bool) async throws {
        for case .count(let count, let number) in room.take(.settled(isStored: isStored), at: now) {
            counts[count, default: 0] += number
        }
    }

    /// The device hears what is published for it.
    mutating func hear(_ messages: [OutgoingMessage]) async throws {
        guard isHubThere else { return }
        for message in messages where message.topic.hasPrefix("classrooms/\(RoomStage.device)/") {
            let heard = SimulatedMessage(topic: message.topic, payload: message.payload)
            for case .count(let count, let number) in room.take(.message(heard), at: now) {
                counts[count, default: 0] += number
                if case .switched(let isOn) = count { switches.append((minute, isOn)) }
            }
        }
    }

    private mutating func answer(_ request: SimulatedRequest) async throws -> SimulatedAnswer {
        said.append(request.path)
        guard isHubThere else { return .noReply(.hubAway) }
        let method = try #require(Route.Method(rawValue: request.method.rawValue))
        do {
            let reply = try await school.house.call(
                method, try #require(request.path.split(separator: "?").first.map(String.init)),
                body: String(decoding: request.body, as: UTF8.self), as: try school.esp(RoomStage.device))
            return .reply(status: reply.status, body: reply.body)
        } catch let refusal as Refusal {
            return .reply(status: refusal.code == .notFound ? 404 : 409, body: [])
        }
    }
}
