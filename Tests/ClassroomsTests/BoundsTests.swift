import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// What is bounded, filled to the bound.
@Suite struct BoundsTests {
    @Test("of one person only so many bookings are open, unless they manage bookings")
    func bookings() async throws {
        let school = try await School()
        func book(_ number: Int, as caller: Caller) async throws {
            let begin = School.start.advanced(bySeconds: Int64(number + 1) * 3_600)
            try await school.house.call(
                .post, "/api/staff/bookings",
                body: JSONText(
                    ("classroom_id", "r1"), ("start", begin.description),
                    ("end", begin.advanced(bySeconds: 1_800).description), ("purpose", "x")
                ).text, as: caller)
        }
        for number in 0..<50 { try await book(number, as: school.staff()) }
        await #expect(throws: Refusal.self) { try await book(50, as: school.staff()) }
        try await book(50, as: school.staff("bert"))
        for number in 51..<110 { try await book(number, as: school.admin) }
    }

    @Test("of one person only so many messages are taken in a day")
    func messages() async throws {
        let school = try await School()
        let body = #"{"subject":"Light","message":"It is dark."}"#
        for _ in 0..<50 { try await school.house.call(.post, "/api/contact", body: body, as: school.staff()) }
        #expect(
            try await school.house.refusal(.post, "/api/contact", body: body, as: school.staff()) == .limitReached)
        #expect(try await school.house.refusal(.post, "/api/contact", body: body, as: school.staff("bert")) == nil)
        try school.house.pass(seconds: 86_400)
        #expect(try await school.house.refusal(.post, "/api/contact", body: body, as: school.staff()) == nil)
        let list = try await school.house.json(.get, "/api/admin/messages", query: [("limit", "2")], as: school.admin)
        #expect(list["messages"]?.elements.count == 2 && list["next"]?.number != nil)
    }

    @Test("a hub has only so many classrooms")
    func rooms() async throws {
        let school = try await School()
        for number in 0..<4_998 {
            try await school.house.call(
                .post, "/api/admin/classrooms", body: #"{"name":"Room \#(number)"}"#, as: school.admin)
        }
        #expect(
            try await school.house.refusal(
                .post, "/api/admin/classrooms", body: #"{"name":"One more"}"#, as: school.admin) == .limitReached)
    }
}
