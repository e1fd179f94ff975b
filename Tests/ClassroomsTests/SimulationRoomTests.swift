import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// A simulated device against the hub's own classrooms: rooms go dark and light as promised, and nothing that the device said is lost.
@Suite struct SimulationRoomTests {
    /// Monday, 2026-11-30, eight in the morning.
    private static let morning = Timestamp(seconds: 1_796_025_600)

    @Test(
        "A school day: the power follows people, and all that the device says is stored",
        arguments: [RoomTransport.http, .mqtt])
    func day(transport: RoomTransport) async throws {
        var stage = try await RoomStage(transport, at: SimulationRoomTests.morning)
        try await stage.run(to: 720)
        let switched = stage.switches
        #expect(switched.count >= 3)
        #expect(zip(switched, switched.dropFirst()).allSatisfy { $0.isOn != $1.isOn })
        #expect(switched.first?.isOn == false && !stage.room.isPowerOn)
        #expect(stage.counts[.alone] == nil && stage.counts[.late] == nil)
        #expect(try stage.school.house.count("classroom_power_log") == Int64(switched.count))
        #expect(
            try stage.school.house.count("classroom_power_log", where: "reason = 'auto_control'")
                == Int64(switched.count))
        let device = try await stage.device()
        #expect(device["missing_reports"]?.number == 0 && device["online"]?.flag == true)
        #expect(try await stage.school.room()["power_on"]?.flag == false)
    }

    @Test(
        "A booked room that nobody uses is light from a quarter of an hour before until three minutes after"
    )
    func booked() async throws {
        var stage = try await RoomStage(fault: .blind)
        try await stage.keepBookings()
        try await stage.school.book(from: "15:00", to: "16:00")
        try await stage.run(to: 240)
        #expect(stage.switches.map(\.isOn) == [false, true, false])
        // Idle after two minutes, off after three more.
        #expect(abs(stage.switches[0].minute - 5) < 0.1)
        // What it hears with its next report, it was promised before.
        #expect((105.0...107.1).contains(stage.switches[1].minute))
        #expect((183.0...185.1).contains(stage.switches[2].minute))
    }

    @Test(
        "A booking that nobody uses is given away, and the room goes dark although it was promised")
    func released() async throws {
        var stage = try await RoomStage(fault: .blind)
        try await stage.school.book(from: "13:30", to: "15:00")
        try await stage.run(to: 100)
        // Fifteen minutes after the beginning, and until the device has heard it.
        let last = try #require(stage.switches.last)
        #expect(!last.isOn && (48.0...52.5).contains(last.minute))
    }

    @Test(
        "Without the hub the promise counts; what could not be told comes late and switches nothing",
        arguments: [RoomTransport.http, .mqtt])
    func lease(transport: RoomTransport) async throws {
        var stage = try await RoomStage(transport, fault: .blind)
        try await stage.keepBookings()
        try await stage.school.book(from: "15:00", to: "16:00")
        try await stage.run(to: 30)
        #expect(!stage.room.isPowerOn)
        stage.isHubThere = false
        try await stage.run(to: 300)
        #expect(stage.switches.map(\.isOn) == [false, true, false])
        #expect(abs(stage.switches[1].minute - 105) < 0.1 && abs(stage.switches[2].minute - 183) < 0.1)
        #expect(try await stage.school.room()["occupancy"]?.text == "unknown")
        stage.isHubThere = true
        try await stage.run(to: 302)
        #expect(stage.counts[.late, default: 0] > 100)
        #expect(try stage.school.house.count("classroom_power_log", where: "is_late") == 2)
        let device = try await stage.device()
        #expect(device["missing_reports"]?.number == 0 && device["online"]?.flag == true)
        #expect(stage.switches.count == 3)
    }

    @Test("Over MQTT a dark room is light as soon as somebody books it, not with the next report")
    func atOnce() async throws {
        var stage = try await RoomStage(.mqtt, fault: .blind)
        try await stage.run(to: 60)
        #expect(!stage.room.isPowerOn)
        try await stage.school.book(from: "14:05", to: "15:00")
        try await stage.hear(stage.school.house.effects.publications)
        try await stage.run(to: 60.05)
        #expect(stage.room.isPowerOn)
    }

    @Test("A device whose reports get lost is known to have lost them; one that starts anew has lost nothing")
    func failures() async throws {
        var stage = try await RoomStage(loss: 0.2, timetable: .always)
        try await stage.run(to: 300)
        let missing = try #require(try await stage.device()["missing_reports"]?.number)
        let lost = Double(stage.counts[.lost, default: 0])
        #expect(missing > 10 && missing <= lost)

        stage = try await RoomStage(fault: .restarting, timetable: .always)
        try await stage.run(to: 600)
        #expect(stage.counts[.restart, default: 0] >= 2)
        #expect(try await stage.device()["missing_reports"]?.number == 0)

        stage = try await RoomStage(fault: .silent, timetable: .always)
        try await stage.run(to: 180)
        #expect(try await stage.device()["online"]?.flag == false)

        stage = try await RoomStage(fault: .away, timetable: .always)
        try await stage.run(to: 600)
        #expect(stage.counts[.late, default: 0] > 0 && stage.counts[.alone, default: 0] >= 0)
        #expect(try await stage.device()["missing_reports"]?.number == 0)
    }

    @Test("A device in no room keeps its power, and does not say the same to the hub for ever")
    func withoutRoom() async throws {
        var stage = try await RoomStage(fault: .blind)
        try await stage.school.house.call(
            .put, "/api/admin/devices/{device_id}", ["device_id": RoomStage.device], body: #"{"classroom_id":null}"#,
            as: stage.school.admin)
        try await stage.run(to: 60)
        #expect(stage.room.isPowerOn && stage.switches.isEmpty)
        #expect(stage.said.count < 140)
    }
}

extension RoomStage {
    /// The device as admins see it.
    func device() async throws -> JSONTree {
        let list = try await school.house.json(.get, "/api/admin/devices", as: school.admin)
        return try #require(list["devices"]?.elements.first { $0["device_id"]?.text == RoomStage.device })
    }

    /// No booking is given away.
    func keepBookings() async throws {
        try await school.house.call(
            .put, "/api/admin/classrooms/{id}", ["id": "r1"], body: #"{"policy":{"release_unused":false}}"#,
            as: school.admin)
    }
}
