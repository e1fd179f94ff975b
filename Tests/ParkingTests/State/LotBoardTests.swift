import HubModel
import HubTesting
import Parking
public import Registry
import SQL
public import SolutionKit
import Testing

extension LinkTable: LinkBook {}

/// What the link of a lot's board shows.
@Suite struct LotBoardTests {
    private static let path = "/api/lot-boards"

    private func caller(_ lot: String, at site: SiteID = .main) -> Caller {
        Caller(.link(LinkGrant(id: "l", kind: .lotBoard, thing: lot, site: site)))
    }

    @Test("The board has the counts of each level of its lot, public or not, and nothing else")
    func counts() async throws {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 3, isPublic: false)
        try await garage.database.write { transaction in
            try Garage.addSpot("P1-U1", to: "P1", level: "-1", at: Garage.start.microseconds, in: transaction)
        }
        for (spot, isOccupied) in [("P1-A1", true), ("P1-A2", false), ("P1-U1", false)] {
            try garage.report(spot, of: "P1", occupied: isOccupied)
        }
        func board() async throws -> RouteResponse {
            try await garage.house.call(.get, Self.path, as: caller("P1"))
        }
        let first = try await board()
        let expected =
            #"{"name":"Lot","time_zone":"Europe/Berlin","levels":["#
            + #"{"level":"-1","total_spots":1,"available_spots":1,"out_of_service_spots":0,"unknown_spots":0},"#
            + #"{"level":"0","total_spots":3,"available_spots":1,"out_of_service_spots":0,"unknown_spots":1}]}"#
        #expect(String(decoding: first.body, as: UTF8.self) == expected)
        let tag = first.headers.first { $0.name == "ETag" }?.value
        #expect(tag != nil && first.headers.contains { $0 == ("Cache-Control", "private, no-cache") })
        // Time alone changes nothing until a sensor is silent for too long; then its spot is not known, and the tag is another.
        garage.clock.move(seconds: 299)
        #expect(try await board().headers.first { $0.name == "ETag" }?.value == tag)
        garage.clock.move(seconds: 1)
        let silent = try await board()
        #expect(silent.headers.first { $0.name == "ETag" }?.value != tag)
        #expect(try JSONTree(silent.body)["levels"]?[1]?["unknown_spots"]?.number == 3)
    }

    @Test("A lot that is not there, or at another site, is no answer; nobody comes with anything but its link")
    func refused() async throws {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 1)
        let north = try #require(SiteID("north"))
        let sensors = Caller(.link(LinkGrant(id: "l", kind: LinkKind("nodes.readings"), site: .main)))
        for other in [caller("P2"), caller("P1", at: north), caller("not a name"), sensors, .anybody] {
            #expect(try await garage.house.refusal(.get, Self.path, as: other) == .notFound)
        }
        #expect(try await garage.house.refusal(.get, Self.path, as: caller("P1")) == nil)
    }

    @Test("The links of a lot end with it, and with no other")
    func ended() async throws {
        let garage = try await Garage(tables: [RegistryTables.migrations], links: LinkTable())
        let now = garage.clock.now()
        try await garage.addLot("P1", spots: 1)
        try await garage.addLot("P2", spots: 1)
        garage.restart()
        try await garage.database.write { transaction in
            for (number, lot) in ["P1", "P1", "P2"].enumerated() {
                try transaction.execute(
                    """
                    INSERT INTO link (id, kind, hash, thing, site, purpose, maker, created_at, expires_at)
                    VALUES ($1, 'parking.board', $2, $3, 'main', 'x', 'anna', $4, $5)
                    """,
                    [
                        .text("link-of-some-length-\(number)"), .blob([UInt8(number)]), .text(lot),
                        .integer(now.microseconds), .integer(now.advanced(bySeconds: 86_400).microseconds),
                    ])
            }
        }
        func open() throws -> [String] {
            try garage.database.readBlocking { reader in
                try reader.query("SELECT thing FROM link WHERE revoked_at IS NULL ORDER BY id").map {
                    try $0.text("thing")
                }
            }
        }
        let owner = Caller(.person(account: "o", name: "o", session: "s"), grants: Grants(everywhere: .all))
        // A car stands there: the lot stays for the books, and its links with it.
        try garage.report("P1-A1", of: "P1", occupied: true)
        #expect(try await garage.house.refusal(.delete, "/api/lots/{id}", ["id": "P1"], as: owner) == .conflict)
        #expect(try open() == ["P1", "P1", "P2"])
        #expect(try await garage.house.refusal(.delete, "/api/lots/{id}", ["id": "P2"], as: owner) == nil)
        #expect(try open() == ["P1", "P1"])
    }
}
