import Foundation
import SQL
import Testing
import TimeSeries

@Suite struct DamageTests {
    @Test(arguments: ["checksum", "truncated", "unknownField", "empty"])
    func damagedJournalRowsAreSetAsideAndTold(kind: String) async throws {
        let station = try await Station()
        for index in 0..<3 { try await station.add([report(evening + Int64(index), .integer(Int64(index)))]) }
        try await station.database.write { transaction in
            var data = try transaction.queryOne("SELECT data FROM telemetry_journal WHERE seq = 2").blob(0)
            switch kind {
            case "checksum": data[data.count / 2] ^= 4
            case "truncated": data.removeLast(5)
            case "empty": data = []
            default:
                data[4] = 99  // the series' id
                let crc = CRC32C.checksum(data, 0..<data.count - 4)
                for index in 0..<4 {
                    data[data.count - 4 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(8 * index))
                }
                data[3] = 99
            }
            try transaction.execute("UPDATE telemetry_journal SET data = $1 WHERE seq = 2", [.blob(data)])
        }
        let crashed = try await station.crashed()
        #expect(crashed.store.recovery.journalRows == 2)
        #expect(crashed.store.recovery.quarantined.map(\.origin) == [2])
        #expect(try await crashed.store.range(node, from: 0, to: .max, limit: 9).times == [evening, evening + 2])
        let kept = try await crashed.database.read {
            try $0.query("SELECT kind, origin, reason FROM telemetry_quarantine")
        }
        #expect(try kept.map { try $0.text("kind") } == ["journal"])
        let again = try await crashed.crashed()
        #expect(again.store.recovery == Recovery(rows: 2, reports: 2))
    }

    @Test func aDamagedLatestRowIsSetAside() async throws {
        let station = try await Station()
        try await station.add([report(evening, 7)])
        try await station.store.seal(now: evening)
        try await station.database.write {
            try $0.execute("UPDATE telemetry_latest SET data = $1", [.blob([1, 2, 3, 4, 5])])
        }
        let crashed = try await station.crashed()
        #expect(crashed.store.recovery.quarantined.map(\.kind) == ["latest"])
        // It is found again in the newest chunk.
        #expect(crashed.store.latest(node)?.fields.map(\.value) == [7])
        try await crashed.add([report(evening + 1, 8)])
        #expect(try await crashed.store.range(node, from: 0, to: .max, limit: 9).times == [evening, evening + 1])
    }

    @Test func damagedChunksAreCountedAndSetAsideBeforeTheyAreMerged() async throws {
        let station = try await Station()
        try await station.add([report(evening, 1), report(evening + 5 * hour, 2)])
        try await station.store.seal(now: evening)
        let path = station.folder.path + "/" + Month(evening).fileName
        let month = try Database.open(DatabaseConfiguration(.file(path)))
        try await month.write { transaction in
            var data = try transaction.queryOne("SELECT data FROM chunk").blob(0)
            data[6] ^= 1
            try transaction.execute("UPDATE chunk SET data = $1", [.blob(data)])
        }
        let store = station.store
        #expect(try await store.integrityCheck().count == 1)
        let result = try await store.range(node, from: 0, to: .max, limit: 9)
        // The chunk has one row, and the table says of when.
        let gap = Gap(evening..<evening + 1, .chunk)
        #expect((result.times, result.gaps) == ([evening + 5 * hour], [gap]))
        #expect(try await store.aggregate(node, from: 0, to: .max, step: day).gaps == [gap])
        #expect(try await store.range(node, from: evening + 1, to: .max, limit: 9).gaps == [])
        #expect(store.statistics().damagedChunks == 1)
        try await station.add([report(evening + 1, 3)])
        #expect(try await store.seal(now: evening).damagedChunks == 1)
        #expect(try await month.read { try $0.queryOne("SELECT reason FROM quarantine").text(0) } == "checksum")
        #expect(try await store.integrityCheck().count == 1)
        let after = try await store.range(node, from: 0, to: .max, limit: 9)
        // Which rows they were is not known any more: the slot is incomplete.
        #expect(
            (after.times, after.gaps) == (
                [evening + 1, evening + 5 * hour], [Gap(evening..<evening + 4 * hour, .chunk)]
            ))
        let reopened = try await station.crashed()
        #expect(try await reopened.store.range(node, from: 0, to: .max, limit: 9).gaps == after.gaps)
    }

    @Test func anOlderMainDatabaseTakesNamesOverFromNewerMonths() async throws {
        let station = try await Station()
        try await station.add([report(evening, 1)])
        let copy = try Folder()
        try await station.database.backup(to: copy.path + "/martlet.db")
        // A device and a field that the copy does not know are sealed before the months are copied.
        let other = SeriesKey(source: "node_02", measurement: "telemetry", tags: [Tag("a", "b")])
        try await station.add([report(evening + second, 2, series: other), report(evening + second, 3, field: "u")])
        try await station.add([report(evening + 2 * second, "x", series: other)])
        try await station.store.seal(now: evening)
        let month = Month(evening).fileName
        for suffix in ["", "-wal"] {
            let name = "/" + month + suffix
            try FileManager.default.copyItem(atPath: station.folder.path + name, toPath: copy.path + name)
        }
        let restored = try await Station(copy)
        #expect(restored.store.latest(other)?.fields == [LatestField("t", time: evening + 2 * second, "x")])
        #expect(try await restored.store.range(other, from: 0, to: .max, limit: 9).values == [[2, "x"]])
        #expect(try await restored.store.range(node, from: 0, to: .max, limit: 9).values == [[1, nil], [nil, 3]])
        // A new device gets an id that nothing in the months has.
        let third = SeriesKey(source: "node_03", measurement: "telemetry")
        try await restored.add([report(evening, 9, series: third)])
        #expect(try await restored.store.range(third, from: 0, to: .max, limit: 9).times == [evening])
    }
}
