import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Keys for devices as routes of solutions ask for them. What is refused is the same on the stage for solutions (`FakeDevices`).
@Suite struct DeviceKeyBookTests {
    private struct Undone: Error {}

    /// The hub's book over its tables.
    private func hub() async throws -> (house: DevicesHouse, book: AdministeredDevices) {
        let house = try await DevicesHouse()
        for site in ["north", "south"] {
            let id = try #require(SiteID(site))
            try await house.write { try $0.addSite(id, title: site, by: $1, in: $2) }
        }
        return (house, AdministeredDevices(house.administration))
    }

    private func manager(_ permissions: PermissionSet = [.manageDevices], at site: String? = nil) -> Caller {
        let grants =
            site.flatMap(SiteID.init).map { Grants(sites: [$0: permissions]) } ?? Grants(everywhere: permissions)
        return Caller(.person(account: "a", name: "anna", session: "s"), grants: grants)
    }

    private func spot(_ name: String, at site: String = "north", controller: String? = nil) throws -> NewDevice {
        NewDevice(
            try #require(DeviceID(name)), kind: .parking, site: try #require(SiteID(site)),
            controller: controller.flatMap { DeviceID($0) })
    }

    @Test(
        "a key that a solution gets opens the broker; a new one ends the old, and one of a removed device opens nothing"
    )
    func opening() async throws {
        let (house, book) = try await hub()
        let (anna, new) = (manager(at: "north"), try spot("S1"))
        let first = try await house.line.perform { try book.add(new, by: anna, in: &$0) }
        #expect(first.device == KnownDevice(id: new.id, kind: .parking, site: new.site))
        #expect(await house.knock("S1", first.key.text) == "device S1")
        let second = try await house.line.perform { try book.rotateKey(of: new.id, as: .parking, by: anna, in: &$0) }
        #expect(await house.knock("S1", first.key.text, address: "10.0.0.2") == "bad_credentials")
        #expect(await house.knock("S1", second.key.text) == "device S1")
        try await house.line.perform { _ = try book.setEnabled(false, new.id, as: .parking, by: anna, in: &$0) }
        #expect(await house.knock("S1", second.key.text, address: "10.0.0.3") == "forbidden")
        try await house.line.perform { _ = try book.setEnabled(true, new.id, as: .parking, by: anna, in: &$0) }
        #expect(await house.knock("S1", second.key.text) == "device S1")
        try await house.line.perform { try book.remove(new.id, as: .parking, by: anna, in: &$0) }
        #expect(await house.knock("S1", second.key.text, address: "10.0.0.4") == "bad_credentials")
        let told = house.audit.entries.filter { $0.target == "device:S1" }
        #expect(
            told.map(\.action) == [.addDevice, .rotateDevice, .disableDevice, .enableDevice, .removeDevice])
        #expect(told.allSatisfy { $0.caller == anna })
        #expect(!"\(house.audit.entries)".contains("mdk_"), "no key is in the audit")
    }

    @Test("a device has the name that its solution knows it by")
    func spelling() async throws {
        let (house, book) = try await hub()
        let (anna, board) = (manager(), NewDevice(try #require(DeviceID("07")), kind: .node))
        let made = try await house.line.perform { try book.add(board, by: anna, in: &$0) }
        #expect(made.device.id.text == "node_07" && made.device.site == .main)
    }

    @Test("what is undone with the rest of a change leaves neither a device nor a key that opens anything")
    func undone() async throws {
        let (house, book) = try await hub()
        let (anna, new) = (manager(), try spot("S1"))
        await #expect(throws: Undone.self) {
            try await house.line.perform { line in
                _ = try book.add(new, by: anna, in: &line)
                throw Undone()
            }
        }
        let devices = try await house.database.read { try DeviceRegistry().devices(DeviceFilter(), limit: 9, in: $0) }
        #expect(devices.isEmpty)
        let first = try await house.line.perform { try book.add(new, by: anna, in: &$0) }
        await #expect(throws: Undone.self) {
            try await house.line.perform { line in
                _ = try book.rotateKey(of: new.id, as: .parking, by: anna, in: &line)
                throw Undone()
            }
        }
        #expect(await house.knock("S1", first.key.text) == "device S1")
    }

    @Test("a hub that has as many devices as it may adds none")
    func limit() async throws {
        let house = try await DevicesHouse()
        let administration = DeviceAdministration(
            rights: house.rights, audit: house.audit, registry: DeviceRegistry(limit: 1))
        let (book, anna) = (AdministeredDevices(administration), manager())
        let (first, second) = (try spot("S1", at: "main"), try spot("S2", at: "main"))
        _ = try await house.line.perform { try book.add(first, by: anna, in: &$0) }
        #expect(
            await refusal { _ = try await house.line.perform { try book.add(second, by: anna, in: &$0) } }
                == .limitReached)
        try await house.line.perform { try book.remove(first.id, as: nil, by: anna, in: &$0) }
        _ = try await house.line.perform { try book.add(second, by: anna, in: &$0) }
    }

    enum Which: CaseIterable { case hub, stage }

    @Test("the book itself refuses who may not, on the hub and on the stage alike", arguments: Which.allCases)
    func refusals(_ which: Which) async throws {
        let (house, real) = try await hub()
        let sites = Set(["main", "north", "south"].compactMap(SiteID.init))
        let book: any DeviceKeyBook = which == .hub ? real : FakeDevices([:], sites: sites)
        let (anna, south) = (manager(at: "north"), manager(at: "south"))
        let strangers: [(Caller, RefusalCode)] = [
            (Caller(.anonymous), .notSignedIn), (manager([.viewDevices]), .forbidden),
            (manager([.manageUsers, .viewNodes], at: "north"), .forbidden), (Caller(.keyless(.parking)), .forbidden),
            (Caller(.device(try #require(DeviceID("S1")), .parking, site: .main)), .forbidden),
        ]
        let (known, other) = (try spot("S1"), try spot("S2"))
        func add(_ new: NewDevice, _ caller: Caller) async -> RefusalCode? {
            await refusal { _ = try await house.line.perform { try book.add(new, by: caller, in: &$0) } }
        }
        func others(_ id: DeviceID, _ caller: Caller) async -> [RefusalCode?] {
            [
                await refusal {
                    _ = try await house.line.perform { try book.rotateKey(of: id, as: nil, by: caller, in: &$0) }
                },
                await refusal {
                    try await house.line.perform { _ = try book.setEnabled(false, id, as: nil, by: caller, in: &$0) }
                },
                await refusal { try await house.line.perform { try book.remove(id, as: nil, by: caller, in: &$0) } },
            ]
        }
        #expect(await add(known, anna) == nil)
        let another = await refusal {
            _ = try await house.line.perform { try book.rotateKey(of: known.id, as: .module, by: anna, in: &$0) }
        }
        #expect(another == .notFound, "a device of another solution is not one's own")
        for (caller, code) in strangers {
            #expect(await add(other, caller) == code, "\(caller)")
            #expect(await others(known.id, caller) == [code, code, code], "\(caller)")
        }
        #expect(await others(known.id, south) == [.notFound, .notFound, .notFound])
        #expect(await others(other.id, anna) == [.notFound, .notFound, .notFound])
        #expect(await add(try spot("S2"), south) == .notFound)
        #expect(await add(try spot("S2", at: "nowhere"), manager()) == .notFound)
        #expect(await add(known, anna) == .conflict)
        #expect(await add(known, manager()) == .conflict)
        #expect(await add(try spot("S1", at: "south"), south) == .conflict)
        #expect(await add(try spot("S2", controller: "S2"), anna) == .invalidParameter)
        #expect(await add(try spot("S2", controller: "S9"), anna) == .notFound)
        #expect(await add(try spot("S3", at: "south", controller: "S1"), south) == .notFound)
        #expect(await add(try spot("S2", controller: "S1"), anna) == nil)
        #expect(await others(known.id, Caller(.hub)) == [nil, nil, nil])
        #expect(await others(known.id, anna) == [.notFound, .notFound, .notFound])
    }
}
