import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// How much people may book, requests that nobody decides, and single times that are moved.
@Suite struct QuotaTests {
    private func set(_ school: School, _ role: String, _ open: String, _ minutes: String) async throws {
        try await school.house.call(
            .put, "/api/admin/quotas/{role}", ["role": role],
            body: #"{"open_bookings":\#(open),"week_minutes":\#(minutes)}"#, as: .anybody)
    }

    private func book(
        _ school: School, _ from: String, _ to: String, _ name: String = "anna", more: String = ""
    ) async throws -> RefusalCode? {
        try await school.house.refusal(
            .post, "/api/staff/bookings",
            body: #"{"classroom_id":"r1","start":"\#(from)","end":"\#(to)","purpose":"x"\#(more)}"#,
            as: school.staff(name))
    }

    @Test("of several roles the most counts; without one with a quota the setting")
    func allowance() throws {
        let (staff, guest, other) = (
            try #require(RoleName("staff")), try #require(RoleName("guest")), try #require(RoleName("other"))
        )
        let quotas = [
            Quota(role: staff, openBookings: 5, weekMinutes: nil),
            Quota(role: guest, openBookings: 9, weekMinutes: 60),
        ]
        func allowed(_ roles: RoleName...) -> [Int64?] {
            let allowance = Quota.allowance(of: roles, quotas, standard: 50)
            return [allowance.openBookings, allowance.weekMinutes]
        }
        #expect(allowed() == [50, nil])
        #expect(allowed(other) == [50, nil])
        #expect(allowed(guest, other) == [9, 60])
        #expect(allowed(staff, guest) == [9, nil])
    }

    @Test("a role has so many bookings and so much of a week; managers have what they like")
    func quotas() async throws {
        let school = try await School(people: WaitingTests.people())
        try await set(school, "staff", "3", "120")
        #expect(try await book(school, "2026-11-30T14:00", "2026-11-30T15:30") == nil)
        #expect(try await book(school, "2026-12-01T14:00", "2026-12-01T14:35") == .limitReached)
        #expect(try await book(school, "2026-12-06T14:00", "2026-12-06T14:30") == nil)
        // The next week is another; of a series each week counts.
        #expect(
            try await book(
                school, "2026-12-07T14:00", "2026-12-07T15:00", more: #","rrule":"FREQ=DAILY;COUNT=3""#)
                == .limitReached)
        #expect(
            try await book(
                school, "2026-12-07T14:00", "2026-12-07T15:00", more: #","rrule":"FREQ=WEEKLY;COUNT=3""#) == nil)
        #expect(try await book(school, "2027-02-01T14:00", "2027-02-01T14:30") == .limitReached)
        #expect(try await book(school, "2027-02-01T14:00", "2027-02-01T14:30", "bert") == nil)
        try await school.book("r2", from: "14:00", to: "20:00", as: school.admin)
        let list = try await school.house.json(.get, "/api/admin/quotas", as: .anybody)
        #expect(list["quotas"]?.elements.first?["week_minutes"]?.number == 120)
        try await school.house.call(.delete, "/api/admin/quotas/{role}", ["role": "staff"], as: .anybody)
        #expect(try await book(school, "2027-02-01T15:00", "2027-02-01T20:30") == nil)
        #expect(
            try await school.house.refusal(.delete, "/api/admin/quotas/{role}", ["role": "staff"], as: .anybody)
                == .notFound)
        #expect(try await school.house.refusal(.get, "/api/admin/quotas", as: school.admin) == .forbidden)
    }

    @Test("what is no quota is refused, and so many roles have one")
    func bounds() async throws {
        let school = try await School()
        for body in [#"{"open_bookings":1}"#, #"{"open_bookings":-1,"week_minutes":1}"#, "[]"] {
            let code = try await school.house.refusal(
                .put, "/api/admin/quotas/{role}", ["role": "staff"], body: body, as: .anybody)
            #expect(code != nil, "\(body)")
        }
        for number in 0..<100 { try await set(school, "r\(number)", "1", "null") }
        await #expect(throws: Refusal.self) { try await set(school, "one-more", "1", "null") }
        try await set(school, "r7", "2", "null")
    }

    @Test("a request that nobody decides ends when its time begins, and the line is served")
    func expired() async throws {
        let school = try await School(people: WaitingTests.people())
        try await school.house.call(
            .put, "/api/admin/classrooms/{id}", ["id": "r1"], body: #"{"needs_approval":true}"#, as: school.admin)
        let asked = try await school.book(from: "14:00", to: "16:00")
        let id = try #require(asked["booking_id"]?.text)
        try await school.house.call(
            .post, "/api/staff/waiting",
            body: #"{"classroom_id":"r1","start":"2026-11-30T15:00","end":"2026-11-30T16:00","purpose":"x"}"#,
            as: school.staff("bert"))
        try school.house.pass(seconds: 3_590)
        func status(_ id: String, _ name: String = "anna") async throws -> JSONTree {
            try await school.house.json(.get, "/api/staff/bookings/{id}", ["id": id], as: school.staff(name))
        }
        #expect(try await status(id)["status"]?.text == "requested")
        try school.house.pass(seconds: 10)
        let ended = try await status(id)
        #expect(ended["status"]?.text == "declined" && ended["remark"]?.text == "Nobody approved it in time.")
        let own = try await school.house.json(.get, "/api/staff/bookings", as: school.staff("bert"))
        #expect(own["bookings"]?.elements.first?["status"]?.text == "requested")
        // The hub was not there when the time of this one began.
        school.house.restart()
        school.house.clock.move(seconds: 86_400)
        try school.house.pass()
        #expect(try school.house.count("classroom_booking", where: "status = 'requested'") == 0)
        #expect(try school.house.count("classroom_slot") == 0)
    }

    @Test("one time of a series is moved alone; what is in the way, and what is over, is refused")
    func moved() async throws {
        let school = try await School()
        let made = try await school.book(from: "14:00", to: "15:00", more: #","rrule":"FREQ=DAILY;COUNT=3""#)
        let id = try #require(made["booking_id"]?.text)
        let path = "/api/staff/bookings/{id}/occurrences/{occurrence}"
        func body(_ from: String, _ to: String) -> String {
            #"{"start":"2026-12-0\#(from)","end":"2026-12-0\#(to)"}"#
        }
        let second = ["id": id, "occurrence": "2026-12-01T14:00"]
        let shown = try await school.house.json(
            .put, path, second, body: body("1T16:00", "1T18:00"), as: school.staff())
        #expect(
            shown["occurrences"]?.elements.map { $0["start"]?.text } == [
                "2026-11-30T14:00:00.000000Z", "2026-12-01T16:00:00.000000Z", "2026-12-02T14:00:00.000000Z",
            ])
        #expect(shown["occurrences"]?.elements[1]["occurrence"]?.text == "2026-12-01T14:00:00")
        #expect(try school.house.count("classroom_slot") == 12 + 24 + 12)
        #expect(
            try await school.house.refusal(
                .put, path, second, body: body("2T14:30", "2T15:30"), as: school.staff()) == .conflict)
        #expect(try school.house.count("classroom_slot") == 12 + 24 + 12)
        #expect(
            try await school.house.refusal(.put, path, second, body: body("1T18:00", "1T16:00"), as: school.staff())
                == .valueOutOfRange)
        #expect(
            try await school.house.refusal(
                .put, path, second, body: body("1T10:00", "1T11:00"), as: school.staff("bert"))
                == .notFound)
        #expect(
            try await school.house.refusal(
                .put, path, ["id": id, "occurrence": "2026-12-05T14:00"], body: body("1T10:00", "1T11:00"),
                as: school.staff()) == .conflict)
        try school.house.pass(seconds: 3_600 * 2)
        #expect(
            try await school.house.refusal(
                .put, path, ["id": id, "occurrence": "2026-11-30T14:00"], body: body("1T10:00", "1T11:00"),
                as: school.staff()) == .conflict)
        // The series is changed: what was moved takes part.
        let series =
            #"{"start":"2026-12-01T09:00","end":"2026-12-01T10:00","purpose":"x","rrule":"FREQ=DAILY;COUNT=2"}"#
        _ = try await school.house.json(.put, "/api/staff/bookings/{id}", ["id": id], body: series, as: school.staff())
        #expect(try school.house.count("classroom_slot") == 12 + 24)
    }
}
