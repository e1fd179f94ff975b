import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// The display at a room's door: what it hears, and what somebody does there.
@Suite struct DoorTests {
    private static let path = "/api/room-doors"

    private func door(_ room: String = "r1", at site: SiteID = .main) -> Caller {
        Caller(.link(LinkGrant(id: "l", kind: LinkKind("classrooms.door"), thing: room, site: site)))
    }

    private func board(
        _ school: School, after: String? = nil, wait: Int? = nil
    ) async throws -> JSONTree {
        var query: [(name: String, value: String)] = []
        if let after { query.append(("after", after)) }
        if let wait { query.append(("wait", "\(wait)")) }
        return try await school.house.json(.get, Self.path, query: query, as: door())
    }

    private func set(_ school: School, _ body: String) async throws {
        try await school.house.call(
            .put, "/api/admin/classrooms/{id}/door", ["id": "r1"], body: body, as: school.admin)
    }

    @Test("the display says how the room is and what comes, and neither whose nor what for")
    func shows() async throws {
        let school = try await School()
        _ = try await school.report(occupied: false)
        try await school.book(from: "14:00", to: "15:00")
        let board = try await board(school)
        #expect(board["name"]?.text == "Room r1" && board["capacity"]?.number == 30 && board["zone"]?.text != nil)
        #expect(board["occupancy"]?.text == "idle" && board["check_in"] == .null)
        #expect(board["free_until"]?.text == "2026-11-30T14:00:00.000000Z")
        #expect(board["bookings"]?.elements.count == 1)
        let answer = try await school.house.call(.get, Self.path, as: door())
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(!text.contains("Physics") && !text.contains("anna"))
        #expect(answer.headers.contains { $0 == ("Cache-Control", "private, no-store") })
        try await set(school, #"{"shows_purpose":true}"#)
        let told = try await self.board(school)
        #expect(told["bookings"]?[0]?["purpose"]?.text == "Physics" && told["version"]?.text != board["version"]?.text)
    }

    @Test("another's room, another link, a room that was removed: nothing is there")
    func wrong() async throws {
        let school = try await School()
        let north = try #require(SiteID("north"))
        let calendar = Caller(
            .link(LinkGrant(id: "l", kind: LinkKind("classrooms.calendar"), thing: "r1", site: .main)))
        for other in [door("r9"), door("no name!"), door(at: north), calendar, .anybody, school.admin] {
            #expect(try await school.house.refusal(.get, Self.path, as: other) == .notFound)
            #expect(try await school.house.refusal(.post, Self.path + "/check-in", as: other) == .notFound)
        }
        #expect(try await school.house.refusal(.get, Self.path, as: door()) == nil)
        try await school.house.call(.delete, "/api/admin/classrooms/{id}", ["id": "r1"], as: school.admin)
        #expect(try await school.house.refusal(.get, Self.path, as: door()) == .notFound)
        #expect(try await school.house.refusal(.post, Self.path + "/check-in", as: door()) == .notFound)
    }

    // MARK: Waiting

    /// A display waits for news of what it has; `work` happens meanwhile.
    private func heard(
        _ school: School, wait: Int = 20, _ work: () async throws -> Void
    ) async throws -> (before: JSONTree, after: JSONTree) {
        let before = try await board(school)
        let version = try #require(before["version"]?.text)
        async let next = board(school, after: version, wait: wait)
        while try #require(school.house.solution as? ClassroomsSolution).waitingDisplays == 0 { await Task.yield() }
        try await work()
        return (before, try await next)
    }

    @Test("a display that waits hears at once of a booking, of movement, of a name, and of what people set")
    func waits() async throws {
        let school = try await School()
        _ = try await school.report(occupied: false)
        let booked = try await heard(school) { try await school.book(from: "14:00", to: "15:00") }
        #expect(booked.after["bookings"]?.elements.count == 1 && booked.before["bookings"]?.elements.isEmpty == true)
        let moved = try await heard(school) { _ = try await school.report(occupied: true) }
        #expect(moved.after["occupancy"]?.text == "occupied")
        let named = try await heard(school) {
            try await school.house.call(
                .put, "/api/admin/classrooms/{id}", ["id": "r1"], body: #"{"name":"Lab"}"#, as: school.admin)
        }
        #expect(named.after["name"]?.text == "Lab")
        let set = try await heard(school) { try await self.set(school, #"{"takes_bookings":true}"#) }
        #expect(set.after["walk_up_minutes"]?.elements.map(\.number) == [15, 30, 45, 60])
    }

    @Test("time alone is news: check-in opens, a booking begins, the sensor falls silent")
    func timePasses() async throws {
        let school = try await School()
        _ = try await school.report(occupied: false)
        try await school.book(from: "14:00", to: "15:00")
        try school.house.pass(seconds: 2_990)
        _ = try await school.report(occupied: false)
        let opened = try await heard(school) { try school.house.pass(seconds: 10) }
        #expect(opened.before["check_in"] == .null)
        #expect(opened.after["check_in"]?.text == "2026-11-30T14:00:00.000000Z")
        try school.house.pass(seconds: 280)
        let silent = try await heard(school) { try school.house.pass(seconds: 10) }
        #expect(silent.before["occupancy"]?.text == "idle" && silent.after["occupancy"]?.text == "unknown")
    }

    @Test("a display that hears of nothing is answered when its time is over, with what it has")
    func nothing() async throws {
        let school = try await School()
        let (before, after) = try await heard(school, wait: 5) { school.house.clock.move(seconds: 5) }
        #expect(after["version"]?.text == before["version"]?.text)
        #expect(after["now"]?.text == "2026-11-30T13:00:05.000000Z")
        for query in [("wait", "31"), ("wait", "-1"), ("wait", "soon")] {
            #expect(
                try await school.house.refusal(.get, Self.path, query: [query], as: door()) == .invalidParameter)
        }
    }

    @Test("a room that is removed while its display waits is not there any more")
    func removedMeanwhile() async throws {
        let school = try await School()
        await #expect(throws: Refusal.self) {
            _ = try await heard(school) {
                try await school.house.call(.delete, "/api/admin/classrooms/{id}", ["id": "r1"], as: school.admin)
            }
        }
    }

    @Test("eight displays wait at one door; one more is told to ask again soon, or not to wait")
    func crowded() async throws {
        let school = try await School()
        let version = try #require(try await board(school)["version"]?.text)
        let solution = try #require(school.house.solution as? ClassroomsSolution)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await board(school, after: version, wait: 20) } }
            while solution.waitingDisplays < 8 { await Task.yield() }
            let query = [(name: "after", value: version), (name: "wait", value: "20")]
            #expect(try await school.house.refusal(.get, Self.path, query: query, as: door()) == .overloaded)
            #expect(try await school.house.refusal(.get, Self.path, as: door()) == nil)
            try await school.book(from: "14:00", to: "15:00")
            try await group.waitForAll()
        }
        #expect(solution.waitingDisplays == 0)
    }

    // MARK: Checking in

    private func checkIn(_ school: School, _ body: String = "") async throws -> JSONTree {
        try await school.house.json(.post, Self.path + "/check-in", body: body, as: door())
    }

    @Test("who checks in at the door keeps the room, though no sensor sees them; twice is as once")
    func checkedIn() async throws {
        let school = try await School()
        try await school.book(from: "13:10", to: "15:00")
        _ = try await school.report(occupied: false)
        let board = try await checkIn(school, #"{"start":"2026-11-30T13:10:00Z"}"#)
        #expect(board["bookings"]?[0]?["presence"]?.text == "confirmed" && board["check_in"] == .null)
        _ = try await checkIn(school)
        for _ in 0..<20 {
            try school.house.pass(seconds: 120)
            _ = try await school.report(occupied: false)
        }
        #expect(try await self.board(school)["bookings"]?[0]?["presence"]?.text == "confirmed")
    }

    @Test("too early, and after the rest was given away, it is refused; the display says what became of it")
    func checkInRefused() async throws {
        let school = try await School()
        try await school.book(from: "13:30", to: "15:00")
        let path = Self.path + "/check-in"
        #expect(try await school.house.refusal(.post, path, as: door()) == .conflict)
        for _ in 0..<23 {
            _ = try await school.report(occupied: false)
            try school.house.pass(seconds: 120)
        }
        #expect(try await school.house.refusal(.post, path, as: door()) == .conflict)
        let board = try await board(school)
        #expect(board["released"]?["start"]?.text == "2026-11-30T13:30:00.000000Z")
        #expect(board["bookings"]?.elements.isEmpty == true && board["check_in"] == .null)
        for body in ["{", #"{"start":"soon"}"#, "[]"] {
            #expect(try await school.house.refusal(.post, path, body: body, as: door()) != nil)
        }
    }

    @Test("somebody who taps on and on is told to wait, and for how long")
    func tooOften() async throws {
        let school = try await School()
        try await school.book(from: "13:05", to: "14:00")
        let path = Self.path + "/check-in"
        for _ in 0..<12 { #expect(try await school.house.refusal(.post, path, as: door()) == nil) }
        #expect(try await school.house.refusal(.post, path, as: door()) == .tooManyRequests)
        #expect(try await school.house.refusal(.post, path, as: door("r2")) == .conflict)
        try school.house.pass(seconds: 60)
        #expect(try await school.house.refusal(.post, path, as: door()) == nil)
    }

    // MARK: Booking at the door

    @Test("a room is booked at its door only where people have set that; it is theirs then, and nobody's own")
    func walkUp() async throws {
        let school = try await School()
        let path = Self.path + "/book"
        let half = #"{"minutes":30}"#
        #expect(try await school.house.refusal(.post, path, body: half, as: door()) == .forbidden)
        try await set(school, #"{"takes_bookings":true}"#)
        try await school.book(from: "13:40", to: "15:00")
        #expect(try await board(school)["walk_up_minutes"]?.elements.map(\.number) == [15, 30])
        for (body, code) in [
            (#"{"minutes":45}"#, RefusalCode.conflict), (#"{"minutes":20}"#, .valueOutOfRange), ("{}", .missingField),
            (#"{"minutes":"30"}"#, .wrongType),
        ] {
            #expect(try await school.house.refusal(.post, path, body: body, as: door()) == code)
        }
        let board = try await school.house.json(.post, path, body: half, as: door())
        let booking = try #require(board["bookings"]?[0])
        #expect(booking["start"]?.text == "2026-11-30T13:00:00.000000Z")
        #expect(booking["end"]?.text == "2026-11-30T13:30:00.000000Z" && booking["presence"]?.text == "confirmed")
        #expect(board["walk_up_minutes"]?.elements.isEmpty == true && board["takes_bookings"]?.flag == true)
        #expect(try await school.report(occupied: false)["is_booked"]?.flag == true)
        #expect(try await school.house.refusal(.post, path, body: half, as: door()) == .conflict)
        let own = try await school.house.json(.get, "/api/staff/bookings", as: school.staff())
        #expect(own["bookings"]?.elements.count == 1)
    }

    @Test("a room whose bookings wait for approval is not booked at its door")
    func approval() async throws {
        let school = try await School()
        try await set(school, #"{"takes_bookings":true}"#)
        try await school.house.call(
            .put, "/api/admin/classrooms/{id}", ["id": "r1"], body: #"{"needs_approval":true}"#, as: school.admin)
        #expect(try await board(school)["takes_bookings"]?.flag == false)
        #expect(
            try await school.house.refusal(.post, Self.path + "/book", body: #"{"minutes":15}"#, as: door())
                == .forbidden)
    }

    @Test("what the door shows is set by those who manage the room, bit by bit, and outlives a restart")
    func rules() async throws {
        let school = try await School()
        let path = "/api/admin/classrooms/{id}/door"
        func rules() async throws -> [Bool?] {
            let rules = try await school.house.json(.get, path, ["id": "r1"], as: school.admin)
            return [rules["shows_purpose"]?.flag, rules["takes_bookings"]?.flag]
        }
        #expect(try await rules() == [false, false])
        try await set(school, #"{"takes_bookings":true}"#)
        try await set(school, #"{"shows_purpose":true}"#)
        school.house.restart()
        #expect(try await rules() == [true, true])
        try await set(school, #"{"takes_bookings":false}"#)
        #expect(try await rules() == [true, false])
        #expect(try await school.house.refusal(.put, path, ["id": "r9"], body: "{}", as: school.admin) == .notFound)
        #expect(try await school.house.refusal(.get, path, ["id": "r1"], as: school.staff()) == .forbidden)
        #expect(
            try await school.house.refusal(
                .put, path, ["id": "r1"], body: #"{"shows_purpose":1}"#, as: school.admin) == .wrongType)
    }
}
