import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// What follows from reports inside the line: history, sessions, LEDs, live events, in one transaction.
@Suite struct LineTests {
    @Test func aChangeIsStateHistorySessionAndLED() async throws {
        let site = try await ParkSite()
        let effects = try site.hear(#"{"spot_id":"SPOT001","lot_id":"LOT001","occupied":true,"distance":35}"#)
        #expect(try site.status("SPOT001") == "occupied")
        #expect(try site.count("parking_change", where: "spot = 'SPOT001' AND status = 'occupied'") == 1)
        // Seen at once, and counted when it has lasted.
        #expect(try site.count("parking_session") == 0)
        #expect(
            try effects.colors == [
                "parkmate/led/command": "red", "parkmate/led/command/LOT001": "red",
                "parkmate/led/command/LOT001/SPOT001": "red",
            ])
        let update = try #require(try effects.event("parking/LOT001/spots/SPOT001"))
        #expect(update["event"]?.text == "spot_update")
        #expect(update["occupied"] == .boolean(true) && update["distance"]?.number == 35)
        #expect(update["status"]?.text == "occupied" && update["stale_after_seconds"]?.number == 300)
        let counts = try #require(try effects.event("parking/LOT001/counts"))
        #expect(counts["occupied_spots"]?.number == 1 && counts["unknown_spots"]?.number == 2)
        let topics = effects.events.filter { $0.topic.hasSuffix("/counts") }
        #expect(topics.count == 1 && topics.first?.permission == nil)
        let began = try site.tick(after: 2)
        #expect(try site.count("parking_session", where: "spot = 'SPOT001' AND departed_at IS NULL") == 1)
        #expect(try began.event("parking/LOT001/money")?["event"]?.text == "session_started")
        site.clock.move(seconds: 60)
        try site.report("SPOT001", false)
        #expect(try site.count("parking_session", where: "departed_at IS NOT NULL") == 0)
        try site.tick(after: 2)
        let session = try #require(try site.row("SELECT arrived_at, departed_at FROM parking_session"))
        #expect(try session.integer("arrived_at") == ParkSite.ten.microseconds)
        #expect(try session.integer("departed_at") == ParkSite.ten.advanced(bySeconds: 62).microseconds)
    }

