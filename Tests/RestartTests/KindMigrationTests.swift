import Foundation
import Nodes
import Parking
import Registry
import SQL
import Testing

/// Devices of any kind: the tables of an older hub, which knew the kinds itself, become those of this one.
@Suite struct KindMigrationTests {
    private static let step = "0015-device-kinds"

    /// A hub of the version before: all migrations of the registry before the step, and those of the solutions.
    private func older(_ database: Database) async throws {
        var registry = RegistryTables.migrations
        registry.list = Array(registry.list.prefix { $0.name != KindMigrationTests.step })
        #expect(registry.list.count < RegistryTables.migrations.list.count)
        try await database.migrate([registry, NodesSolution().migrations, ParkingSolution().migrations], at: 0)
        try await database.write { transaction in
            for statement in KindMigrationTests.rows { try transaction.execute(statement) }
        }
    }

    private static let rows = [
        """
        INSERT INTO device (id, kind, first_seen, last_seen, firmware, controller)
        VALUES ('node_01', 'node', 1, 2, '1.4', NULL), ('LOT001-controller', 'parking', 3, 4, NULL, NULL),
            ('SPOT001', 'parking', 5, 6, NULL, 'LOT001-controller')
        """,
        "INSERT INTO device_request (device, kind, first_seen, last_seen, topics) VALUES ('node_09', NULL, 1, 2, '[]')",
        "INSERT INTO device_credential (device, kind, secret, created_at) VALUES ('node_01', 'key', x'00ff', 7)",
        """
        INSERT INTO command (id, device, sequence, name, parameters, state, created_at, updated_at, expires_at,
            timeout_seconds, due_at)
        VALUES ('a-command-with-a-long-id', 'node_01', 1, 'read', '{}', 'queued', 1, 1, 9, 5, 9)
        """,
        "INSERT INTO command_step (command, position, state, at) VALUES ('a-command-with-a-long-id', 0, 'queued', 1)",
        """
        INSERT INTO device_refusal (device, at, code, detail, topic, excerpt, bytes, left_out)
        VALUES ('node_01', 5, 'bad_request', 'no', 't', 'x', 1, 0)
        """,
        """
        INSERT INTO node (device, wire_id, state, state_since, first_seen, last_seen)
        VALUES ('node_01', '01', 'online', 1, 1, 2)
        """,
        "INSERT INTO node_field (device, position, name) VALUES ('node_01', 0, 'temperature')",
        """
        INSERT INTO parking_lot (id, site, name, address, time_zone, currency, is_public, stale_seconds,
            plan_width, plan_height, created_at)
        VALUES ('LOT001', 'main', 'One', '', 'UTC', 'EUR', TRUE, 300, 100, 50, 0)
        """,
        """
        INSERT INTO parking_spot (id, lot, label, level, kind, rotation, decides, threshold_cm, hysteresis_cm,
            debounce_ms, out_of_service, status, status_since)
        VALUES ('SPOT001', 'LOT001', 'A01', '0', 'ev', 0, 'flag', 115, 30, 2000, FALSE, 'free', 1)
        """,
    ]

    /// Every row of every table that the registry and the solutions have, as text.
    private func dump(_ reader: some SQLReading) throws -> [String] {
        let tables = try reader.query(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migration' ORDER BY name")
        return try tables.flatMap { table in
            let name = try table.text(0)
            let columns = try reader.query("SELECT name FROM pragma_table_info($1) ORDER BY cid", [.text(name)])
            let values = try columns.map { "quote(\(try $0.text(0)))" }.joined(separator: " || ',' || ")
            return try reader.query("SELECT \(values) FROM \(name) ORDER BY rowid").map { "\(name): \(try $0.text(0))" }
        }
    }

    private func upgraded(readers: Int = 1, _ body: (Database) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("hub.sqlite").path
        let database = try Database.open(DatabaseConfiguration(.file(path), readers: readers))
        try await older(database)
        let before = try await database.read { try dump($0) }
        #expect(before.count > 10)
        let applied = try await database.migrate([RegistryTables.migrations], at: 1)
        #expect(applied.first == "registry/\(KindMigrationTests.step)")
        // The reader has seen the tables as they were; it reads their new text now.
        let after = try await database.read { try dump($0) }
        #expect(after.filter { before.contains($0) } == before)
        try await body(database)
        try database.close()
        // Another process reads what this one has written.
        let again = try Database.open(DatabaseConfiguration(.file(path), readers: 0))
        for check in ["integrity_check", "foreign_key_check"] {
            let told = try await again.write { try $0.query("PRAGMA \(check)").map { try $0.text(0) } }
            #expect(told.filter { $0 != "ok" } == [])
        }
        try again.close()
    }

    @Test("an older hub keeps every row, and takes a kind that nobody knew when it was made")
    func keepsRows() async throws {
        try await upgraded { database in
            try await database.write { transaction in
                try transaction.execute(
                    "INSERT INTO device (id, kind, first_seen, last_seen) VALUES ('tank_1', 'tank', 1, 1)")
                try transaction.execute(
                    """
                    INSERT INTO device_request (device, kind, first_seen, last_seen, topics)
                    VALUES ('tank_2', 'tank', 1, 2, '[]')
                    """)
            }
            let kinds = try await database.read { reader in
                try reader.query("SELECT kind FROM device WHERE id = 'tank_1'").map { try $0.text(0) }
            }
            #expect(kinds == ["tank"])
        }
    }

    @Test("the other rules of the tables hold as before: names are bounded, and what hangs on a device goes with it")
    func keepsRules() async throws {
        try await upgraded { database in
            let insert = "INSERT INTO device (id, kind, first_seen, last_seen) VALUES ($1, 'tank', 1, 1)"
            let long = String(repeating: "x", count: 65)
            await #expect { try await database.write { try $0.execute(insert, [.text(long)]) } } throws: {
                ($0 as? SQLFailure)?.code == .checkViolation
            }
            let left = try await database.write { transaction in
                try transaction.execute("DELETE FROM device WHERE id = 'node_01'")
                return try ["command", "command_step", "device_refusal", "node", "node_field"].map {
                    try transaction.queryOne("SELECT COUNT(*) FROM \($0)").integer(0)
                }
            }
            #expect(left == [0, 0, 0, 0, 0])
        }
    }
}
