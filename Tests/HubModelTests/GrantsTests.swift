import HubModel
import Testing

@Suite struct GrantsTests {
    @Test func `a token narrows what holds everywhere and what holds at single sites`() throws {
        let north = try #require(SiteID("north"))
        let grants = Grants(
            everywhere: [.viewSystem, .viewNodes],
            sites: [.main: [.viewDevices, .commandNodes], north: [.manageDevices]])
        let narrowed = grants.narrowed(to: [.viewNodes, .commandNodes])
        #expect(narrowed == Grants(everywhere: [.viewNodes], sites: [.main: [.commandNodes]]))
        #expect(narrowed.scope(of: .viewDevices) == .sites([]))
        #expect(!narrowed.allows(.manageDevices, at: north))
        // A site where nothing is left is none.
        #expect(narrowed.sites[north] == nil)
        #expect(grants.narrowed(to: .all) == grants)
        #expect(grants.narrowed(to: []) == Grants())
    }
}
