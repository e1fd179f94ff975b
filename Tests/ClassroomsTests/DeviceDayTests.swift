import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// What the devices of old say and are told, to the letter, and what those of today get besides.
@Suite struct DeviceDayTests {
    @Test("an idle room that is not booked is told to go dark, in exactly these words")
    func idle() async throws {
        let school = try await School()
        let answer = try await school.house.call(
            .post, "/api/esp/status",
            body: #"{"is_occupied":false,"is_power_on":true,"timestamp":1796043600,"device_id":"esp1","api_key":"x"}"#,
            as: try school.esp("esp1"))
        #expect(answer.status == 200)
        #expect(
            String(decoding: answer.body, as: UTF8.self) == #"{"is_booked":false,"power_on":false,"message":"OK"}"#)
        let log = try await school.house.call(
            .post, "/api/esp/power-log", body: #"{"power_on":false,"reason":"auto_control","timestamp":1796043780}"#,
            as: try school.esp("esp1"))
        #expect(log.status == 200)
        #expect(try await school.room()["power_on"]?.flag == false)
        #expect(try school.house.count("classroom_power_log", where: "reason = 'auto_control'") == 1)
        #expect(school.house.readings.map(\.measurement) == ["classroom"])
    }

    @Test("booked from two to three: at ten to two the device is told that the room is booked")
    func bookingImpact() async throws {
        let school = try await School()
        #expect(try await school.report(occupied: false)["is_booked"]?.flag == false)
        try await school.book(from: "14:00", to: "15:00")
        try school.house.pass(seconds: 2_999)
        #expect(try await school.report(occupied: false)["is_booked"]?.flag == true)
        try school.house.pass(seconds: 1)
        let reply = try await school.report(occupied: false)
        #expect(reply["is_booked"]?.flag == true && reply["power_on"]?.flag == true)
    }

    @Test("five minutes without a word, and nobody knows; with the first word everything is there again")
    func offline() async throws {
        let school = try await School()
        _ = try await school.report(occupied: true)
        try school.house.pass(seconds: 299)
        #expect(try await school.room()["occupancy"]?.text == "occupied")
        try school.house.pass(seconds: 1)
        var room = try await school.room()
        #expect(room["occupancy"]?.text == "unknown" && room["online"]?.flag == false)
        #expect(school.house.effects.changes.suffix(2).map(\.state) == ["offline", "unknown"])
        school.house.restart()
        _ = try await school.report(occupied: false, power: false)
        room = try await school.room()
        #expect(room["occupancy"]?.text == "idle" && room["online"]?.flag == true)
        #expect(room["power_on"]?.flag == false)
    }

    @Test("a report that is of the past fills history and switches nothing")
    func late() async throws {
        let school = try await School()
        let now = School.start.wholeSeconds
        _ = try await school.report(occupied: false, more: #","boot":1,"seq":1,"timestamp":\#(now)"#)
        let reply = try await school.report(
            occupied: true, power: false, more: #","boot":1,"seq":2,"timestamp":\#(now - 3_600)"#)
        #expect(reply["power_on"]?.flag == false && reply["manual"]?.flag == false)
        let room = try await school.room()
        #expect(room["occupancy"]?.text == "idle" && room["power_on"]?.flag == true)
        #expect(school.house.readings.map(\.isLate) == [false, true])
    }

    @Test("a report that is sent again gets its answer, and one that came before is refused; neither is stored")
    func repeated() async throws {
        let school = try await School()
        _ = try await school.report(occupied: false, more: #","boot":1,"seq":1"#)
        _ = try await school.report(occupied: true, more: #","boot":1,"seq":4"#)
        let again = try await school.report(occupied: true, more: #","boot":1,"seq":4"#)
        #expect(again["power_on"]?.flag == true)
        let code = try await school.house.refusal(
            .post, "/api/esp/status", body: #"{"is_occupied":false,"is_power_on":true,"boot":1,"seq":1}"#,
            as: try school.esp("esp1"))
        #expect(code == .conflict)
        #expect(school.house.readings.count == 2)
        #expect(try await school.room()["occupancy"]?.text == "occupied")
        let list = try await school.house.json(.get, "/api/admin/devices", as: school.admin)
        #expect(list["devices"]?.elements.first?["missing_reports"]?.number == 2)
    }

    @Test(
        "what is no report is refused, and nothing is stored of it",
        arguments: [
            ("", RefusalCode.malformedJSON), ("[]", .wrongType), ("{}", .missingField),
            (#"{"is_occupied":true}"#, .missingField), (#"{"is_occupied":"yes","is_power_on":true}"#, .wrongType),
            (#"{"is_occupied":true,"is_occupied":false,"is_power_on":true}"#, .duplicateKey),
            (#"{"is_occupied":true,"is_power_on":true,"seq":-1}"#, .valueOutOfRange),
            (#"{"is_occupied":true,"is_power_on":true,"boot":1}"#, .missingField),
            (#"{"is_occupied":true,"is_power_on":true,"idle_seconds":-5}"#, .valueOutOfRange),
        ])
    func bad(body: String, code: RefusalCode) async throws {
        let school = try await School()
        #expect(
            try await school.house.refusal(.post, "/api/esp/status", body: body, as: try school.esp("esp1")) == code)
        #expect(school.house.readings.isEmpty)
        #expect(try await school.room()["online"]?.flag == false)
    }

    @Test("a device that is in no room keeps its power, and is told why")
    func withoutRoom() async throws {
        let school = try await School()
        school.devices["esp3"] = .init(DeviceKind("classroom"))
        let reply = try await school.report("esp3", occupied: false)
        #expect(reply["power_on"]?.flag == true && reply["is_booked"]?.flag == false)
        #expect(reply["message"]?.text?.contains("No classroom") == true)
    }

    @Test("over MQTT a report is answered on the device's own topic, and what changes is told at once")
    func mqtt() async throws {
        let school = try await School()
        let sender = MessageOrigin.Sender.device(try #require(DeviceID("esp1")))
        func controls(_ effects: Effects) throws -> [JSONTree] {
            try effects.publications.filter { $0.topic == "classrooms/esp1/control" }.map { try JSONTree($0.payload) }
        }
        let told = try school.house.hear(
            "classrooms/esp1/status", #"{"is_occupied":false,"is_power_on":true,"boot":1,"seq":1}"#, from: sender,
            client: "c1")
        #expect(try controls(told).map { $0["power_on"]?.flag } == [false])
        try await school.book(from: "13:10", to: "14:00")
        #expect(try controls(school.house.effects).last?["is_booked"]?.flag == true)
        #expect(throws: Refusal.self) {
            try school.house.hear(
                "classrooms/esp2/status", #"{"is_occupied":true,"is_power_on":true}"#, from: sender, client: "c1")
        }
    }

    @Test("a device is promised the bookings of the next two days")
    func lease() async throws {
        let school = try await School()
        try await school.book(from: "14:00", to: "15:00")
        let lease = try await school.house.json(.get, "/api/esp/schedule", as: try school.esp("esp1"))
        let now = Double(School.start.wholeSeconds)
        #expect(lease["now"]?.number == now && lease["until"]?.number == now + 172_800)
        #expect(lease["bookings"]?.elements.map { $0["start"]?.number } == [now + 3_600])
        #expect(lease["policy"]?["off_after_seconds"]?.number == 180)
    }
}