    @Test func whatHadNotLastedIsCountedAfterARestart() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        site.clock.move(seconds: 1)
        site.restart()
        try site.tick(after: 1)
        #expect(try site.count("parking_session", where: "departed_at IS NULL") == 1)
        site.clock.move(seconds: 60)
        try site.report("SPOT001", false)
        site.restart()
        try site.tick(after: 2)
        #expect(try site.count("parking_session", where: "departed_at IS NOT NULL") == 1)
        // And what was counted is not counted again.
        site.restart()
        try site.report("SPOT001", false)
        try site.tick(after: 3)
        #expect(try site.count("parking_session") == 1)
    }

    /// Never set, ahead by a day, back by an hour in the middle, set to an epoch in the middle: a spot whose sensor speaks is not unknown.
    @Test(arguments: ["never set", "ahead", "back by an hour", "back to an epoch"])
    func aSpotWhoseSensorSpeaksIsKnownWhateverItsClockSays(_ clock: String) async throws {
        let site = try await ParkSite()
        for step in 0..<240 {
            let truth = site.clock.now().microseconds / 1_000_000
            let claimed =
                switch clock {
                case "never set": Int64(946_684_800 + 5 * step)
                case "ahead": truth + 86_000
                case "back by an hour": step < 100 ? truth : truth - 3_600
                default: step < 100 ? truth : Int64(1_000_000_000 + 5 * step)
                }
            // Half a minute with a car, half a minute without.
            let isOccupied = step / 6 % 2 == 0
            try site.hear(#"{"spot_id":"SPOT001","occupied":\#(isOccupied),"timestamp":\#(claimed)}"#)
            try site.tick(after: 5)
            let status = try site.status("SPOT001")
            #expect(status != "unknown", "\(clock), report \(step)")
            if step % 6 == 5, !(100..<114).contains(step) {
                #expect(status == (isOccupied ? "occupied" : "free"), "\(clock), report \(step)")
            }
        }
    }

    /// Whether the tick came between does not change what is said of the spot, since when, or what its session is.
    @Test(arguments: [false, true]) func whatComesDueIsDatedAtItsOwnMoment(isLookedAt: Bool) async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        try site.tick(after: 2)
        site.clock.move(seconds: 298)
        site.clock.move(milliseconds: 200)
        if isLookedAt { try site.tick() }
        site.clock.move(milliseconds: 300)
        try site.report("SPOT001", false)
        try site.tick(after: 2)
        let changes = try site.rows("SELECT status, at FROM parking_change WHERE spot = 'SPOT001' ORDER BY id")
        let ten = ParkSite.ten
        #expect(try changes.map { try $0.text(0) } == ["occupied", "unknown", "free"])
        #expect(
            try changes.map { try $0.integer(1) } == [
                ten.microseconds, ten.advanced(bySeconds: 300).microseconds,
                ten.advanced(byMicroseconds: 300_500_000).microseconds,
            ])
        let session = try #require(try site.row("SELECT departed_at FROM parking_session"))
        #expect(try session.integer(0) == ten.advanced(byMicroseconds: 300_500_000).microseconds)
    }

    @Test func aBatchThatFailsCountsNoCar() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        site.clock.move(seconds: 2)
        #expect(throws: (any Error).self) {
            try site.batch(isBroken: true, [ParkSite.time])
        }
        #expect(try site.count("parking_session") == 0)
        try site.tick()
        #expect(try site.count("parking_session", where: "departed_at IS NULL") == 1)
    }

    @Test func aSpotThatCannotBeCountedHoldsUpNoOther() async throws {
        let site = try await ParkSite()
        for spot in ["SPOT001", "SPOT002", "SPOT003"] { try site.report(spot, true) }
        try await site.database.write { transaction in
            try transaction.execute(
                """
                CREATE TRIGGER broken BEFORE INSERT ON parking_session WHEN NEW.spot = 'SPOT001'
                BEGIN SELECT RAISE(ABORT, 'broken'); END
                """)
        }
        site.clock.move(seconds: 2)
        let advance: (any MessageHandler, inout LineContext) throws -> Void = { handler, line in
            _ = try handler.advance(in: &line)
        }
        func failures() throws -> Int {
            try site.batch(Array(repeating: advance, count: 6)).errors.filter { $0 != nil }.count
        }
        #expect(try failures() == 1)
        #expect(try site.count("parking_session") == 2)
        // Not again at once …
        site.clock.move(seconds: 1)
        #expect(try failures() == 0)
        // … but after a while, and then it is counted from when the car came.
        site.clock.move(seconds: 59)
        #expect(try failures() == 1)
        try await site.database.write { try $0.execute("DROP TRIGGER broken") }
        site.clock.move(seconds: 60)
        #expect(try failures() == 0)
        #expect(try site.count("parking_session") == 3)
        #expect(try site.row("SELECT COUNT(DISTINCT arrived_at) FROM parking_session")?.integer(0) == 1)
    }

    @Test func aRefusedPieceOfWorkCountsNoCar() async throws {
        struct Refused: Error {}
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        site.clock.move(seconds: 2)
        let again = site.message(Array(#"{"spot_id":"SPOT001","occupied":true}"#.utf8))
        try site.batch([
            { handler, line in
                try handler.handle(again, in: &line)
                throw Refused()
            }
        ])
        #expect(try site.count("parking_session") == 0)
        try site.tick()
        #expect(try site.count("parking_session", where: "departed_at IS NULL") == 1)
    }

    @Test func whatIsPaidBeforeTheCarCountsIsForIt() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        site.clock.move(seconds: 1)
        let payment = #"{"payment_id":"p1","spot_id":"SPOT001","amount_minor":250}"#
        try site.hear(payment, topic: "parkmate/payment")
        #expect(try site.count("parking_payment", where: "session IS NULL") == 1)
        try site.tick(after: 1)
        #expect(try site.row("SELECT balance_minor FROM parking_session")?.integer(0) == -250)
        #expect(try site.count("parking_payment", where: "session IS NOT NULL") == 1)
        let stray = try site.row("SELECT SUM(amount_minor) FROM parking_entry WHERE account = 'unallocated'")
        #expect(try stray?.integer(0) == 0)
    }

    @Test func countsAreShownOnceALotABatch() async throws {
        let site = try await ParkSite()
        let payloads = ["SPOT001", "SPOT002", "SPOT003", "SPOT004"].map { #"{"spot_id":"\#($0)","occupied":true}"# }
        let works = payloads.map { payload in
            { (handler: any MessageHandler, line: inout LineContext) throws in
                try handler.handle(site.message(Array(payload.utf8)), in: &line)
            }
        }
        let effects = try site.batch(works).effects
        #expect(effects.events.filter { $0.topic == "parking/LOT001/counts" }.count == 1)
        #expect(try effects.event("parking/LOT001/counts")?["occupied_spots"]?.number == 3)
        // The second lot is not public: who may see it must have the right there.
        let hidden = effects.events.filter { $0.topic.hasPrefix("parking/LOT002") && !$0.topic.hasSuffix("/money") }
        #expect(hidden.count == 2 && hidden.allSatisfy { $0.permission == .viewParking && $0.site == .main })
    }

    @Test func silenceIsUnknownAndEndsNoSession() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        let effects = try site.tick(after: 300)
        #expect(try site.status("SPOT001") == "unknown")
        #expect(try effects.colors["parkmate/led/command/LOT001/SPOT001"] == "amber")
        #expect(try effects.event("parking/LOT001/spots/SPOT001")?["occupied"] == .null)
        #expect(try site.count("parking_session", where: "departed_at IS NULL") == 1)
        // The same car is still there: one session, not two.
        try site.report("SPOT001", true)
        try site.tick(after: 2)
        #expect(try site.count("parking_session") == 1)
        try site.tick(after: 400)
        try site.report("SPOT001", false)
        try site.tick(after: 2)
        #expect(try site.count("parking_session", where: "departed_at IS NOT NULL") == 1)
    }

    @Test func aRestartKnowsWhatTheTablesKnow() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        site.clock.move(seconds: 1)
        try site.report("SPOT001", false)
        #expect(try site.status("SPOT001") == "occupied")
        site.restart()
        // The change back had waited a second when the program ended; it is believed after the restart all the same.
        try site.tick(after: 2)
        #expect(try site.status("SPOT001") == "free")
        try site.tick(after: 299)
        #expect(try site.status("SPOT001") == "unknown")
    }

    @Test func aBatchThatFailsLeavesNothing() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", false)
        site.clock.move(seconds: 10)
        let payload = Array(#"{"spot_id":"SPOT001","occupied":true}"#.utf8)
        #expect(throws: (any Error).self) {
            try site.batch(isBroken: true, [{ handler, line in try handler.handle(site.message(payload), in: &line) }])
        }
        #expect(try site.status("SPOT001") == "free")
        let effects = try site.report("SPOT001", true)
        #expect(try effects.colors["parkmate/led/command"] == "red")
        #expect(try site.count("parking_change", where: "spot = 'SPOT001'") == 2)
    }

    @Test func aRefusedMessageIsUndoneAloneAndMemoryWithIt() async throws {
        struct Refused: Error {}
        let site = try await ParkSite()
        try site.report("SPOT001", false)
        site.clock.move(seconds: 10)
        let (one, two) = (
            site.message(Array(#"{"spot_id":"SPOT001","occupied":true}"#.utf8), client: "other"),
            site.message(Array(#"{"spot_id":"SPOT002","distance":20}"#.utf8))
        )
        let (effects, errors) = try site.batch([
            { handler, line in
                try handler.handle(one, in: &line)
                throw Refused()
            },
            { handler, line in try handler.handle(two, in: &line) },
        ])
        #expect(errors.map { $0 == nil } == [false, true])
        #expect(try site.status("SPOT001") == "free")
        #expect(try site.status("SPOT002") == "occupied")
        #expect(effects.readings.map(\.device.text) == ["SPOT002"])
        #expect(try effects.event("parking/LOT001/counts")?["occupied_spots"]?.number == 1)
        // Who spoke last was undone as well.
        #expect(try site.subscribe("other", to: "parkmate/led/command").publications.isEmpty)
    }

    @Test func whatALEDWasToldInAPieceOfWorkThatIsUndoneIsToldAgain() async throws {
        struct Undone: Error {}
        let site = try await ParkSite()
        #expect(try site.report("SPOT001", false).colors["parkmate/led/command"] == "green")
        site.clock.move(seconds: 60)
        let message = site.message(Array(#"{"spot_id":"SPOT001","occupied":true}"#.utf8))
        let (effects, errors) = try site.batch([
            { handler, line in
                try handler.handle(message, in: &line)
                throw Undone()
            }
        ])
        #expect(try errors.first.flatMap { $0 } is Undone && effects.colors.isEmpty)
        #expect(try site.report("SPOT001", true).colors["parkmate/led/command"] == "red")
    }

    @Test func ledsAreToldAgainWhenTheirControllerSubscribes() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true, client: "esp")
        try site.report("SPOT003", false, client: "esp")
        try site.report("SPOT002", true, client: "else")
        let shared = try site.subscribe("esp", to: "parkmate/led/command").publications
        #expect(shared.count == 2 && shared.allSatisfy { $0.topic == "parkmate/led/command" })
        let own = try site.subscribe("stranger", to: "parkmate/led/command/LOT001/SPOT002")
        #expect(try own.colors == ["parkmate/led/command/LOT001/SPOT002": "red"])
        #expect(try site.subscribe("esp", to: "$share/g/parkmate/led/#").publications.count == 2)
        #expect(try site.subscribe("SPOT004", to: "parkmate/led/command/+/SPOT004").publications.count == 1)
        #expect(try site.subscribe("esp", to: "parkmate/spot/status").publications.isEmpty)
        #expect(try site.subscribe("stranger", to: "parkmate/led/command").publications.isEmpty)
        site.restart()
        #expect(try site.subscribe("esp", to: "parkmate/led/command").publications.count == 2)
        // Another board speaks for the spot from now on: its LED is told although nothing changed.
        site.clock.move(seconds: 5)
        #expect(try site.report("SPOT001", true, client: "new").colors["parkmate/led/command"] == "red")
        #expect(try site.report("SPOT001", true, client: "new").publications.isEmpty)
        #expect(try site.subscribe("esp", to: "parkmate/led/command").publications.count == 1)
    }

    @Test func theRegistryHearsOfDevicesNowAndThen() async throws {
        let site = try await ParkSite()
        let sender = MessageOrigin.Sender.device(try #require(DeviceID("SPOT001")))
        for _ in 0..<3 { try site.hear(#"{"spot_id":"SPOT001","occupied":true}"#, from: sender) }
        #expect(site.devices.seen == ["SPOT001"])
        site.clock.move(seconds: 61)
        try site.hear(#"{"spot_id":"SPOT001","occupied":true}"#, from: sender)
        #expect(site.devices.seen.count == 2)
    }
}
