import Classrooms
import HubModel
import SolutionKit
import Testing

/// Who comes and goes, and the fleet of rooms, as values.
@Suite struct SimulationPeopleTests {
    /// Monday, 2026-11-23, midnight in UTC.
    private static let monday = Timestamp(seconds: 1_795_392_000)

    private func people(_ seed: Int, _ timetable: SimulatedTimetable = .school, zone: String = "UTC") throws
        -> SimulatedPeople
    {
        SimulatedPeople(
            timetable, SimulatedChance(seed: 7, stream: 1, seed), clock: try #require(LocalClock(zone)),
            from: SimulationPeopleTests.monday)
    }

    @Test(
        "Movements come in order and only while somebody is there; who comes and who leaves moves",
        arguments: 0..<20)
    func movements(seed: Int) throws {
        var people = try people(seed, seed % 2 == 0 ? .school : .always)
        var stays: [Range<Timestamp>: [Timestamp]] = [:]
        var last = SimulationPeopleTests.monday
        while last < SimulationPeopleTests.monday.advanced(bySeconds: 7 * 86_400) {
            #expect(people.nextMovement >= last)
            last = people.nextMovement
            stays[people.stay.time, default: []].append(last)
            people.move()
        }
        let all = stays.keys.sorted { $0.lowerBound < $1.lowerBound }
        #expect(all.count > 15)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        for stay in all.dropLast() {
            #expect(stays[stay]?.first == stay.lowerBound && stays[stay]?.last == stay.upperBound)
        }
    }

    @Test("A school is empty at night and has no lessons at weekends, by the clock of its zone")
    func nights() throws {
        for (zone, hours) in [("UTC", Int64(0)), ("America/New_York", 5)] {
            var people = try people(3, zone: zone)
            var busy = [Int64](repeating: 0, count: 24)
            var weekend = 0
            while people.nextMovement < SimulationPeopleTests.monday.advanced(bySeconds: 28 * 86_400) {
                let local = people.nextMovement.wholeSeconds - hours * 3_600
                busy[Int(local % 86_400 / 3_600)] += 1
                // The first of 1970 was a Thursday.
                if (local / 86_400 + 3) % 7 >= 5 { weekend += 1 }
                people.move()
            }
            #expect(busy[0...6].reduce(0, +) == 0 && busy[21...23].reduce(0, +) == 0)
            #expect(busy[8...11].allSatisfy { $0 > 500 } && Int64(weekend) * 20 < busy.reduce(0, +))
        }
    }

    @Test("Stays that touch become one; what no stay covers is covered by none", arguments: 0..<50)
    func merged(seed: Int) {
        var chance = SimulatedChance(seed: 9, stream: 1, seed)
        let stays = (0..<8).map { _ in
            let begin = Int64(100 * chance.fraction())
            return SimulatedPeople.Stay(
                time: Timestamp(seconds: begin)..<Timestamp(seconds: begin + 1 + Int64(20 * chance.fraction())),
                gap: 1 + chance.fraction())
        }
        let merged = SimulatedPeople.merged(stays)
        #expect(zip(merged, merged.dropFirst()).allSatisfy { $0.time.upperBound < $1.time.lowerBound })
        for second in 0..<Int64(130) {
            let instant = Timestamp(seconds: second)
            #expect(stays.contains { $0.time.contains(instant) } == merged.contains { $0.time.contains(instant) })
        }
    }

    private func rooms(_ speed: Double = 1, _ transports: [RoomTransport] = [.http], faulty: Double = 0)
        -> SimulatedRooms
    {
        let monday = SimulationPeopleTests.monday
        return SimulatedRooms(
            count: 3, seed: 7,
            time: SimulatedTime(begin: monday, start: monday.advanced(bySeconds: 28_800), speed: speed),
            transports: transports, faulty: faulty)
    }

    @Test("Devices have names and connections of their own, and those over MQTT hear what is for them")
    func fleet() throws {
        let rooms = rooms(1, [.http, .mqtt])
        #expect(rooms.devices.map(\.name) == ["esp-001", "esp-002", "esp-003"])
        #expect(rooms.devices.allSatisfy { $0.kind == DeviceKind("classroom") && $0.controller == nil })
        #expect(rooms.client(0).session == nil)
        #expect(rooms.client(1).subscriptions == ["classrooms/esp-002/control", "classrooms/esp-002/schedule"])
        var tally = FleetTally<SimulatedRoomCount>()
        tally.note(.switched(on: false), by: 3)
        tally.note(.switched(on: true), by: 2)
        tally.note(.alone, by: 1)
        #expect(
            rooms.summary(tally)
                == "0 reports and questions answered, 0 failed, 0 lost on purpose, 0 late, 0 restarts; power off 3 times, on 2 times, 1 of them without the hub"
        )
    }

    @Test("About as many devices are faulty as was asked, and every fault is there")
    func faults() {
        let monday = SimulationPeopleTests.monday
        let rooms = SimulatedRooms(
            count: 2_000, seed: 7, time: SimulatedTime(begin: monday, start: monday, speed: 1), faulty: 0.1)
        let faults = (0..<2_000).compactMap(rooms.fault)
        #expect((150...250).contains(faults.count) && Set(faults) == Set(SimulatedRoomFault.allCases))
    }

    @Test("With a speed of sixty an hour of people and device is a minute")
    func speed() {
        /// When the device asks or says something in a simulated day without a hub, in tenths of a second of its own clock.
        func asked(_ speed: Double) -> [Int64] {
            var room = rooms(speed).device(0, at: SimulationPeopleTests.monday)
            let end = SimulationPeopleTests.monday.advanced(byMicroseconds: Int64(86_400e6 / speed))
            var all: [Int64] = []
            while room.nextDue < end {
                let now = room.nextDue
                var actions = room.take(.due, at: now)
                let before = room.isPowerOn
                while let request = actions.compactMap({ action -> SimulatedRequest? in
                    if case .request(let request) = action { request } else { nil }
                }).first {
                    _ = request
                    all.append(Int64(Double(now.microseconds(since: SimulationPeopleTests.monday)) * speed / 1e5))
                    actions = room.take(.answered(.reply(status: 404, body: [])), at: now)
                }
                #expect(room.isPowerOn == before)
            }
            return all
        }
        let (slow, fast) = (asked(1), asked(60))
        // Instants of the wall are whole microseconds: a movement may come a moment before a report or behind it.
        #expect(slow.count > 720 && abs(slow.count - fast.count) * 50 < slow.count)
        #expect(slow.first == fast.first)
    }
}
