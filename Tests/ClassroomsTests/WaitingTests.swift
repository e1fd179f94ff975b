import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// The line before a time that is taken.
@Suite struct WaitingTests {
    private static let path = "/api/staff/waiting"

    static func people(_ names: [String] = ["anna", "bert", "cleo"]) -> [Person] {
        names.map { Person(id: $0, name: $0, roles: [RoleAssignment(.staff)], createdAt: School.start) }
    }

    private func wish(_ from: String, _ to: String, _ room: String = "r1", more: String = "") -> String {
        #"{"classroom_id":"\#(room)","start":"2026-11-30T\#(from)","end":"2026-11-30T\#(to)","purpose":"Choir"\#(more)}"#
    }

    @discardableResult
    private func wait(
        _ school: School, _ name: String, _ from: String, _ to: String, _ room: String = "r1"
    ) async throws -> JSONTree {
        try await school.house.json(.post, Self.path, body: wish(from, to, room), as: school.staff(name))
    }

    private func refusal(_ school: School, _ name: String, _ body: String) async throws -> RefusalCode? {
        try await school.house.refusal(.post, Self.path, body: body, as: school.staff(name))
    }

    private func own(_ school: School, _ name: String) async throws -> [JSONTree] {
        try await school.house.json(.get, "/api/staff/bookings", as: school.staff(name))["bookings"]?.elements ?? []
    }

    private func line(_ school: School, _ name: String) async throws -> [JSONTree] {
        try await school.house.json(.get, Self.path, as: school.staff(name))["waiting"]?.elements ?? []
    }

    @Test("the first in line whom it fits has it booked when a time is cancelled, and pages hear of it")
    func served() async throws {
        let school = try await School(people: Self.people())
        let made = try await school.book(from: "14:00", to: "16:00")
        // Bert wants more than becomes free: another booking follows.
        try await school.book(from: "16:00", to: "17:00", as: school.staff("cleo"))
        let long = try await wait(school, "bert", "15:00", "16:30")
        let first = try await wait(school, "cleo", "14:00", "15:30")
        let second = try await wait(school, "bert", "14:30", "15:00")
        #expect(long["position"]?.number == 1 && first["position"]?.number == 2 && second["position"]?.number == 2)
        school.house.forgetEffects()
        try await school.house.call(
            .delete, "/api/staff/bookings/{id}", ["id": try #require(made["booking_id"]?.text)], as: school.staff())
        let booked = try await own(school, "cleo").first { $0["source"]?.text == "waiting" }
        #expect(booked?["booking_id"]?.text == first["waiting_id"]?.text && booked?["status"]?.text == "confirmed")
        #expect(try await line(school, "cleo").isEmpty)
        #expect(try await line(school, "bert").map { $0["position"]?.number } == [1, 1])
        let shown = school.house.events.filter { $0.topic == "classrooms/r1/bookings" }
        #expect(shown.count == 2)
        // Nobody else comes in between: the key of the table holds what was served.
        #expect(
            try await school.house.refusal(
                .post, "/api/staff/bookings", body: wish("14:00", "14:30"), as: school.staff()) == .conflict)
    }

    @Test("what is shortened, moved, declined and given away serves the line as well")
    func freed() async throws {
        let school = try await School(people: Self.people())
        let made = try await school.book(from: "14:00", to: "16:00")
        let id = try #require(made["booking_id"]?.text)
        try await wait(school, "bert", "15:00", "16:00")
        let body = #"{"start":"2026-11-30T14:00","end":"2026-11-30T15:00","purpose":"x"}"#
        try await school.house.call(.put, "/api/staff/bookings/{id}", ["id": id], body: body, as: school.staff())
        #expect(try await own(school, "bert").count == 1)
        // Nobody comes at two: at a quarter past the rest is given away.
        try await school.book("r2", from: "13:30", to: "15:00")
        try await wait(school, "cleo", "14:00", "15:00", "r2")
        for _ in 0..<25 {
            _ = try await school.report("esp2", occupied: false)
            try school.house.pass(seconds: 120)
        }
        #expect(try await own(school, "cleo").map { $0["source"]?.text } == ["waiting"])
    }

    @Test("one leaves a line; a line ends when its time begins; who may not book any more is passed over")
    func ended() async throws {
        let people = Self.people() + [Person(id: "dora", name: "dora", roles: [], createdAt: School.start)]
        let school = try await School(people: people)
        let made = try await school.book(from: "14:00", to: "15:00")
        let left = try await wait(school, "bert", "14:00", "15:00")
        try await wait(school, "dora", "14:00", "15:00")
        try await wait(school, "cleo", "14:00", "15:00")
        let path = Self.path + "/{id}"
        let id = try #require(left["waiting_id"]?.text)
        #expect(try await school.house.refusal(.delete, path, ["id": id], as: school.staff("cleo")) == .notFound)
        try await school.house.call(.delete, path, ["id": id], as: school.staff("bert"))
        try await school.house.call(
            .delete, "/api/staff/bookings/{id}", ["id": try #require(made["booking_id"]?.text)], as: school.staff())
        #expect(try await own(school, "cleo").count == 1)
        #expect(try await line(school, "dora").count == 1)
        try school.house.pass(seconds: 3_600)
        #expect(try await line(school, "dora").isEmpty)
    }

    @Test("waiting is for what is taken, once each, by those who may book it, and for so many times only")
    func refused() async throws {
        let school = try await School(people: Self.people())
        #expect(try await refusal(school, "bert", wish("14:00", "15:00")) == .conflict)
        try await school.book(from: "14:00", to: "15:00")
        #expect(try await refusal(school, "anna", wish("14:00", "15:00")) == .conflict)
        #expect(try await refusal(school, "bert", wish("12:00", "12:30")) == .valueOutOfRange)
        #expect(try await refusal(school, "bert", wish("15:00", "14:00")) == .valueOutOfRange)
        #expect(
            try await refusal(school, "bert", wish("14:00", "15:00", more: #","rrule":"FREQ=DAILY;COUNT=2""#))
                == .valueOutOfRange)
        #expect(try await refusal(school, "bert", wish("14:00", "15:00", "r9")) == .notFound)
        try await wait(school, "bert", "14:00", "15:00")
        #expect(try await refusal(school, "bert", wish("14:30", "14:45")) == .conflict)
    }

    @Test("one person waits for so many times, and so many people for one time")
    func bounds() async throws {
        let names = (0...50).map { "p\($0)" }
        let school = try await School(people: Self.people(names))
        try await school.book(from: "14:00", to: "20:00")
        for number in 0..<20 {
            let minute = number * 10
            func clock(_ minute: Int) -> String { "\(14 + minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)" }
            try await wait(school, "p0", clock(minute), clock(minute + 10))
        }
        #expect(try await refusal(school, "p0", wish("19:00", "19:10")) == .limitReached)
        for number in 1..<48 { try await wait(school, "p\(number)", "14:00", "14:30") }
        // Three of the first one's times overlap that one: fifty are in line by then.
        #expect(try await refusal(school, "p50", wish("14:00", "14:30")) == .limitReached)
        #expect(try await refusal(school, "p50", wish("19:00", "19:30")) == nil)
    }
}
