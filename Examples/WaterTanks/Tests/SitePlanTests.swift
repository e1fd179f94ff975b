import HubModel
import HubTesting
import SolutionKit
import Testing
import WaterTanks

/// A plan belongs to a site: it needs no device, and those of another site learn nothing of it.
@Suite struct SitePlanTests {
    private let one = "/api/tank-plans/{site}"
    private let site = ["site": "main"]
    private let viewer = Caller.person([Permission("tanks.view")], at: "main")
    private let manager = Caller.person([Permission("tanks.view"), Permission("tanks.manage")], at: "main")
    private let elsewhere = Caller.person([Permission("tanks.view"), Permission("tanks.manage")], at: "north")

    @Test("a plan is given, shown, replaced and taken away by those who may, and leaves no file behind")
    func life() async throws {
        try await FileStage.run { stage in
            func plan() async throws -> String? {
                let sites = try JSONTree(try await stage.ask(.get, "/api/tank-plans", as: viewer).body)["sites"]
                #expect(sites?.elements.map { $0["site"]?.text } == ["main"])
                return sites?.elements.first?["plan"]?.text
            }
            #expect(try await plan() == nil)
            #expect(try await stage.refusal(.get, one, site, as: viewer) == .notFound)
            #expect(try await stage.refusal(.put, one, site, stream: FileStage.png(1), as: viewer) == .forbidden)
            #expect(
                try await stage.refusal(.put, one, site, stream: Array("<html>".utf8), as: manager)
                    == .unsupportedMediaType)
            #expect(try await stage.ask(.put, one, site, stream: FileStage.png(1), as: manager).status == 204)
            let first = try await plan()
            #expect(try await stage.ask(.put, one, site, stream: FileStage.png(2), as: manager).status == 204)
            let second = try await plan()
            #expect(first != nil && second != nil && first != second && stage.files == 1)
            let shown = try await stage.ask(.get, one, site, as: viewer)
            guard case .file = shown.content else { return #expect(Bool(false), "it is no file") }
            #expect(shown.headers.contains { $0.value == "inline; filename=\"main-tanks.png\"" })
            for method in [Route.Method.get, .delete] {
                #expect(try await stage.refusal(method, one, site, as: elsewhere) == .notFound)
            }
            #expect(
                try await stage.refusal(.put, one, ["site": "north"], stream: FileStage.png(1), as: elsewhere)
                    == .notFound)
            #expect(try await stage.ask(.delete, one, site, as: manager).status == 204)
            #expect(try await stage.refusal(.delete, one, site, as: manager) == .notFound)
            #expect(try await plan() == nil)
            #expect(stage.files == 0)
            let told = stage.house.audit.entries
            #expect(told.map(\.action.name) == Array(repeating: "tank_plan.change", count: 3))
            #expect(told.map(\.target) == Array(repeating: "site:main", count: 3))
        }
    }
}
