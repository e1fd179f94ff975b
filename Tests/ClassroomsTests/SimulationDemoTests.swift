import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// The two rooms of the demonstration.
@Suite struct SimulationDemoTests {
    private func house() async throws -> (house: SolutionHouse, devices: FakeDevices) {
        let simulated = try #require(ClassroomsSolution().demonstration(at: School.start))
        let devices = FakeDevices(
            Dictionary(uniqueKeysWithValues: simulated.devices.map { ($0.name, .init($0.kind)) }))
        return (try await SolutionHouse(ClassroomsSolution(), at: School.start, devices: devices), devices)
    }

    private let hub = Caller(.hub, grants: Grants(everywhere: School.all))

    private func rooms(_ house: SolutionHouse) async throws -> [JSONTree] {
        try await house.json(.get, "/api/staff/classrooms", as: .person(School.all, at: "main", account: "admin"))[
            "classrooms"]?
            .elements ?? []
    }

    @Test("Both rooms have a device, one is booked now, the other soon; a second start changes nothing")
    func prepares() async throws {
        let (house, _) = try await house()
        for _ in 0..<2 {
            try await ClassroomsSolution().prepareDemonstration(house.services, by: hub)
            let rooms = try await rooms(house)
            #expect(rooms.map { $0["classroom_id"]?.text } == ["demo-lecture", "demo-seminar"])
            #expect(rooms.allSatisfy { $0["has_device"]?.flag == true })
            #expect(rooms[1]["current"]?["start"] != nil && rooms[0]["next"]?["start"] != nil)
            #expect(try house.count("classroom_booking") == 6)
            house.restart()
        }
        // Bookings of the last start are over: there are new ones.
        try house.pass(seconds: 3 * 86_400)
        try await ClassroomsSolution().prepareDemonstration(house.services, by: hub)
        #expect(try house.count("classroom_booking") == 12)
    }

    @Test("A room that somebody removed stays removed", arguments: [0, 1_000, 1_799])
    func removed(second: Int64) async throws {
        let (house, _) = try await house()
        try house.pass(seconds: second)
        try await ClassroomsSolution().prepareDemonstration(house.services, by: hub)
        #expect(try house.count("classroom_booking") == 6)
        try await house.call(
            .delete, "/api/admin/classrooms/{id}", ["id": "demo-lecture"],
            as: .person(School.all, at: "main", account: "admin"))
        try await ClassroomsSolution().prepareDemonstration(house.services, by: hub)
        #expect(try await rooms(house).map { $0["classroom_id"]?.text } == ["demo-seminar"])
    }
}
