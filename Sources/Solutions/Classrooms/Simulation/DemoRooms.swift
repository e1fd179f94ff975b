internal import HubModel
internal import SolutionKit

/// The two rooms of a demonstration: what people say of them, who comes and goes, and what is booked around the present.
enum DemoRooms {
    /// How many seconds of the simulation pass in one: a lesson takes four minutes and a half, and a room that is left goes dark within half a minute.
    static let speed = 10.0

    private static let prefix = "demo-room-"
    private static let all: [(id: String, name: String, capacity: Int64, equipment: [String], watts: Int64)] = [
        ("demo-seminar", "Seminar room", 24, ["projector", "whiteboard"], 450),
        ("demo-lecture", "Lecture hall", 120, ["microphone", "projector"], 2_400),
    ]

    /// Bookings of each room: minutes from the present half hour to their beginnings, how long they are, what for. One runs, one follows, one begins
    /// soon, and tomorrow there are some as well.
    private static let bookings: [[(after: Int64, minutes: Int64, purpose: String)]] = [
        [(0, 60, "Physics, year 10"), (120, 45, "Parents' evening: planning"), (1_440, 90, "Physics, year 10")],
        [(30, 90, "Lecture: statistics"), (180, 60, "Choir"), (1_470, 90, "Lecture: statistics")],
    ]

    /// One device comes as those of old do, the other over MQTT.
    static func fleet(at now: Timestamp) -> SimulatedRooms {
        SimulatedRooms(
            count: all.count, seed: 7, time: SimulatedTime(begin: now, start: now, speed: speed), timetable: .always,
            transports: RoomTransport.allCases, prefix: prefix)
    }

    /// Makes what is not there yet. What somebody removed stays removed, and what somebody changed stays as it is.
    static func prepare(_ services: WebServices, by caller: Caller) async throws {
        let (people, fleet) = (services.people, fleet(at: services.clock.now()))
        let ids = all.flatMap { _ in (0..<6).map { _ in RandomName.make() } }
        try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            var ids = ids
            var made: [String] = []
            for (index, demo) in all.enumerated() {
                guard let id = ClassroomID(demo.id), let device = DeviceID(fleet.name(index)) else { continue }
                if handler[id] == nil {
                    guard try !ClassroomTable.wasUsed(id, in: try line.transaction()) else { continue }
                    _ = try handler.add(id, facts(of: demo), at: .main, within: .all, in: &line)
                    made.append(demo.id)
                }
                guard let entry = handler[id] else { continue }
                if entry.known.device == nil, handler.rooms[device] == nil {
                    try handler.assign(device, to: entry, in: &line)
                }
                let booker = Booker(caller, at: entry.site, people)
                // A house that starts again has bookings of its last start.
                guard entry.window.next(after: line.now) == nil, entry.window.current(at: line.now) == nil else {
                    continue
                }
                for wish in wishes(of: index, at: line.now) {
                    guard let fresh = ids.popLast() else { continue }
                    _ = try handler.book(wish, in: entry, for: booker, id: fresh, in: &line)
                }
            }
            guard !made.isEmpty else { return AuditedChange(()) }
            return AuditedChange(
                (), .changeClassroom, of: "classroom:demo", facts: [("added", made.joined(separator: " "))])
        }
    }

    private static func facts(
        of demo: (id: String, name: String, capacity: Int64, equipment: [String], watts: Int64)
    ) -> ClassroomFacts {
        var facts = ClassroomFacts()
        facts.name = demo.name
        facts.building = "Main building"
        facts.capacity = demo.capacity
        facts.equipment = demo.equipment
        facts.policy.watts = demo.watts
        return facts
    }

    /// What is booked around an instant. What would have begun begins now.
    private static func wishes(of room: Int, at now: Timestamp) -> [BookingWish] {
        let slot: Int64 = 300
        let present = now.wholeSeconds / slot * slot
        let half = now.wholeSeconds / 1_800 * 1_800
        return bookings[room].map { booking in
            let begin = max(present, half + booking.after * 60)
            let end = half + (booking.after + booking.minutes) * 60
            return BookingWish(
                start: .instant(Timestamp(seconds: begin)), end: .instant(Timestamp(seconds: end)),
                purpose: booking.purpose)
        }
    }
}
