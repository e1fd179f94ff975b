import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// Bookings as people make them.
@Suite struct BookingTests {
    private func ids(_ tree: JSONTree) -> [String] {
        tree["bookings"]?.elements.compactMap { $0["booking_id"]?.text } ?? []
    }

    @Test("a booking takes its room, and the next one is told what is in the way, without a name that is not its own")
    func conflict() async throws {
        let school = try await School()
        let first = try await school.book(from: "14:00", to: "15:00")
        #expect(first["status"]?.text == "confirmed" && first["occurrences"]?.elements.count == 1)
        var member: JSONTree?
        do {
            try await school.book(from: "14:30", to: "15:30", as: school.staff("bert"))
        } catch let refusal as Refusal {
            #expect(refusal.code == .conflict)
            member = try refusal.members.first { $0.name == "conflict" }.map { try JSONTree($0.json) }
        }
        let conflict = try #require(member)
        #expect(conflict["booking_id"]?.text == first["booking_id"]?.text)
        #expect(conflict["start"]?.text == "2026-11-30T14:00:00.000000Z" && conflict["purpose"] == .null)
        #expect(try school.house.count("classroom_booking") == 1)
        try await school.book(from: "15:00", to: "15:30", as: school.staff("bert"))
        try await school.book("r2", from: "14:30", to: "15:30", as: school.staff("bert"))
    }

