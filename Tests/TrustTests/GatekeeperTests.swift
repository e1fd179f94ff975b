import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// The gate of a hub with accounts, over the tables.
@Suite struct GatekeeperTests {
    private let troubles = DevicesHouse.Troubles()

    private func gate(_ house: PeopleHouse, perAddress: Rate = .unlimited) -> Gatekeeper {
        let devices = DeviceAdmission(
            database: house.database, line: house.line, rights: DeviceRights([]), clock: house.clock,
            passwords: .trivial
        ) { _, _, _ in throw Refusal(.notSignedIn, "no programs here") }
        return Gatekeeper(
            people: house.people, devices: devices,
            links: LinkDoor(database: house.database, kinds: [], uses: LinkUses(line: house.line)),
            rates: GateRates(perAddress: perAddress, perAccount: .unlimited, perDevice: .unlimited)
        ) { [troubles] in troubles.note($0) }
    }

    private func caller(_ house: PeopleHouse, _ name: String) async throws -> Caller {
        let token = try await house.signIn(name).token
        return try await house.people.caller(bearer: token, transport: RequestTransport(), at: house.clock.now())
    }

    @Test func aNetworkOfIPv6IsOneAddress() async throws {
        let house = try await PeopleHouse()
        let rate = Rate(perSecond: 1, burst: 2)
        let now = house.clock.now()
        for gate in [gate(house, perAddress: rate), OpenGate(perAddress: rate)] as [any RequestGate] {
            try gate.admit(address: "2001:db8:1:2::1", at: now)
            try gate.admit(address: "2001:db8:1:2:ffff::2", at: now)
            #expect(throws: Refusal.self) { try gate.admit(address: "2001:db8:1:2::3", at: now) }
            try gate.admit(address: "2001:db8:1:3::1", at: now)
            try gate.admit(address: "192.0.2.1", at: now)
        }
    }

    @Test func whoIsInsideStaysAsLongAsNothingWasTakenAway() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben", .viewer)
        let gate = gate(house)
        let (anna, ben) = (try await caller(house, "anna"), try await caller(house, "ben"))
        let stranger = Caller(.anonymous)
        #expect(await gate.unwelcome(among: [anna, ben, stranger]) == [])
        // Nothing changed: what the tables say is not asked for.
        try await house.database.write { try $0.execute("ALTER TABLE sign_in RENAME TO hidden") }
        #expect(await gate.unwelcome(among: [anna, ben, stranger]) == [])
        #expect(troubles.all.isEmpty)
        try await house.database.write { try $0.execute("ALTER TABLE hidden RENAME TO sign_in") }
        try await house.shell { try $0.endSessions(of: "ben", by: $1, at: $2, in: $3) }
        #expect(await gate.unwelcome(among: [anna, ben, stranger]) == [ben])
        house.clock.move(seconds: 366 * 86_400)
        #expect(await gate.unwelcome(among: [anna, stranger]) == [anna])
    }

    @Test func whoCannotBeLookedUpStaysUntilTheyCan() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let gate = gate(house)
        let anna = try await caller(house, "anna")
        try await house.shell { try $0.endSessions(of: "anna", by: $1, at: $2, in: $3) }
        try await house.database.write { try $0.execute("ALTER TABLE sign_in RENAME TO hidden") }
        #expect(await gate.unwelcome(among: [anna]) == [])
        try await house.database.write { try $0.execute("ALTER TABLE trust_epoch RENAME TO unknown") }
        #expect(await gate.unwelcome(among: [anna]) == [])
        #expect(troubles.all.count == 2)
        try await house.database.write { transaction in
            try transaction.execute("ALTER TABLE hidden RENAME TO sign_in")
            try transaction.execute("ALTER TABLE unknown RENAME TO trust_epoch")
        }
        #expect(await gate.unwelcome(among: [anna]) == [anna])
    }

    @Test func aSignInThatGaveWayToOthersIsNotWelcome() async throws {
        let house = try await PeopleHouse { $0.signInsPerAccount = 2 }
        try await house.add("anna")
        let gate = gate(house)
        let oldest = try await caller(house, "anna")
        #expect(await gate.unwelcome(among: [oldest]) == [])
        for _ in 0..<2 {
            house.clock.move(seconds: 1)
            _ = try await house.signIn("anna")
        }
        #expect(await gate.unwelcome(among: [oldest]) == [oldest])
    }
}
