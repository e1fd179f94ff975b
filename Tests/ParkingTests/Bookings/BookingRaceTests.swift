import Foundation
import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Two reservations of one spot for one time are impossible, whatever races.
@Suite struct BookingRaceTests {
    private static let now = Garage.start

    /// Two connections' worth of writers on one file, as two processes would have.
    private func withTwoDatabases(_ body: (Garage, Database) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "booking-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "hub.db").path
        let garage = try await Garage(.file(path))
        let other = try Database.open(DatabaseConfiguration(.file(path)))
        try await body(garage, other)
        try other.close()
        try garage.database.close()
    }

    private func reserve(
        _ request: BookingRequest, in lot: LotID, account: Int, on database: Database
    ) async throws -> Reservation? {
        let id = RandomName.make()
        do {
            return try await database.write { transaction in
                try Bookings().make(
                    request, in: lot, for: .account("a\(account)", isStaff: false), id: id, at: Self.now,
                    in: transaction)
            }
        } catch let refusal as Refusal {
            #expect(refusal.code == .conflict)
            return nil
        }
    }

    /// Pairs of reservations that are not over, of one spot, whose times touch.
    private func overlaps(_ database: Database) throws -> Int64 {
        try database.readBlocking {
            try $0.queryOne(
                """
                SELECT COUNT(*) FROM parking_reservation a JOIN parking_reservation b
                ON a.spot = b.spot AND a.id < b.id AND a.begins_at < b.ends_at AND b.begins_at < a.ends_at
                WHERE a.due_at IS NOT NULL AND b.due_at IS NOT NULL
                """
            ).integer(0)
        }
    }

    @Test func oneOfManyGetsTheSpot() async throws {
        try await withTwoDatabases { garage, other in
            try await garage.addLot("P1", spots: 1)
            let lot = try #require(LotID("P1"))
            let spot = try #require(DeviceID("P1-A1"))
            let made = try await withThrowingTaskGroup(of: Reservation?.self) { group in
                for number in 0..<40 {
                    // Times that all touch the quarter from 12:00, but are not the same.
                    let from = Self.now.advanced(bySeconds: 7_200 - Int64(number % 4) * 900)
                    let request = BookingRequest(spot: spot, from: from, to: Self.now.advanced(bySeconds: 9_000))
                    let database = number % 2 == 0 ? garage.database : other
                    group.addTask { try await reserve(request, in: lot, account: number, on: database) }
                }
                return try await group.reduce(into: [Reservation]()) { if let made = $1 { $0.append(made) } }
            }
            #expect(made.count == 1)
            #expect(try overlaps(garage.database) == 0)
        }
    }

    @Test func asManyAsThereAreSpotsGetOne() async throws {
        try await withTwoDatabases { garage, other in
            try await garage.addLot("P1", spots: 7)
            let lot = try #require(LotID("P1"))
            let request = BookingRequest(
                from: Self.now.advanced(bySeconds: 3_600), to: Self.now.advanced(bySeconds: 7_200))
            let made = try await withThrowingTaskGroup(of: Reservation?.self) { group in
                for number in 0..<40 {
                    let database = number % 2 == 0 ? garage.database : other
                    group.addTask { try await reserve(request, in: lot, account: number, on: database) }
                }
                return try await group.reduce(into: [Reservation]()) { if let made = $1 { $0.append(made) } }
            }
            #expect(made.count == 7)
            #expect(Set(made.map(\.spot)).count == 7)
            #expect(try overlaps(garage.database) == 0)
        }
    }

    /// No check in the code stands between: the table itself takes no second one.
    @Test func theTableRefusesTheSecond() async throws {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 1)
        let lot = try #require(LotID("P1"))
        let spot = try #require(DeviceID("P1-A1"))
        let request = BookingRequest(
            spot: spot, from: Self.now.advanced(bySeconds: 3_600), to: Self.now.advanced(bySeconds: 7_200))
        let first = try #require(try await reserve(request, in: lot, account: 1, on: garage.database))
        let quarter = first.beginsAt.microseconds / 900_000_000
        await #expect {
            try await garage.database.write { transaction in
                try transaction.execute(
                    "INSERT INTO parking_reserved_quarter (spot, quarter, reservation) VALUES ($1, $2, $3)",
                    [.text(spot.text), .integer(quarter), .text(first.id)])
            }
        } throws: { ($0 as? SQLFailure)?.code == .uniqueViolation }
    }

    /// Many tries of all sorts, with cancelling between, and never two for one spot and time.
    @Test func nothingOverlapsAfterAStorm() async throws {
        try await withTwoDatabases { garage, other in
            try await garage.addLot("P1", spots: 3)
            let lot = try #require(LotID("P1"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    let database = writer % 2 == 0 ? garage.database : other
                    group.addTask {
                        var generator = SystemRandomNumberGenerator()
                        for round in 0..<20 {
                            let from = Self.now.advanced(bySeconds: .random(in: 1...40) * 450 + 3_600)
                            let to = from.advanced(bySeconds: .random(in: 2...10) * 450)
                            let spot = DeviceID("P1-A\(Int.random(in: 1...3, using: &generator))")
                            let request = BookingRequest(spot: round % 3 == 0 ? nil : spot, from: from, to: to)
                            let made = try await reserve(
                                request, in: lot, account: writer * 100 + round, on: database)
                            guard let made, round % 4 == 0 else { continue }
                            _ = try await database.write {
                                try Bookings().cancel(made.id, at: Self.now, in: $0)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try overlaps(garage.database) == 0)
            // What is over keeps no time from others.
            let orphans = try garage.database.readBlocking {
                try $0.queryOne(
                    """
                    SELECT COUNT(*) FROM parking_reserved_quarter q JOIN parking_reservation r ON r.id = q.reservation
                    WHERE r.due_at IS NULL
                    """
                ).integer(0)
            }
            #expect(orphans == 0)
        }
    }
}