    @Test(
        "what may not be booked is refused, and nothing is stored",
        arguments: [
            (#""start":"2026-11-30T12:00","end":"2026-11-30T12:30""#, RefusalCode.valueOutOfRange),
            (#""start":"2026-11-30T15:00","end":"2026-11-30T14:00""#, .valueOutOfRange),
            (#""start":"2026-11-30T15:00","end":"2026-11-30T15:00""#, .valueOutOfRange),
            (#""start":"2026-11-30T15:00:30","end":"2026-11-30T16:00""#, .valueOutOfRange),
            (#""start":"2026-11-30T15:00","end":"2026-12-02T15:00""#, .valueOutOfRange),
            (#""start":"2036-11-30T15:00","end":"2036-11-30T16:00""#, .valueOutOfRange),
            (#""start":"2026-11-30T15:00","end":"2036-11-30T16:00""#, .valueOutOfRange),
            (#""start":"soon","end":"2026-11-30T16:00""#, .valueOutOfRange),
            (#""start":"2026-11-30T15:00""#, .missingField),
            (#""start":"2026-11-30T15:00","end":"2026-11-30T16:00","rrule":"FREQ=DAILY""#, .valueOutOfRange),
            (#""start":"2026-11-30T15:00","end":"2026-11-30T16:00","rrule":"FREQ=DAILY;COUNT=401""#, .valueOutOfRange),
            (
                #""start":"2026-11-30T15:00","end":"2026-11-30T16:00","rrule":"FREQ=SECONDLY;COUNT=1000000""#,
                .valueOutOfRange
            ),
            (
                #""start":"2026-11-30T15:00","end":"2026-11-30T16:00","rrule":"FREQ=HOURLY;INTERVAL=0;COUNT=2""#,
                .valueOutOfRange
            ),
            (#""start":"2026-11-30T15:00","end":"2026-11-30T16:30","rrule":"FREQ=HOURLY;COUNT=2""#, .valueOutOfRange),
            (
                #""start":"2026-11-30T15:00","end":"2026-11-30T16:00","rrule":"FREQ=WEEKLY;UNTIL=20400101""#,
                .valueOutOfRange
            ),
            (#""start":"2026-11-30T15:00","end":"2026-11-30T16:00","purpose":"""#, .duplicateKey),
        ])
    func refused(members: String, code: RefusalCode) async throws {
        let school = try await School()
        let body = #"{"classroom_id":"r1","purpose":"x",\#(members)}"#
        #expect(
            try await school.house.refusal(.post, "/api/staff/bookings", body: body, as: school.staff()) == code)
        #expect(try school.house.count("classroom_booking") == 0 && school.house.count("classroom_slot") == 0)
    }

    @Test("a rule gives its times on the room's clock, over a change of the clock, without those that are left out")
    func rule() async throws {
        let school = try await School()
        try await school.house.call(
            .put, "/api/admin/classrooms/{id}", ["id": "r1"], body: #"{"zone":"Europe/Berlin"}"#, as: school.admin)
        let made = try await school.house.json(
            .post, "/api/staff/bookings",
            body:
                #"{"classroom_id":"r1","start":"2027-03-22T09:00","end":"2027-03-22T10:30","purpose":"Choir","rrule":"FREQ=WEEKLY;COUNT=4","exdates":["2027-04-05T09:00:00"]}"#,
            as: school.staff())
        #expect(
            made["occurrences"]?.elements.map { $0["start"]?.text } == [
                "2027-03-22T08:00:00.000000Z", "2027-03-29T07:00:00.000000Z", "2027-04-12T07:00:00.000000Z",
            ])
        #expect(made["rrule"]?.text == "FREQ=WEEKLY;COUNT=4" && made["minutes"]?.number == 90)
        // One time in the way, and nothing of the whole is booked.
        let code = try await school.house.refusal(
            .post, "/api/staff/bookings",
            body:
                #"{"classroom_id":"r1","start":"2027-03-21T09:00","end":"2027-03-21T10:00","purpose":"x","rrule":"FREQ=DAILY;COUNT=9"}"#,
            as: school.staff("bert"))
        #expect(code == .conflict)
        #expect(try school.house.count("classroom_occurrence") == 3)
    }

    @Test("a booking is changed, one time of it is given up, then the rest; each frees what it had")
    func changes() async throws {
        let school = try await School()
        let made = try await school.book(from: "14:00", to: "15:00", more: #","rrule":"FREQ=DAILY;COUNT=3""#)
        let id = try #require(made["booking_id"]?.text)
        let path = "/api/staff/bookings/{id}"
        let body =
            #"{"start":"2026-11-30T16:00","end":"2026-11-30T17:00","purpose":"Maths","rrule":"FREQ=DAILY;COUNT=3"}"#
        let changed = try await school.house.json(.put, path, ["id": id], body: body, as: school.staff())
        #expect(changed["purpose"]?.text == "Maths" && changed["occurrences"]?.elements.count == 3)
        try await school.book(from: "14:00", to: "15:00", as: school.staff("bert"))
        let once = try await school.house.json(
            .delete, path + "/occurrences/{occurrence}", ["id": id, "occurrence": "2026-12-01T16:00"],
            as: school.staff())
        #expect(once["occurrences"]?.elements.map { $0["cancelled"]?.flag } == [false, true, false])
        #expect(try await school.house.refusal(.delete, path, ["id": id], as: school.staff("bert")) == .notFound)
        let over = try await school.house.json(.delete, path, ["id": id], as: school.staff())
        #expect(over["status"]?.text == "cancelled")
        #expect(try school.house.count("classroom_slot") == 12)
        #expect(try await school.house.refusal(.delete, path, ["id": id], as: school.staff()) == .conflict)
    }

    @Test("one that runs ends when its holder says so, earlier or later")
    func running() async throws {
        let school = try await School()
        let id = try #require(try await school.book(from: "13:05", to: "14:00")["booking_id"]?.text)
        try school.house.pass(seconds: 1_800)
        let path = "/api/staff/bookings/{id}"
        func body(_ end: String) -> String {
            #"{"start":"2026-11-30T13:05","end":"2026-11-30T\#(end)","purpose":"Physics"}"#
        }
        _ = try await school.house.json(.put, path, ["id": id], body: body("15:00"), as: school.staff())
        #expect(try await school.room()["current"]?["end"]?.text == "2026-11-30T15:00:00.000000Z")
        try await school.book(from: "15:00", to: "16:00", as: school.staff("bert"))
        #expect(
            try await school.house.refusal(.put, path, ["id": id], body: body("15:30"), as: school.staff())
                == .conflict)
        _ = try await school.house.json(.delete, path, ["id": id], as: school.staff())
        #expect(try await school.room()["current"] == .null)
    }

    @Test("nobody comes: the holder is warned, the rest is given away with what the sensor saw, and the room is free")
    func released() async throws {
        let school = try await School()
        let id = try #require(try await school.book(from: "13:30", to: "15:00")["booking_id"]?.text)
        for _ in 0..<23 {
            _ = try await school.report(occupied: false)
            try school.house.pass(seconds: 120)
        }
        // 13:46: fifteen minutes and one.
        let shown = try await school.house.json(.get, "/api/staff/bookings/{id}", ["id": id], as: school.staff())
        let time = try #require(shown["occurrences"]?.elements.first)
        #expect(time["presence"]?.text == "released" && time["end"]?.text?.hasPrefix("2026-11-30T13:4") == true)
        #expect(time["booked_end"]?.text == "2026-11-30T15:00:00.000000Z")
        #expect(time["proof"]?["device_id"]?.text == "esp1" && time["proof"]?["last_occupied"] == .null)
        try await school.book(from: "13:50", to: "15:00", as: school.staff("bert"))
    }

    @Test("who comes, or checks in, keeps the room")
    func kept() async throws {
        let school = try await School()
        try await school.book(from: "13:10", to: "15:00")
        try await school.book("r2", from: "13:10", to: "15:00")
        _ = try await school.report("esp1", occupied: false)
        _ = try await school.report("esp2", occupied: false)
        try school.house.pass(seconds: 240)
        let path = "/api/staff/classrooms/{id}/check-in"
        #expect(try await school.house.refusal(.post, path, ["id": "r1"], as: school.staff("bert")) == .forbidden)
        _ = try await school.house.json(.post, path, ["id": "r1"], as: school.staff())
        for minute in 0..<20 {
            _ = try await school.report("esp1", occupied: false)
            _ = try await school.report("esp2", occupied: minute == 8)
            try school.house.pass(seconds: 120)
        }
        #expect(try await school.room("r1")["current"]?["presence"]?.text == "confirmed")
        #expect(try await school.room("r2")["current"]?["presence"]?.text == "confirmed")
    }

    @Test("a room that wants approval is kept until somebody decides")
    func approval() async throws {
        let school = try await School()
        try await school.house.call(
            .put, "/api/admin/classrooms/{id}", ["id": "r1"], body: #"{"needs_approval":true}"#, as: school.admin)
        let asked = try await school.book(from: "14:00", to: "15:00")
        #expect(asked["status"]?.text == "requested")
        await #expect(throws: Refusal.self) {
            try await school.book(from: "14:00", to: "15:00", as: school.staff("bert"))
        }
        let list = try await school.house.json(.get, "/api/admin/bookings", as: school.admin)
        let id = try #require(ids(list).first)
        let path = "/api/admin/bookings/{id}/decision"
        let declined = try await school.house.json(
            .post, path, ["id": id], body: #"{"approve":false,"remark":"Closed"}"#, as: school.admin)
        #expect(declined["status"]?.text == "declined" && declined["remark"]?.text == "Closed")
        try await school.book(from: "14:00", to: "15:00", as: school.staff("bert"))
        #expect(
            try await school.house.refusal(.post, path, ["id": id], body: #"{"approve":true}"#, as: school.admin)
                == .conflict)
    }

    @Test("a request of a name is done once")
    func again() async throws {
        let school = try await School()
        let more = #","request_id":"k7""#
        let first = try await school.book(from: "14:00", to: "15:00", more: more)
        let second = try await school.book(from: "14:00", to: "15:00", more: more)
        #expect(first["booking_id"]?.text == second["booking_id"]?.text)
        #expect(try school.house.count("classroom_booking") == 1)
    }

    @Test("buffers stay free between two bookings, and opening hours are kept, but for those who manage")
    func rules() async throws {
        let school = try await School()
        try await school.house.call(
            .put, "/api/admin/classrooms/{id}", ["id": "r1"],
            body: #"{"buffer_minutes":15,"hours":{"mon":["08:00-18:00"]}}"#, as: school.admin)
        try await school.book(from: "14:00", to: "15:00")
        for (from, to) in [("15:10", "16:00"), ("13:30", "13:50"), ("17:30", "18:30")] {
            await #expect(throws: Refusal.self) { try await school.book(from: from, to: to) }
        }
        try await school.book(from: "15:15", to: "16:00")
        try await school.book(from: "17:30", to: "18:30", as: school.admin)
    }
}
