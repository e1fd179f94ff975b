import Foundation
import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Tables of an older program, with a car in a spot and a tariff, in which this one goes on.
@Suite struct UpgradeTests {
    /// The tables as they were when a session followed the status.
    private func older(at path: String) async throws {
        let database = try Database.open(DatabaseConfiguration(.file(path)))
        var migrations = ParkingSolution().migrations
        migrations.list = Array(migrations.list.prefix(3))
        try await database.migrate([migrations], at: 0)
        let ten = ParkSite.ten.microseconds
        try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO parking_lot (id, site, name, address, time_zone, currency, is_public, stale_seconds,
                    plan_width, plan_height, created_at)
                VALUES ('LOT001', 'main', 'One', '', 'Asia/Kolkata', 'EUR', TRUE, 300, 100, 50, 0)
                """)
            // A car that has stood there for an hour, and a sensor that has just said that it has left: not believed yet.
            try transaction.execute(
                """
                INSERT INTO parking_spot (id, lot, label, level, kind, rotation, decides, threshold_cm, hysteresis_cm,
                    debounce_ms, sensed_occupied, sensed_since, candidate_occupied, candidate_since,
                    candidate_heard_at, observed_at, heard_at, out_of_service, status, status_since)
                VALUES ('SPOT001', 'LOT001', 'SPOT001', '0', 'standard', 0, 'flag', 115, 30, 2000, TRUE, $1, FALSE, $2,
                    $2, $2, $2, FALSE, 'occupied', $1)
                """, [.integer(ten - 3_600_000_000), .integer(ten - 1_000_000)])
            try transaction.execute(
                """
                INSERT INTO parking_tariff (lot, version, valid_from, document, created_by, created_at)
                VALUES ('LOT001', 1, 0, '{"currency":"EUR","rules":[]}', 'anna', 0)
                """)
            try transaction.execute(
                """
                INSERT INTO parking_session (id, spot, lot, kind, arrived_at, tariff, balance_minor, currency)
                VALUES ('session-of-an-older-program', 'SPOT001', 'LOT001', 'standard', $1, 1, 0, 'EUR')
                """, [.integer(ten - 3_600_000_000)])
        }
    }

    @Test func aCarThatStandsThereLeavesOnce() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("hub.sqlite").path
        try await older(at: path)
        let site = try await ParkSite(.file(path))
        #expect(try site.row("SELECT time_zone FROM parking_tariff")?.text(0) == "Asia/Kolkata")
        #expect(try site.row("SELECT waived_minor FROM parking_session")?.integer(0) == 0)
        try site.tick()
        #expect(try site.count("parking_session", where: "departed_at IS NULL") == 1)
        try site.tick(after: 1)
        let left = try #require(try site.row("SELECT departed_at FROM parking_session"))
        #expect(try left.optionalInteger("departed_at") == ParkSite.ten.microseconds - 1_000_000)
        #expect(try site.status("SPOT001") == "free")
        // The next car is another one.
        site.clock.move(seconds: 60)
        try site.report("SPOT001", true)
        try site.tick(after: 2)
        #expect(try site.count("parking_session") == 2)
    }
}
