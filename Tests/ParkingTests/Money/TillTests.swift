import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Sessions: from the arrival to what is due.
@Suite struct TillTests {
    @Test(arguments: TariffCase.all) func golden(_ example: TariffCase) async throws {
        let house = try await MoneyHouse(at: example.departure, zone: example.zone)
        for version in example.versions { try await house.tariff(version.tariff, from: version.from) }
        try await house.arrive(at: example.arrival, kind: example.kind)
        try await house.depart(at: example.departure)
        let session = try house.session()
        #expect(try session.integer("due_minor") == example.total, "\(example.about)")
        #expect(try session.integer("balance_minor") == example.total)
        #expect(try house.balances()[.revenue] == -example.total)
    }

    @Test func aVersionThatBeginsDuringTheStayChangesNothing() async throws {
        let house = try await MoneyHouse()
        try await house.tariff(try Tariff(MoneyHouse.hour))
        try await house.arrive()
        try await house.tariff(Tariff(currency: "EUR", rules: []), from: house.clock.now().advanced(bySeconds: 1))
        house.clock.move(seconds: 7_200)
        try await house.depart()
        try await house.stay(seconds: 7_200)
        let dues = try house.rows("SELECT due_minor, tariff FROM parking_session ORDER BY arrived_at, id")
        #expect(try dues.map { try $0.integer("due_minor") } == [400, 0])
        #expect(try dues.map { try $0.integer("tariff") } == [1, 2])
    }

    @Test func bothAreIdempotent() async throws {
        let house = try await MoneyHouse()
        try await house.tariff(try Tariff(MoneyHouse.hour))
        try await house.depart()
        #expect(try house.count("parking_session") == 0)
        for _ in 0..<3 {
            try await house.arrive()
            house.clock.move(seconds: 60)
        }
        #expect(try house.count("parking_session") == 1)
        for _ in 0..<3 { try await house.depart() }
        #expect(try house.count("parking_session") == 1)
        #expect(try house.count("parking_entry") == 2)
        #expect(try house.session().integer("due_minor") == 200)
        #expect(try house.session().integer("departed_at") == house.clock.now().microseconds)
    }

    @Test func timesThatCannotBe() async throws {
        let house = try await MoneyHouse()
        let now = house.clock.now()
        // From the future: now.
        try await house.arrive(at: now.advanced(bySeconds: 500))
        #expect(try house.session().integer("arrived_at") == now.microseconds)
        // Before the arrival: at once.
        try await house.depart(at: now.advanced(bySeconds: -500))
        #expect(try house.session().integer("departed_at") == now.microseconds)
        // Before the car that left: two cars never stand in one spot.
        house.clock.move(seconds: 100)
        try await house.arrive(at: now.advanced(bySeconds: -1_000))
        let arrived = try house.rows("SELECT arrived_at FROM parking_session WHERE departed_at IS NULL")
        #expect(try arrived.map { try $0.integer(0) } == [now.microseconds])
        try await house.depart(at: house.clock.now().advanced(bySeconds: 9_999))
        let overlaps = try house.rows(
            """
            SELECT 1 FROM parking_session AS one JOIN parking_session AS two ON one.spot = two.spot AND one.id < two.id
            WHERE one.arrived_at < two.departed_at AND two.arrived_at < one.departed_at
            """)
        #expect(overlaps.isEmpty)
        let last = try house.rows("SELECT departed_at FROM parking_session ORDER BY departed_at DESC")
        #expect(try last.first?.integer(0) == house.clock.now().microseconds)
    }

    @Test func withoutATariffParkingIsFree() async throws {
        let house = try await MoneyHouse()
        try await house.stay(seconds: 100_000)
        #expect(try house.session().integer("due_minor") == 0)
        #expect(try house.count("parking_entry") == 0)
        #expect(try house.session().optionalInteger("tariff") == nil)
    }

    @Test func whatPeopleSee() async throws {
        let house = try await MoneyHouse()
        try await house.tariff(try Tariff(MoneyHouse.hour))
        try await house.arrive(reservation: "R1")
        house.clock.move(seconds: 10)
        try await house.depart()
        let events = house.line.events
        #expect(events.map(\.topic) == ["parking/P1/money", "parking/P1/money"])
        #expect(events.allSatisfy { $0.permission == .viewParkingMoney && $0.site == .main })
        guard case .json(let bytes) = events.last?.data else { return #expect(Bool(false)) }
        let event = try JSONTree(bytes)
        #expect(event["event"]?.text == "session_ended")
        #expect(event["due_minor"]?.number == 200)
        #expect(event["balance_minor"]?.number == 200)
        #expect(event["reservation_id"]?.text == "R1")
        #expect(event["state"]?.text == "unpaid")
    }

    @Test func namesOfSessionsCannotBeGuessed() async throws {
        let house = try await MoneyHouse(spots: 20)
        for number in 1...20 { try await house.arrive("P1-\(number)") }
        let ids = try house.rows("SELECT id FROM parking_session").map { try $0.text(0) }
        #expect(Set(ids.map { $0.suffix(13) }).count == 20)
        #expect(ids.allSatisfy { $0.utf8.count == 24 })
    }

    @Test func aSpotOfAnUnknownLot() async throws {
        let house = try await MoneyHouse()
        let facts = SpotFacts(
            id: try #require(DeviceID("X")), lot: try #require(LotID("X")), site: .main, kind: .standard)
        let till = house.till
        let code = await refusal {
            try await house.line.perform { try till.arrived(facts, at: $0.now, reservation: nil, in: &$0) }
        }
        #expect(code == .notFound)
    }
}
