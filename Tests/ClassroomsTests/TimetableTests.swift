import Classrooms
import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Terms, and timetables from files.
@Suite struct TimetableTests {
    private static let preview = "/api/admin/timetables/preview"
    private static let take = "/api/admin/timetables"

    /// From the Monday after the school's, four weeks, without the second Tuesday and the last week.
    private static let term = """
        {"name":"Winter","first_day":"2026-12-07","last_day":"2027-01-01",\
        "days_off":["2026-12-15","2026-12-25/2027-01-01"]}
        """

    private static func csv(_ rows: String...) -> String {
        (["room,weekday,from,to,purpose,term"] + rows).joined(separator: "\r\n")
    }

    private static func ics(_ events: String...) -> String {
        (["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"] + events + ["END:VCALENDAR"]).joined(
            separator: "\r\n")
    }

    private static func event(_ uid: String, _ lines: String...) -> String {
        (["BEGIN:VEVENT", "UID:\(uid)", "DTSTAMP:20261101T000000Z"] + lines + ["END:VEVENT"]).joined(separator: "\r\n")
    }

    private func outcomes(_ report: JSONTree) -> [String] {
        report["entries"]?.elements.compactMap { $0["outcome"]?.text } ?? []
    }

    private func school() async throws -> School {
        let school = try await School()
        try await school.house.call(.post, "/api/admin/terms", body: Self.term, as: school.admin)
        return school
    }

    private func slots(_ school: School) throws -> Int64 { try school.house.count("classroom_slot") }

    @Test("a term has days off; its name is no other's; what is no term is refused")
    func terms() async throws {
        let school = try await school()
        #expect(
            try await school.house.refusal(.post, "/api/admin/terms", body: Self.term, as: school.admin) == .conflict)
        for (first, last, off) in [
            ("2026-12-07", "2026-12-06", "[]"), ("2026-02-30", "2026-12-06", "[]"),
            ("2026-01-01", "2027-02-05", "[]"), ("2026-01-01", "2026-12-06", #"["soon"]"#),
            ("2026-01-01", "2026-12-06", #"["2026-03-02/2026-03-01"]"#),
        ] {
            #expect(
                try await school.house.refusal(
                    .post, "/api/admin/terms",
                    body: #"{"name":"x","first_day":"\#(first)","last_day":"\#(last)","days_off":\#(off)}"#,
                    as: school.admin) == .valueOutOfRange, "\(first) \(last) \(off)")
        }
        let list = try await school.house.json(.get, "/api/admin/terms", as: school.admin)
        let id = try #require(list["terms"]?.elements.first?["term_id"]?.text)
        #expect(list["terms"]?.elements.count == 1)
        let path = "/api/admin/terms/{id}"
        let changed = try await school.house.json(
            .put, path, ["id": id], body: #"{"name":"W","first_day":"2026-12-07","last_day":"2026-12-20"}"#,
            as: school.admin)
        #expect(changed["name"]?.text == "W" && changed["days_off"]?.elements.isEmpty == true)
        try await school.house.call(.delete, path, ["id": id], as: school.admin)
        #expect(try await school.house.refusal(.delete, path, ["id": id], as: school.admin) == .notFound)
        #expect(try await school.house.refusal(.get, "/api/admin/terms", as: school.staff()) == .forbidden)
    }

