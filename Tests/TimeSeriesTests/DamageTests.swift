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
        #expect(crashed.store.latest(node) == nil)
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
        #expect((result.times, result.damagedChunks) == ([evening + 5 * hour], 1))
        #expect(try await store.aggregate(node, from: 0, to: .max, step: day).damagedChunks == 1)
        #expect(try await store.statistics().damagedChunks == 2)
        try await station.add([report(evening + 1, 3)])
        #expect(try await store.seal(now: evening).damagedChunks == 1)
        #expect(try await month.read { try $0.queryOne("SELECT reason FROM quarantine").text(0) } == "checksum")
        #expect(try await store.integrityCheck() == [])
        let after = try await store.range(node, from: 0, to: .max, limit: 9)
        #expect((after.times, after.damagedChunks) == ([evening + 1, evening + 5 * hour], 0))
    }
}
