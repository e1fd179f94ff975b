import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing
import WaterTanks

/// A tank's levels for anyone who has a link.
@Suite struct FeedTests {
    private let path = "/api/feeds/{key}/levels.csv"

    private func bearer(_ tank: String, at site: String = "main", _ kind: LinkKind = LinkKind("tanks.levels")) throws
        -> Caller
    {
        let device = try #require(DeviceID(tank))
        let grant = LinkGrant(id: "1", kind: kind, device: device, site: try #require(SiteID(site)))
        return Caller(.link(grant))
    }

    private func refusal(_ house: SolutionHouse, as caller: Caller) async throws -> RefusalCode? {
        try await house.refusal(.get, path, ["key": "k"], as: caller)
    }

    @Test("a link shows the levels of its tank as CSV, and of no other") func levels() async throws {
        let house = try await SolutionHouse(WaterTanksSolution())
        try house.hear("tanks/barn/level", #"{"level":50}"#)
        try house.hear("tanks/roof/level", #"{"level":70}"#)
        try house.pass(seconds: 1)
        let sheet = try await house.call(.get, path, ["key": "k"], query: [("field", "level")], as: try bearer("barn"))
        let lines = String(decoding: sheet.body, as: UTF8.self).split(separator: "\n")
        #expect(lines.first == "time,device_id,field,value")
        #expect(
            lines.dropFirst().map { $0.split(separator: ",").dropFirst().joined(separator: " ") } == ["barn level 50"])
    }

    @Test("a link shows nothing of a tank that was moved, removed or never there, and another link nothing at all")
    func others() async throws {
        let house = try await SolutionHouse(WaterTanksSolution())
        try house.hear("tanks/barn/level", #"{"level":50}"#)
        #expect(try await refusal(house, as: try bearer("barn")) == nil)
        #expect(try await refusal(house, as: try bearer("barn", at: "north")) == .notFound)
        #expect(try await refusal(house, as: try bearer("roof")) == .notFound)
        #expect(try await refusal(house, as: try bearer("barn", LinkKind("tanks.other"))) == .notFound)
        #expect(try await refusal(house, as: .anybody) == .notFound)
        try await house.call(.delete, "/api/tanks/{id}", ["id": "barn"])
        #expect(try await refusal(house, as: try bearer("barn")) == .notFound)
    }
}
