import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// Sums of use, the forecast and the replay, asked over the web of rooms whose devices report.
@Suite struct UseRouteTests {
    private let utilisation = "/api/admin/utilisation"

    /// A school in which room r1 was booked from two to three, used until half past two, and in which a booking of r2 was not used.
    private func afternoon() async throws -> School {
        let school = try await School()
        try await school.house.call(
            .put, "/api/admin/classrooms/{id}", ["id": "r1"], body: #"{"building":"A","policy":{"watts":1000}}"#,
            as: school.admin)
        try await school.book(from: "14:00", to: "15:00")
        try await school.book("r2", from: "14:00", to: "15:00")
        for minute in stride(from: 0, to: 180, by: 2) {
            let power = minute < 120
            _ = try await school.report(occupied: (60..<90).contains(minute), power: power)
            if minute == 0 || minute == 120 {
                try await school.house.call(
                    .post, "/api/esp/power-log", body: #"{"power_on":\#(power)}"#, as: try school.esp("esp1"))
            }
            _ = try await school.report("esp2", occupied: false)
            for _ in 0..<2 { try school.house.pass(seconds: 60) }
        }
        return school
    }

    @Test("booked, used, booked and empty, no-shows and what was saved are told by room, building and hour")
    func sums() async throws {
        let school = try await afternoon()
        let answer = try await school.house.json(
            .get, utilisation, query: [("from", "2026-11-30"), ("to", "2026-11-30")], as: school.admin)
        let rooms = try #require(answer["classrooms"]?.elements)
        #expect(rooms.map { $0["classroom_id"]?.text } == ["r1", "r2"])
        let (r1, r2) = (rooms[0], rooms[1])
        // The rooms are there since 13:00, and it is 16:00.
        #expect(r1["hours"]?.number == 3 && r1["booked_hours"]?.number == 1 && r1["used_hours"]?.number == 0.5)
        #expect(r1["booked_used_hours"]?.number == 0.5 && r1["booked_empty_hours"]?.number == 0.5)
        #expect(r1["unknown_hours"]?.number == 0 && r1["no_show_rate"]?.number == 0)
        #expect(r1["lit_hours"]?.number == 2 && r1["dark_hours"]?.number == 1)
        // Used from 14:00 on: the dark hour behind is saved, the lit one before is extra.
        #expect(r1["saved_kwh"]?.number == 1 && r1["extra_kwh"]?.number == 1)
        // Given away at 14:15.
        #expect(r2["booked_hours"]?.number == 0.25 && r2["released"]?.number == 1)
        #expect(r2["released_hours"]?.number == 0.75 && r2["no_show_rate"]?.number == 1)
        #expect(r2["saved_kwh"] == .null && r2["relay_unknown_hours"]?.number == 3)
        #expect(answer["total"]?["no_show_rate"]?.number == 0.5 && answer["total"]?["rooms"]?.number == 2)
        #expect(answer["buildings"]?.elements.map { $0["building"]?.text } == ["", "A"])
        let week = try #require(answer["week"]?.elements)
        #expect(week.count == 168 && week[14]["used_hours"]?.number == 0.5 && week[14]["weekday"]?.text == "mon")
        #expect(
            week[14]["booked_hours"]?.number == 1.25 && week[13]["hours"]?.number == 2 && week[16]["hours"]?.number == 0
        )
        let one = try await school.house.json(.get, utilisation, query: [("building", "A")], as: school.admin)
        #expect(one["total"]?["rooms"]?.number == 1)
        let none = try await school.house.json(.get, utilisation, query: [("site", "elsewhere")], as: school.admin)
        #expect(none["total"]?["rooms"]?.number == 0 && none["total"]?["use_rate"] == .null)
    }

