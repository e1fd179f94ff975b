import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// What becomes of a reservation when its time comes.
extension BookingTests {
    @Test func nobodyComesAndTheSpotIsFreeAgain() async throws {
        let garage = try await garage(spots: 1)
        let made = try await reserve(garage, 900, 4_500, #","spot_id":"P1-A1""#)
        let id = try #require(made["reservation_id"]?.text)
        let empty = [(spot: "P1-A1", occupied: false)]
        try garage.pass(seconds: 899, empty)
        #expect(try garage.status("P1-A1") == "free")
        try garage.pass(seconds: 1, empty)
        #expect(try garage.status("P1-A1") == "reserved")
        // The program starts anew in the middle, and goes on.
        garage.restart()
        try garage.pass(seconds: 600, empty)
        #expect(try garage.status("P1-A1") == "reserved")
        try garage.pass(seconds: 299, empty)
        #expect(try garage.status("P1-A1") == "reserved")
        try garage.pass(seconds: 1, empty)
        #expect(try garage.status("P1-A1") == "free")
        let seen = try await garage.call(
            .get, "/api/reservations/{reservation_id}", ["reservation_id": id], as: .driver("7"))
        #expect(seen.json["state"]?.text == "released")
        // The rest of its time is free for others.
        try await reserve(garage, 1_800, 3_600, #","spot_id":"P1-A1""#, as: .driver("8"))
    }

    /// The hub was off from before the reservation began until after it would have been given up: its holder could not be seen coming, and
    /// has the whole grace from then on.
    @Test func afterTheHubWasOffTheHolderHasTheWholeGrace() async throws {
        let garage = try await garage(spots: 1)
        try await reserve(garage, 900, 5_400, #","spot_id":"P1-A1""#)
        let empty = [(spot: "P1-A1", occupied: false)]
        garage.restart()
        try garage.pass(seconds: 900 + 1_200, empty)
        #expect(try garage.status("P1-A1") == "reserved")
        try garage.pass(seconds: 899, empty)
        #expect(try garage.status("P1-A1") == "reserved")
        try garage.pass(seconds: 1, empty)
        #expect(try garage.status("P1-A1") == "free")
    }

    /// What is said of a spot whose reservation began, or was given up, while the hub was off for a moment is what one that ran would say.
    @Test(arguments: [false, true]) func aShortAbsenceChangesNothing(restarts: Bool) async throws {
        let garage = try await garage(spots: 1)
        try await reserve(garage, 900, 5_400, #","spot_id":"P1-A1""#)
        func since() throws -> Int64? {
            try garage.database.readBlocking { try $0.queryFirst("SELECT status_since FROM parking_spot")?.integer(0) }
        }
        try garage.pass(seconds: 890, [("P1-A1", false)])
        if restarts { garage.restart() } else { try garage.pass(seconds: 10) }
        try garage.pass(seconds: restarts ? 20 : 10)
        #expect(try garage.status("P1-A1") == "reserved")
        #expect(try since() == Garage.start.advanced(bySeconds: 900).microseconds)
        for _ in 0..<8 { try garage.pass(seconds: 100, [("P1-A1", false)]) }
        #expect(try garage.status("P1-A1") == "reserved")
        if restarts { garage.restart() } else { try garage.pass(seconds: 90) }
        try garage.pass(seconds: restarts ? 100 : 10)
        #expect(try garage.status("P1-A1") == "free")
        #expect(try since() == Garage.start.advanced(bySeconds: 1_800).microseconds)
    }

    @Test func whatASilentSensorDoesNotSayIsNotHeldAgainstTheDriver() async throws {
        let garage = try await garage(spots: 1)
        try await reserve(garage, 900, 4_500, #","spot_id":"P1-A1""#)
        try garage.pass(seconds: 900, [("P1-A1", false)])
        for _ in 0..<20 { try garage.pass(seconds: 60) }
        #expect(try garage.status("P1-A1") == "unknown")
        try garage.pass(seconds: 1, [("P1-A1", true)])
        try garage.pass(seconds: 2)
        let row = try #require(
            try garage.database.readBlocking { try $0.queryFirst("SELECT * FROM parking_reservation") })
        #expect(try row.text("state") == "used")
    }

    @Test func whoWalksByUsesNoReservation() async throws {
        let garage = try await garage(spots: 1)
        try await reserve(garage, 900, 4_500, #","spot_id":"P1-A1""#)
        try garage.pass(seconds: 840, [("P1-A1", false)])
        try garage.pass(seconds: 30, [("P1-A1", true)])
        #expect(try garage.status("P1-A1") == "occupied")
        try garage.pass(seconds: 1, [("P1-A1", false)])
        for _ in 0..<5 { try garage.pass(seconds: 2, [("P1-A1", false)]) }
        func state() throws -> String? {
            try garage.database.readBlocking { try $0.queryFirst("SELECT state FROM parking_reservation") }?.text(0)
        }
        #expect(try state() == "active")
        for _ in 0..<18 { try garage.pass(seconds: 60, [("P1-A1", false)]) }
        #expect(try state() == "released")
        #expect(try garage.status("P1-A1") == "free")
    }

    @Test func theCarComesAndMayComeBack() async throws {
        let garage = try await garage(spots: 1)
        try await reserve(garage, 900, 4_500, #","spot_id":"P1-A1""#)
        // Ten minutes early.
        try garage.pass(seconds: 300, [("P1-A1", true)])
        #expect(try garage.status("P1-A1") == "occupied")
        try garage.pass(seconds: 200, [("P1-A1", true)])
        try garage.pass(seconds: 200, [("P1-A1", true)])
        try garage.pass(seconds: 200, [("P1-A1", true)])
        // Away for a while: the spot is still theirs, also after the grace.
        try garage.pass(seconds: 100, [("P1-A1", false)])
        #expect(try garage.status("P1-A1") == "reserved")
        await refused(.conflict) {
            try await garage.call(
                .delete, "/api/lots/{id}/spots/{spot_id}", ["id": "P1", "spot_id": "P1-A1"],
                as: .driver("owner", [.manageParking]))
        }
        for _ in 0..<10 { try garage.pass(seconds: 120, [("P1-A1", false)]) }
        #expect(try garage.status("P1-A1") == "reserved")
        for _ in 0..<20 { try garage.pass(seconds: 120, [("P1-A1", false)]) }
        #expect(try garage.status("P1-A1") == "free")
        let row = try #require(
            try garage.database.readBlocking { try $0.queryFirst("SELECT * FROM parking_reservation") })
        #expect(try row.text("state") == "used")
        #expect(try row.optionalInteger("ended_at") == Garage.start.advanced(bySeconds: 4_500).microseconds)
    }

    @Test func givingUpFreesTheSpotAtOnce() async throws {
        let garage = try await garage(spots: 1)
        let made = try await reserve(garage, 0, 3_600, #","spot_id":"P1-A1""#)
        #expect(try garage.status("P1-A1") == "reserved")
        let one = ["reservation_id": try #require(made["reservation_id"]?.text)]
        await refused(.notFound) {
            let staff = Caller.driver("9", [.reserveParking])
            try await garage.call(.delete, "/api/reservations/{reservation_id}", one, as: staff)
        }
        let owner = Caller.driver("9", [.manageParking])
        let over = try await garage.call(.delete, "/api/reservations/{reservation_id}", one, as: owner)
        #expect(over.json["state"]?.text == "cancelled")
        #expect(try garage.status("P1-A1") == "free")
        #expect(garage.audit.entries.map(\.target) == ["reservation:\(one["reservation_id"] ?? "")"])
    }

    @Test func stepsAreSaidOnce() async throws {
        let garage = try await garage(spots: 2)
        try await reserve(garage, 900, 1_800, #","spot_id":"P1-A1""#)
        let spot = try #require(DeviceID("P1-A1"))
        func steps(_ seconds: Int64) throws -> [BookingStep] {
            try garage.database.writeBlocking {
                try Bookings().steps(upTo: Garage.start.advanced(bySeconds: seconds), in: $0)
            }
        }
        #expect(try steps(899) == [])
        let begin = try steps(900)
        let id = try #require(
            try garage.database.readBlocking {
                try Bookings().holds(spot, in: $0)
            })
        func step(_ kind: BookingStep.Kind, _ seconds: Int64) -> BookingStep {
            BookingStep(kind, spot: spot, reservation: id, at: Garage.start.advanced(bySeconds: seconds))
        }
        #expect(begin == [step(.begins, 900)])
        #expect(try steps(900) == [])
        #expect(try steps(1_799) == [])
        #expect(try steps(1_800) == [step(.ends, 1_800)])
        #expect(try steps(1_802) == [])
        // One that came and went while the hub was down held nothing.
        try await reserve(garage, 3_600, 5_400, #","spot_id":"P1-A1""#)
        #expect(try steps(9_000) == [])
    }

    private func steps(_ garage: Garage, _ seconds: Int64) throws -> [BookingStep] {
        try garage.database.writeBlocking {
            try Bookings().steps(upTo: Garage.start.advanced(bySeconds: seconds), in: $0)
        }
    }

    /// Neither a grace that was made longer nor the next look at a spot of which nothing is known goes beyond the end.
    @Test func aReservationEndsWithItsTimeHoweverLongItMayWait() async throws {
        let garage = try await garage(spots: 2)
        try await reserve(garage, 900, 1_800, #","spot_id":"P1-A1""#)
        try await reserve(garage, 900, 2_700, #","spot_id":"P1-A2""#, as: .driver("8"))
        try garage.database.writeBlocking { try $0.execute("UPDATE parking_spot SET status = 'unknown'") }
        // The hub was off until now: for the first the whole grace is longer than its time.
        #expect(try steps(garage, 1_200).map(\.kind) == [.begins, .begins])
        #expect(try steps(garage, 1_800).map(\.at) == [Garage.start.advanced(bySeconds: 1_800)])
        #expect(try steps(garage, 2_690) == [])
        #expect(try steps(garage, 2_700).map(\.at) == [Garage.start.advanced(bySeconds: 2_700)])
    }

    /// Whoever takes the steps in their order never sees a spot free that one reservation hands to the next.
    @Test func whatEndsComesBeforeWhatBegins() async throws {
        let garage = try await garage(spots: 6)
        for number in 1...6 {
            for begin: Int64 in [900, 1_800] {
                try await reserve(
                    garage, begin, begin + 900, #","spot_id":"P1-A\#(number)""#, as: .driver("\(number)"))
            }
        }
        #expect(try steps(garage, 900).count == 6)
        let kinds = try steps(garage, 1_800).map(\.kind)
        #expect(kinds == Array(repeating: .ends, count: 6) + Array(repeating: .begins, count: 6))
    }

    @Test func aCarIsTheHoldersFromAQuarterBeforeUntilTheEnd() async throws {
        let garage = try await garage(spots: 1)
        let made = try await reserve(garage, 900, 1_800, #","spot_id":"P1-A1""#)
        let spot = try #require(DeviceID("P1-A1"))
        func arrived(_ seconds: Int64) throws -> String? {
            try garage.database.writeBlocking {
                try Bookings().arrived(spot, at: Garage.start.advanced(bySeconds: seconds), in: $0)
            }
        }
        #expect(try arrived(-1) == nil)
        #expect(try arrived(1_800) == nil)
        #expect(try arrived(0) == made["reservation_id"]?.text)
        #expect(try arrived(1_799) == made["reservation_id"]?.text)
    }
}
