import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Reservations from the wish to the end, through the routes and the line.
@Suite struct BookingTests {
    private static let path = "/api/lots/{id}/reservations"

    func garage(spots: Int = 8, isPublic: Bool = true) async throws -> Garage {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: spots, isPublic: isPublic)
        for number in 1...spots { try garage.report("P1-A\(number)", of: "P1", occupied: false) }
        return garage
    }

    func body(_ from: Int64, _ to: Int64, _ more: String = "") -> String {
        let (from, to) = (Garage.start.advanced(bySeconds: from), Garage.start.advanced(bySeconds: to))
        return #"{"from":"\#(from)","to":"\#(to)"\#(more)}"#
    }

    @discardableResult
    func reserve(
        _ garage: Garage, _ from: Int64, _ to: Int64, _ more: String = "", as caller: Caller = .driver("7"),
        from address: String = "192.0.2.1"
    ) async throws -> JSONTree {
        try await garage.call(
            .post, Self.path, ["id": "P1"], body: body(from, to, more), as: caller, from: address
        ).json
    }

    @Test func aReservationIsMadeAndSeenByItsHolder() async throws {
        let garage = try await garage()
        // 10:05 to 10:50 takes the quarters from 10:00 to 11:00.
        let made = try await reserve(garage, 7_500, 10_200, #","spot_id":"P1-A2","name":"B-AB 12""#)
        #expect(made["from"]?.text == "2026-11-21T12:00:00.000000Z")
        #expect(made["to"]?.text == "2026-11-21T13:00:00.000000Z")
        #expect(made["release_at"]?.text == "2026-11-21T12:15:00.000000Z")
        #expect(made["spot_id"]?.text == "P1-A2")
        #expect(made["code"] == nil)
        let id = try #require(made["reservation_id"]?.text)
        let own = try await garage.call(.get, "/api/reservations", as: .driver("7")).json["reservations"]
        #expect(own?.elements.map { $0["reservation_id"]?.text } == [id])
        let one = ["reservation_id": id]
        let seen = try await garage.call(.get, "/api/reservations/{reservation_id}", one, as: .driver("7"))
        #expect(seen.json["name"]?.text == "B-AB 12")
        await refused(.notFound) {
            try await garage.call(.get, "/api/reservations/{reservation_id}", one, as: .driver("8"))
        }
        await refused(.notFound) {
            try await garage.call(.delete, "/api/reservations/{reservation_id}", one, as: .driver("8"))
        }
        let staff = Caller.driver("9", [.reserveParking])
        let list = try await garage.call(.get, Self.path, ["id": "P1"], as: staff).json["reservations"]
        #expect(list?[0]?["account"]?.text == "7")
        await refused(.forbidden) { try await garage.call(.get, Self.path, ["id": "P1"], as: .driver("7")) }
    }

    @Test("one's own reservations come in pages, the last to begin first, each once, and never another's")
    func ownInPages() async throws {
        let garage = try await garage()
        var made: [String] = []
        for (caller, hours) in [("7", [2, 4, 6, 8]), ("8", [2])] {
            for hour in hours {
                let from = Int64(hour) * 3_600
                let one = try await reserve(garage, from, from + 1_800, as: .driver(caller))
                if caller == "7" { made.insert(try #require(one["reservation_id"]?.text), at: 0) }
            }
        }
        var (seen, after) = ([String](), String?.none)
        repeat {
            let query = [("limit", "3")] + (after.map { [("after", $0)] } ?? [])
            let page = try await garage.call(.get, "/api/reservations", query: query, as: .driver("7"))
            seen += page.json["reservations"]?.elements.compactMap { $0["reservation_id"]?.text } ?? []
            after = page.json["next"]?.text
        } while after != nil && seen.count < 10
        #expect(seen == made)
        let foreign = try await garage.call(
            .get, "/api/reservations", query: [("after", made[0])], as: .driver("8"))
        #expect(foreign.json["reservations"]?.elements.isEmpty == true)
    }

    /// The same instant in each form of the contract.
    @Test(arguments: [
        #""2026-11-21T12:00:00Z""#, #""2026-11-21T13:00:00+01:00""#, "1795262400", "1795262400000", #""1795262400""#,
    ])
    func timesInAnyForm(_ from: String) async throws {
        let garage = try await garage()
        let body = #"{"from":\#(from),"to":"2026-11-21T13:00:00Z"}"#
        let made = try await garage.call(.post, Self.path, ["id": "P1"], body: body, as: .driver("7")).json
        #expect(made["from"]?.text == "2026-11-21T12:00:00.000000Z")
    }

    @Test func aLotThatCannotBeIsNotThere() async throws {
        let garage = try await garage()
        for (method, path) in [
            (Route.Method.post, Self.path), (.get, "/api/lots/{id}/forecast"), (.get, "/api/lots/{id}/availability"),
            (.get, "/api/feeds/apds/places/{id}"), (.get, "/api/lots/{id}"),
        ] {
            await refused(.notFound) { try await garage.call(method, path, ["id": "a b"], as: .driver("7")) }
        }
    }

    @Test func aConflictNamesTheTimeInTheWay() async throws {
        let garage = try await garage(spots: 1)
        try await reserve(garage, 7_200, 10_800, #","spot_id":"P1-A1""#)
        for more in [#","spot_id":"P1-A1""#, ""] {
            await #expect {
                try await reserve(garage, 9_900, 12_600, more, as: .driver("8"))
            } throws: { error in
                guard let refusal = error as? Refusal else { return false }
                let conflict =
                    #"{"spot_id":"P1-A1","from":"2026-11-21T12:00:00.000000Z","to":"2026-11-21T13:00:00.000000Z"}"#
                let member = RefusalMember("conflict") { $0.raw(conflict.utf8) }
                return refusal.code == .conflict && refusal.members == [member]
                    && refusal.detail.contains("from 2026-11-21T12:00:00.000000Z to 2026-11-21T13:00:00.000000Z")
            }
        }
        // What only touches is no conflict.
        try await reserve(garage, 10_800, 12_600, #","spot_id":"P1-A1""#, as: .driver("8"))
        try await reserve(garage, 5_400, 7_200, #","spot_id":"P1-A1""#, as: .driver("8"))
    }

    @Test(arguments: [
        (#"{"to":"2026-11-21T12:00:00Z"}"#, RefusalCode.missingField), (#"{"from":true,"to":1}"#, .wrongType),
        (#"{"from":"soon","to":"later"}"#, .valueOutOfRange), (#"{"from":1795256000,"from":1,"to":2}"#, .duplicateKey),
        (#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T12:10:00Z"}"#, .valueOutOfRange),
        (#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-22T00:00:01Z"}"#, .valueOutOfRange),
        (#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T11:00:00Z"}"#, .valueOutOfRange),
        (#"{"from":"2026-11-21T09:00:00Z","to":"2026-11-21T11:00:00Z"}"#, .valueOutOfRange),
        (#"{"from":"2026-12-06T10:00:01Z","to":"2026-12-06T11:00:00Z"}"#, .valueOutOfRange),
        (#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T13:00:00Z","spot_id":"none"}"#, .notFound),
        (#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T13:00:00Z","spot_id":"a b"}"#, .invalidIdentifier),
        (#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T13:00:00Z","kind":"truck"}"#, .valueOutOfRange),
        (#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T13:00:00Z","kind":"ev"}"#, .conflict),
        (#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T13:00:00Z","name":"a\nb"}"#, .valueOutOfRange),
        (
            #"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T13:00:00Z","kind":"ev","spot_id":"P1-A1"}"#,
            .identifierMismatch
        ),
        ("", .malformedJSON), ("[]", .wrongType),
    ])
    func refusedAndNothingStored(_ body: String, _ code: RefusalCode) async throws {
        let garage = try await garage()
        await refused(code) {
            try await garage.call(.post, Self.path, ["id": "P1"], body: body, as: .driver("7"))
        }
        let stored = try garage.database.readBlocking {
            try $0.queryOne("SELECT COUNT(*) FROM parking_reservation").integer(0)
        }
        #expect(stored == 0)
    }

    @Test func strangersHaveACodeAndBounds() async throws {
        let garage = try await garage()
        let stranger = Caller(.anonymous)
        let made = try await reserve(garage, 3_600, 7_200, as: stranger)
        let (id, code) = (try #require(made["reservation_id"]?.text), try #require(made["code"]?.text))
        let row = try #require(
            try garage.database.readBlocking { try $0.queryFirst("SELECT * FROM parking_reservation") })
        let hash = try row.optionalBlob("code_hash")
        #expect(hash?.count == 32)
        // The code itself is nowhere.
        for index in 0..<row.count { #expect(try row.value(index) != .text(code)) }
        let look = "/api/reservations/{reservation_id}/look"
        let right = #"{"code":"\#(code)"}"#
        let seen = try await garage.call(.post, look, ["reservation_id": id], body: right)
        #expect(seen.json["state"]?.text == "active")
        #expect(seen.json["code"] == nil)
        let wrong = #"{"code":"mrv_\#(String(code.dropFirst(4).reversed()))"}"#
        for body in [wrong, #"{"code":"x"}"#] {
            await refused(.notFound) { try await garage.call(.post, look, ["reservation_id": id], body: body) }
        }
        await refused(.valueOutOfRange) { try await reserve(garage, 90_000, 93_600, as: stranger) }
        try await reserve(garage, 3_600, 7_200, as: stranger)
        // Two of eight spots are a quarter of the lot: neither this address nor another gets more.
        await refused(.limitReached) { try await reserve(garage, 3_600, 7_200, as: stranger) }
        await refused(.limitReached) { try await reserve(garage, 3_600, 7_200, as: stranger, from: "192.0.2.2") }
        let cancel = "/api/reservations/{reservation_id}/cancel"
        await refused(.notFound) { try await garage.call(.post, cancel, ["reservation_id": id], body: wrong) }
        let over = try await garage.call(.post, cancel, ["reservation_id": id], body: right)
        #expect(over.json["state"]?.text == "cancelled")
        await refused(.conflict) { try await garage.call(.post, cancel, ["reservation_id": id], body: right) }
        try await reserve(garage, 3_600, 7_200, as: stranger, from: "192.0.2.2")
        // What is over keeps no address.
        let addresses = try garage.database.readBlocking {
            try $0.query("SELECT address FROM parking_reservation WHERE due_at IS NULL AND address IS NOT NULL")
        }
        #expect(addresses.isEmpty)
    }

    @Test func aLotsReservationsComeInPages() async throws {
        let garage = try await garage()
        let staff = Caller.driver("9", [.reserveParking])
        // Two at each time, so that a page ends between two that begin together.
        for number in Int64(0)..<6 {
            let begin = 3_600 * (1 + number / 2)
            try await reserve(garage, begin, begin + 1_800, as: staff)
        }
        func page(_ query: [String: String]) async throws -> JSONTree {
            try await garage.call(
                .get, Self.path, ["id": "P1"], query: query.map { (name: $0.key, value: $0.value) }, as: staff
            ).json
        }
        let whole = try #require(try await page([:])["reservations"]).elements.map { $0["reservation_id"]?.text }
        #expect(Set(whole).count == 6)
        #expect(try await page([:])["next"] == .null)
        var found: [String?] = []
        var query = ["limit": "3"]
        for _ in 0..<2 {
            let page = try await page(query)
            found += try #require(page["reservations"]).elements.map { $0["reservation_id"]?.text }
            query["after"] = page["next"]?.text
        }
        #expect(found == whole)
        #expect(try await page(["limit": "6"])["next"] == .null)
        #expect(try await page(["after": "nobody"])["reservations"]?.elements.isEmpty == true)
        for (name, value) in [("limit", "0"), ("limit", "5001"), ("limit", "x"), ("after", "a b")] {
            await refused(.invalidParameter) { try await page([name: value]) }
        }
    }

    @Test func nobodyHasTooMany() async throws {
        let garage = try await garage()
        for hour in Int64(1)...5 { try await reserve(garage, hour * 3_600, hour * 3_600 + 1_800) }
        await refused(.limitReached) { try await reserve(garage, 36_000, 37_800) }
        try await reserve(garage, 36_000, 37_800, as: .driver("7", [.reserveParking]))
    }

    @Test func whoReservesForOthersHasABoundToo() async throws {
        let (garage, staff) = (try await garage(spots: 10), Caller.driver("7", [.reserveParking]))
        for turn in Int64(10)..<210 { try await reserve(garage, turn / 10 * 3_600, turn / 10 * 3_600 + 900, as: staff) }
        await refused(.limitReached) { try await reserve(garage, 360_000, 361_800, as: staff) }
        try await reserve(garage, 360_000, 361_800, as: .driver("8", [.reserveParking]))
    }

    @Test func aLotThatIsNotPublicIsNotThereForStrangers() async throws {
        let garage = try await garage(isPublic: false)
        for path in [Self.path, "/api/lots/{id}/availability", "/api/lots/{id}/forecast"] {
            let method = path == Self.path ? Route.Method.post : .get
            await refused(.notFound) {
                try await garage.call(method, path, ["id": "P1"], body: body(3_600, 7_200))
            }
        }
        await refused(.notFound) { try await reserve(garage, 3_600, 7_200, as: .driver("7")) }
        try await reserve(garage, 3_600, 7_200, as: .driver("7", [.viewParking]))
        let sensor = Caller(.device(try #require(DeviceID("P1-A1")), .parking, site: .main))
        let open = try await self.garage()
        await refused(.forbidden) { try await reserve(open, 3_600, 7_200, as: sensor) }
    }

    @Test func availabilityIsWhatCanBeReserved() async throws {
        let garage = try await garage(spots: 3)
        try await reserve(garage, 7_200, 10_800, #","spot_id":"P1-A2""#)
        // Past the time in which a change back is not believed.
        garage.clock.move(seconds: 3)
        try garage.report("P1-A1", of: "P1", occupied: true)
        func free(_ from: String, _ to: String) async throws -> [String?] {
            try await garage.call(
                .get, "/api/lots/{id}/availability", ["id": "P1"], query: [("from", from), ("to", to)]
            ).json["kinds"]?["standard"]?.elements.map(\.text) ?? []
        }
        #expect(try await free("2026-11-21T12:30:00Z", "2026-11-21T13:30:00Z") == ["P1-A3", "P1-A1"])
        // For now, what is occupied is out of the question.
        #expect(try await free("2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z") == ["P1-A2", "P1-A3"])
        await refused(.conflict) { try await reserve(garage, 0, 3_600, #","spot_id":"P1-A1""#) }
        // And so is that of which nothing has been heard.
        garage.clock.move(seconds: 400)
        #expect(try await free("2026-11-21T10:06:40Z", "2026-11-21T11:00:00Z") == [])
        await refused(.conflict) { try await reserve(garage, 400, 3_600, #","spot_id":"P1-A2""#) }
    }

    func refused(
        _ code: RefusalCode, sourceLocation: SourceLocation = #_sourceLocation, _ work: () async throws -> Void
    ) async {
        await #expect(sourceLocation: sourceLocation) {
            try await work()
        } throws: { ($0 as? Refusal)?.code == code }
    }

    func refused<Value>(
        _ code: RefusalCode, sourceLocation: SourceLocation = #_sourceLocation, _ work: () async throws -> Value
    ) async {
        await #expect(sourceLocation: sourceLocation) {
            _ = try await work()
        } throws: { ($0 as? Refusal)?.code == code }
    }
}