    @Test("a site has only so many terms")
    func mostTerms() async throws {
        let school = try await School()
        func add(_ number: Int) async throws -> RefusalCode? {
            try await school.house.refusal(
                .post, "/api/admin/terms",
                body: #"{"name":"T\#(number)","first_day":"2026-12-07","last_day":"2026-12-20"}"#, as: school.admin)
        }
        for number in 0..<100 { #expect(try await add(number) == nil) }
        #expect(try await add(100) == .limitReached)
    }

    @Test("the preview says what the import does, and stores nothing; lessons leave out days off")
    func table() async throws {
        let school = try await school()
        let body = Self.csv(
            "r1,Tuesday,9:00,10:30,Physics,Winter", "Room r2,mon,08:00,09:00,\"Maths, 5a\",Winter",
            "r9,mon,08:00,09:00,Chemistry,Winter", "r1,tue,10:00,11:00,Music,Winter", "r1,tue,11:00,10:00,Back,Winter")
        let shown = try await school.house.json(
            .post, Self.preview, query: [("conflicts", "skip")], body: body, as: school.admin)
        #expect(outcomes(shown) == ["added", "added", "refused", "conflict", "refused"])
        #expect(shown["preview"]?.flag == true && shown["entries"]?.elements.first?["times"]?.number == 2)
        #expect(shown["entries"]?.elements[3]["reason"]?.text?.contains("line 2") == true)
        #expect(try slots(school) == 0)
        let all = try await school.house.refusal(.post, Self.take, body: body, as: school.admin)
        #expect(try all == .conflict && slots(school) == 0)
        let done = try await school.house.json(
            .post, Self.take, query: [("conflicts", "skip")], body: body, as: school.admin)
        #expect(done["entries"] == shown["entries"])
        // Two Tuesdays of 18 slots, three Mondays of 12.
        #expect(try slots(school) == 2 * 18 + 3 * 12)
        let days = try school.house.rows("SELECT recurrence_id FROM classroom_occurrence ORDER BY begin")
        #expect(
            try days.map { try $0.text(0) } == [
                "2026-12-07T08:00:00", "2026-12-08T09:00:00", "2026-12-14T08:00:00", "2026-12-21T08:00:00",
                "2026-12-22T09:00:00",
            ])
        #expect(school.house.audit.entries.contains { $0.target == "classroom_timetable:main/main" })
    }

    @Test("an import that is done again changes only what is other")
    func again() async throws {
        let school = try await school()
        func take(_ body: String, _ path: String = TimetableTests.take) async throws -> [String] {
            outcomes(try await school.house.json(.post, path, body: body, as: school.admin))
        }
        let first = Self.csv("r1,mon,08:00,09:00,A,Winter", "r1,mon,09:00,10:00,B,Winter", "r2,tue,8:00,9:00,C,Winter")
        #expect(try await take(first) == ["added", "added", "added"])
        let before = try school.house.rows("SELECT id FROM classroom_occurrence ORDER BY id").map { try $0.text(0) }
        #expect(try await take(first) == ["unchanged", "unchanged", "unchanged"])
        #expect(
            try school.house.rows("SELECT id FROM classroom_occurrence ORDER BY id").map { try $0.text(0) } == before)
        let second = Self.csv(
            "r1,mon,08:00,09:00,A2,Winter", "r1,mon,09:00,10:00,B,Winter", "r1,wed,8:00,9:00,D,Winter")
        #expect(try await take(second, Self.preview) == ["changed", "unchanged", "added", "removed"])
        #expect(try await take(second) == ["changed", "unchanged", "added", "removed"])
        #expect(try await take(second) == ["unchanged", "unchanged", "unchanged"])
        #expect(try school.house.count("classroom_booking", where: "status = 'cancelled'") == 1)
        #expect(try slots(school) == 3 * 12 + 3 * 12 + 3 * 12)
        let kept = Self.csv("r2,fri,08:00,09:00,E,Winter")
        let only = try await school.house.json(
            .post, Self.take, query: [("missing", "keep")], body: kept, as: school.admin)
        #expect(outcomes(only) == ["added"])
        let list = try await school.house.json(.get, Self.take, as: school.admin)
        #expect(list["timetables"]?.elements.first?["entries"]?.number == 4)
        let path = "/api/admin/timetables/{timetable}"
        try await school.house.call(.delete, path, ["timetable": "main"], as: school.admin)
        #expect(try slots(school) == 0)
        #expect(
            try await school.house.refusal(.delete, path, ["timetable": "main"], as: school.admin) == .notFound)
    }

    @Test("two lessons change places; one that cannot move keeps what it has")
    func places() async throws {
        let school = try await school()
        func body(_ one: String, _ two: String) -> String {
            "uid,room,date,from,to,purpose\n1,r1,2026-12-07,\(one),A\n2,r1,2026-12-07,\(two),B\n"
        }
        func take(_ body: String, _ more: [(name: String, value: String)] = []) async throws -> [String] {
            outcomes(try await school.house.json(.post, Self.take, query: more, body: body, as: school.admin))
        }
        #expect(try await take(body("08:00,09:00", "09:00,10:00")) == ["added", "added"])
        #expect(try await take(body("09:00,10:00", "08:00,09:00")) == ["changed", "changed"])
        try await school.house.call(
            .post, "/api/staff/bookings",
            body: #"{"classroom_id":"r1","start":"2026-12-07T11:00","end":"2026-12-07T12:00","purpose":"x"}"#,
            as: school.staff())
        // The first cannot go to eleven and stays at nine, so the second cannot go there.
        let tangled = body("11:00,12:00", "09:00,10:00")
        #expect(try await school.house.refusal(.post, Self.take, body: tangled, as: school.admin) == .conflict)
        #expect(try await take(tangled, [("conflicts", "skip")]) == ["conflict", "conflict"])
        #expect(try await take(body("09:00,10:00", "08:00,09:00")) == ["unchanged", "unchanged"])
        #expect(try slots(school) == 36)
    }

    @Test("a calendar: rules, exceptions, times that were moved to another room, what has no end")
    func calendar() async throws {
        let school = try await school()
        let body = Self.ics(
            Self.event(
                "a", "DTSTART:20261207T080000Z", "DTEND:20261207T090000Z", "RRULE:FREQ=DAILY;COUNT=4",
                "EXDATE:20261208T080000Z", "SUMMARY:Physics", "LOCATION:Room r1"),
            Self.event(
                "a", "RECURRENCE-ID:20261209T080000Z", "DTSTART:20261209T100000Z", "DTEND:20261209T120000Z",
                "SUMMARY:Physics", "LOCATION:r2"),
            Self.event(
                "b", "DTSTART:20261207T100000Z", "DTEND:20261207T110000Z", "RRULE:FREQ=WEEKLY", "SUMMARY:Endless",
                "LOCATION:r1"),
            Self.event("c", "DTSTART:20261207T110000Z", "DTEND:20261207T120000Z", "SUMMARY:Nowhere"),
            Self.event(
                "d", "DTSTART:20261207T120000Z", "DTEND:20261207T130000Z", "RRULE:FREQ=HOURLY;COUNT=3",
                "SUMMARY:Often", "LOCATION:r1"),
            Self.event("e", "DTSTART:20260907T120000Z", "DTEND:20260907T130000Z", "SUMMARY:Past", "LOCATION:r1"))
        let shown = try await school.house.json(
            .post, Self.take, query: [("conflicts", "skip")], body: body, as: school.admin)
        let found = shown["entries"]?.elements.map {
            "\($0["uid"]?.text ?? "-"): \($0["outcome"]?.text ?? "-") \($0["times"]?.number ?? -1)"
        }
        #expect(
            Set(found ?? []) == [
                "a r1: added 2.0", "a r2: added 1.0", "b: refused 0.0", "c: refused 0.0", "d: refused 0.0",
            ])
        #expect(try slots(school) == 12 + 12 + 24)
        let ended = try await school.house.json(
            .post, Self.preview, query: [("term", "Winter"), ("classroom_id", "r2"), ("timetable", "other")],
            body: Self.ics(
                Self.event(
                    "b", "DTSTART:20261201T100000Z", "DTEND:20261201T110000Z", "RRULE:FREQ=WEEKLY", "SUMMARY:Endless")),
            as: school.admin)
        // Four Tuesdays, of which two have no lessons.
        #expect(ended["entries"]?.elements.first?["times"]?.number == 2)
    }

    @Test("what is no timetable, or too much of one, is refused, and nothing is stored")
    func refused() async throws {
        let school = try await school()
        func code(_ body: String, _ query: [(name: String, value: String)] = []) async throws -> RefusalCode? {
            try await school.house.refusal(.post, Self.take, query: query, body: body, as: school.admin)
        }
        #expect(try await code("a,b\n1,2\n") == .invalidParameter)
        #expect(try await code("") == .invalidParameter)
        #expect(try await code("room,weekday,from,to,purpose\n") == .missingField)
        #expect(try await code("BEGIN:VCALENDAR\r\n") == .invalidParameter)
        #expect(try await code("room,weekday,from,to,purpose\nr1,mon,8:00,9:00,x\n", [("term", "no")]) == .notFound)
        #expect(try await code("x", [("site", "other")]) == .notFound)
        #expect(try await code("x", [("conflicts", "perhaps")]) == .invalidParameter)
        let rows = (0...2_000).map { "r1,2027-01-01,8:00,9:00,\($0)" }.joined(separator: "\n")
        #expect(try await code("room,date,from,to,purpose\n\(rows)\n") == .tooLarge)
        let yearly = (0..<51).map { number in
            Self.event(
                "\(number)", "DTSTART:20261201T080000Z", "DTEND:20261201T081000Z", "RRULE:FREQ=DAILY;COUNT=398",
                "SUMMARY:x", "LOCATION:r1")
        }.joined(separator: "\r\n")
        #expect(try await code(Self.ics(yearly)) == .tooLarge)
        // What goes on behind the horizon is refused, and not cut short.
        let long = Self.event(
            "1", "DTSTART:20261201T080000Z", "DTEND:20261201T081000Z", "RRULE:FREQ=WEEKLY;COUNT=60", "SUMMARY:x",
            "LOCATION:r1")
        #expect(try await code(Self.ics(long)) == .conflict)
        #expect(try slots(school) == 0 && school.house.count("classroom_timetable") == 0)
        #expect(
            try await school.house.refusal(
                .post, Self.take, body: "room,date,from,to,purpose\nr1,2026-12-07,8:00,9:00,x", as: school.staff())
                == .forbidden)
    }

    @Test("a file of more than 8 MiB is refused, and nothing is stored")
    func largest() async throws {
        let school = try await school()
        let route = try #require(
            ClassroomsSolution().routes(school.house.services).first { $0.method == .post && $0.path == Self.take })
        #expect(route.maximumBodyBytes == 8_388_608)
        // The door refuses it by that; the reader of calendars would as well.
        let text = String(repeating: "X-FILL:0123456789012345678901234567890123456789\r\n", count: 180_000)
        #expect(
            try await school.house.refusal(.post, Self.take, body: Self.ics(text), as: school.admin) == .tooLarge)
        #expect(try school.house.count("classroom_timetable") == 0)
    }

    @Test("a site has only so many timetables")
    func mostTimetables() async throws {
        let school = try await School()
        func code(_ number: Int) async throws -> RefusalCode? {
            try await school.house.refusal(
                .post, Self.take, query: [("timetable", "t\(number)")],
                body:
                    "room,date,from,to,purpose\nr1,2026-12-\(10 + number / 12),\(8 + number % 12):00,\(8 + number % 12):30,x\n",
                as: school.admin)
        }
        for number in 0..<100 { #expect(try await code(number) == nil, "\(number)") }
        #expect(try await code(100) == .limitReached)
    }

    @Test("a lesson has a holder, who sees it and may give it up; it is none of their quota")
    func holder() async throws {
        let anna = Person(id: "anna", name: "anna", roles: [RoleAssignment(.staff)], createdAt: School.start)
        let school = try await School(people: [anna])
        let body =
            "room,date,from,to,purpose,holder\nr1,2026-12-07,8:00,9:00,Physics,Anna\nr1,2026-12-08,8:00,9:00,x,nobody\n"
        let done = try await school.house.json(
            .post, Self.take, query: [("conflicts", "skip")], body: body, as: school.admin)
        #expect(outcomes(done) == ["added", "refused"])
        let own = try await school.house.json(.get, "/api/staff/bookings", as: school.staff())
        let id = try #require(own["bookings"]?.elements.first?["booking_id"]?.text)
        #expect(own["bookings"]?.elements.first?["source"]?.text == "import")
        let given = try await school.house.json(.delete, "/api/staff/bookings/{id}", ["id": id], as: school.staff())
        #expect(given["status"]?.text == "cancelled")
        // It was given up by hand, and the file says what it said: it stays so.
        let again = try await school.house.json(
            .post, Self.take, query: [("conflicts", "skip")], body: body, as: school.admin)
        #expect(try outcomes(again) == ["unchanged", "refused"] && slots(school) == 0)
    }
}
