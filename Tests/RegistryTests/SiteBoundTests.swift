import HubModel
import Registry
import SQL
import Testing

/// Bounds of docs/limits.md, «Fixed», that cannot be set.
struct SiteBoundTests {
    @Test("the hub has so many sites, and those that there are stay as they are") func sites() async throws {
        let database = try Database.open(DatabaseConfiguration(.memory))
        _ = try await database.migrate([RegistryTables.migrations], at: 0)
        let seventh = try #require(SiteID("s7"))
        try await database.write { transaction in
            let registry = SiteRegistry()
            func add(_ number: Int) throws {
                let site = try #require(SiteID("s\(number)"))
                try registry.add(site, title: "Site", at: Timestamp(seconds: 0), in: transaction)
            }
            // One is there from the beginning.
            for number in 1..<1_000 { try add(number) }
            #expect { try add(1_000) } throws: { ($0 as? Refusal)?.code == .limitReached }
            #expect(try registry.rename(seventh, title: "Seven", in: transaction))
        }
    }
}