    @Test("sheets have a row a room, a building or an hour; days before the rooms were there are empty")
    func sheets() async throws {
        let school = try await afternoon()
        func lines(_ by: String) async throws -> [Substring] {
            let answer = try await school.house.call(
                .get, utilisation, query: [("by", by), ("format", "csv")], as: school.admin)
            return String(decoding: answer.body, as: UTF8.self).split(whereSeparator: \.isNewline)
        }
        #expect(try await lines("room").count == 3)
        #expect(try await lines("building").count == 3)
        #expect(try await lines("hour").count == 169)
        #expect(try await lines("room")[1].hasPrefix("r1,Room r1,A,main,3,1,0.5,"))
        #expect(try await lines("hour")[15].hasPrefix("mon,14,2,1.25,0.5,"))
        let before = try await school.house.json(
            .get, utilisation, query: [("from", "2026-11-01"), ("to", "2026-11-29")], as: school.admin)
        #expect(before["total"]?["hours"]?.number == 0)
    }

    @Test("a cancelled booking that had begun counts for what it held, one that had not for nothing")
    func cancelled() async throws {
        let school = try await School()
        let begun = try await school.book(from: "13:00", to: "15:00")
        let later = try await school.book(from: "15:30", to: "16:00")
        for _ in 0..<15 {
            _ = try await school.report(occupied: true)
            try school.house.pass(seconds: 120)
        }
        for booking in [begun, later] {
            try await school.house.call(
                .delete, "/api/staff/bookings/{id}", ["id": try #require(booking["booking_id"]?.text)],
                as: school.staff())
        }
        try school.house.pass(seconds: 4 * 3_600)
        let answer = try await school.house.json(.get, utilisation, query: [("classroom_id", "r1")], as: school.admin)
        #expect(answer["total"]?["booked_hours"]?.number == 0.5 && answer["total"]?["bookings"]?.number == 1)
        #expect(answer["total"]?["confirmed"]?.number == 1)
        // The last report was at 13:28; five minutes later nobody knew any more.
        #expect(answer["total"]?["used_hours"]?.number == 0.55 && answer["total"]?["unknown_hours"]?.number == 3.95)
    }

    @Test("what is asked wrongly, of other sites or by others is refused")
    func refused() async throws {
        let school = try await School()
        func code(_ query: [(name: String, value: String)], as caller: Caller? = nil) async throws -> RefusalCode? {
            try await school.house.refusal(.get, utilisation, query: query, as: caller ?? school.admin)
        }
        #expect(try await code([("from", "2026-11-31")]) == .invalidParameter)
        #expect(try await code([("from", "2025-01-01"), ("to", "2026-11-30")]) == .invalidParameter)
        #expect(try await code([("by", "week")]) == .invalidParameter)
        #expect(try await code([("site", "a b")]) == .invalidParameter)
        #expect(try await code([("classroom_id", "r9")]) == .notFound)
        let elsewhere = Caller.person(School.all, at: "elsewhere")
        #expect(try await code([("classroom_id", "r1")], as: elsewhere) == .notFound)
        #expect(try await code([], as: school.staff()) == .forbidden)
        func whatIf(_ body: String, as caller: Caller? = nil) async throws -> RefusalCode? {
            try await school.house.refusal(
                .post, "/api/admin/power-what-if", body: body, as: caller ?? school.admin)
        }
        #expect(try await whatIf(#"{"policy":{}}"#) == .valueOutOfRange)
        #expect(try await whatIf(#"{"classrooms":[],"policy":{}}"#) == .valueOutOfRange)
        #expect(try await whatIf(#"{"classrooms":["r1"],"building":"A","policy":{}}"#) == .valueOutOfRange)
        #expect(try await whatIf(#"{"classrooms":["r1"]}"#) == .missingField)
        #expect(try await whatIf(#"{"classrooms":["r1"],"policy":{"idle_after_seconds":60}}"#) == .invalidParameter)
        #expect(try await whatIf(#"{"classrooms":["r1"],"policy":{"off_after_seconds":-1}}"#) == .valueOutOfRange)
        #expect(try await whatIf(#"{"classrooms":["r9"],"policy":{}}"#) == .notFound)
        #expect(try await whatIf(#"{"building":"Z","policy":{}}"#) == .notFound)
        #expect(
            try await whatIf(#"{"classrooms":["r1"],"from":"2026-10-01T00:00:00Z","policy":{}}"#) == .valueOutOfRange)
        #expect(
            try await whatIf(#"{"classrooms":["r1"],"from":"2027-10-01T00:00:00Z","policy":{}}"#) == .valueOutOfRange)
        #expect(try await whatIf(#"{"classrooms":["r1"],"policy":{}}"#, as: elsewhere) == .notFound)
        let many = (0..<51).map { "\"r\($0)\"" }.joined(separator: ",")
        #expect(try await whatIf(#"{"classrooms":[\#(many)],"policy":{}}"#) == .valueOutOfRange)
    }

    @Test("a replay tells what another delay would have saved beside what happened")
    func whatIf() async throws {
        let school = try await afternoon()
        let answer = try await school.house.json(
            .post, "/api/admin/power-what-if",
            body: #"{"classrooms":["r1"],"from":"2026-11-30T13:00:00Z","policy":{"pre_power_minutes":30}}"#,
            as: school.admin)
        let room = try #require(answer["classrooms"]?.elements.first)
        // Reports from 13:00 to 15:58; power until 15:00 in fact.
        #expect(room["reports"]?.number == 90 && room["happened"]?["lit_hours"]?.number == 2)
        #expect(room["happened"]?["kwh"]?.number == 2 && room["happened"]?["dark_bookings"]?.number == 0)
        // By today's policy: off at 13:03, on at 13:46 for two o'clock, off at 15:03; by the other, on at 13:30.
        let (present, proposed) = (room["present"], room["proposed"])
        #expect(present?["lit_hours"]?.number == 1.333 && present?["switches"]?.number == 3)
        #expect(proposed?["lit_hours"]?.number == 1.6)
        #expect(room["saved_kwh"]?.number == 0.4 && answer["total"]?["saved_kwh"]?.number == 0.4)
        #expect(answer["is_lower_bound"] == .boolean(false) && answer["incomplete"]?.elements.isEmpty == true)
        let without = try await school.house.json(
            .post, "/api/admin/power-what-if", body: #"{"building":"","policy":{"report_after_seconds":30}}"#,
            as: school.admin)
        #expect(without["total"]?["saved_kwh"] == .null && without["is_lower_bound"] == .boolean(true))
    }

    @Test("how likely a room is free comes from the same weekday's past weeks")
    func forecast() async throws {
        let school = try await School()
        let path = "/api/admin/classrooms/{id}/forecast"
        var answer = try await school.house.json(.get, path, ["id": "r1"], as: school.admin)
        #expect(answer["basis"]?["weeks"]?.number == 0 && answer["classrooms"]?.number == 1)
        // Three weeks, in each of which it is used from one to two on Mondays.
        for _ in 0..<3 {
            for minute in stride(from: 0, to: 10_080, by: 4) {
                _ = try await school.report(occupied: minute < 60)
                try school.house.pass(seconds: 240)
            }
        }
        answer = try await school.house.json(.get, path, ["id": "r1"], as: school.admin)
        let quarters = try #require(answer["quarters"]?.elements)
        #expect(answer["basis"]?["weeks"]?.number == 3 && quarters.count == 96)
        #expect(
            quarters[0]["free"]?.number == 0 && quarters[3]["free"]?.number == 0 && quarters[8]["free"]?.number == 1)
        #expect(try await school.house.refusal(.get, path, ["id": "r9"], as: school.admin) == .notFound)
        let sheet = try await school.house.call(.get, path, ["id": "r1"], query: [("format", "csv")], as: school.admin)
        #expect(String(decoding: sheet.body, as: UTF8.self).split(whereSeparator: \.isNewline).count == 97)
    }
}
