import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// What people say of the power, and whether the relay follows.
@Suite struct PowerTests {
    private let path = "/api/admin/classrooms/{id}/power"

    private func stage(_ school: School) async throws -> String? {
        try await school.room()["switching"]?["stage"]?.text
    }

    @Test("a word is asked, sent with the next reply, and confirmed by the relay's own report")
    func confirmed() async throws {
        let school = try await School()
        _ = try await school.report(occupied: false, power: false)
        let asked = try await school.house.json(
            .post, path, ["id": "r1"], body: #"{"power_on":true,"minutes":60}"#, as: school.admin)
        #expect(asked["switching"]?["stage"]?.text == "asked" && asked["override"]?["power_on"]?.flag == true)
        #expect(try await school.report(occupied: false, power: false)["power_on"]?.flag == true)
        #expect(try await stage(school) == "sent")
        _ = try await school.report(occupied: false, power: true)
        #expect(try await stage(school) == "confirmed")
        school.house.restart()
        try school.house.pass(seconds: 3_600)
        #expect(try await school.room()["override"] == .null)
        #expect(try await school.report(occupied: false)["power_on"]?.flag == false)
        #expect(school.house.audit.entries.map(\.action.name).contains("classroom.power"))
    }

    @Test("a device that is not heard of, and a relay that does not follow, are said to have failed")
    func failed() async throws {
        let school = try await School()
        _ = try await school.report(occupied: false, power: false)
        let body = #"{"power_on":true}"#
        try await school.house.call(.post, path, ["id": "r1"], body: body, as: school.admin)
        try school.house.pass(seconds: 300)
        var room = try await school.room()
        #expect(room["switching"]?["stage"]?.text == "failed")
        #expect(room["switching"]?["problem"]?.text == "not_reached")
        _ = try await school.report("esp2", occupied: false, power: false)
        try await school.house.call(.post, path, ["id": "r2"], body: body, as: school.admin)
        _ = try await school.report("esp2", occupied: false, power: false)
        try school.house.pass(seconds: 180)
        room = try await school.room("r2")
        #expect(room["switching"]?["problem"]?.text == "not_confirmed")
    }

    @Test("null gives it back to the policy, and a word in the place of another replaces it")
    func back() async throws {
        let school = try await School()
        _ = try await school.report(occupied: false, power: true)
        for body in [#"{"power_on":true}"#, #"{"power_on":null}"#] {
            try await school.house.call(.post, path, ["id": "r1"], body: body, as: school.admin)
        }
        let room = try await school.room()
        #expect(room["override"] == .null && room["switching"]?["stage"]?.text == "asked")
        _ = try await school.report(occupied: false, power: true)
        _ = try await school.report(occupied: false, power: false)
        #expect(try await stage(school) == "confirmed")
    }

    @Test("of the staff only whose booking runs may switch, and no longer than that")
    func staff() async throws {
        let school = try await School()
        let own = "/api/staff/classrooms/{id}/power"
        func refusal(_ caller: Caller) async throws -> RefusalCode? {
            try await school.house.refusal(.post, own, ["id": "r1"], body: #"{"power_on":false}"#, as: caller)
        }
        #expect(try await refusal(school.staff()) == .forbidden)
        try await school.book(from: "13:00", to: "14:00")
        #expect(try await refusal(school.staff("bert")) == .forbidden)
        let room = try await school.house.json(
            .post, own, ["id": "r1"], body: #"{"power_on":false,"minutes":600}"#, as: school.staff())
        #expect(room["override"]?["until"]?.text == "2026-11-30T14:00:00.000000Z")
    }
}
