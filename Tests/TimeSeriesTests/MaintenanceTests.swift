import Foundation
import SQL
import Testing
import TimeSeries

@Suite struct MaintenanceTests {
    @Test func retentionRemovesWholeMonths() async throws {
        let station = try await Station(Folder()) { $0.retentionDays = 40 }
        let now = evening + 30 * day
        try await station.add([report(evening - 5 * day, 1), report(evening + 5 * day, 2)], now: now)
        try await station.store.seal(now: now)
        #expect(station.store.statistics().months == 2)
        #expect(try await station.store.enforceRetention(now: now) == [])
        // January ends four hours after `evening`.
        #expect(try await station.store.enforceRetention(now: evening + 4 * hour + 40 * day - 1) == [])
        #expect(
            try await station.store.enforceRetention(now: evening + 4 * hour + 40 * day) == ["telemetry-2026-01.db"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: station.folder.path).allSatisfy {
                !$0.contains("2026-01")
            })
        #expect(try await station.store.range(node, from: 0, to: .max, limit: 9).times == [evening + 5 * day])
        #expect(station.store.latest(node)?.time == evening + 5 * day)
    }

    @Test func aBackupIsWholeWhileWritingAndSealingGoOn() async throws {
        let station = try await Station()
        let store = station.store
        try await station.add([report(evening, 0)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for index in 1...400 as ClosedRange<Int64> {
                    try await station.add([report(evening + index * second, .integer(index))])
                    if index % 40 == 0 { try await store.seal(now: evening) }
                }
            }
            for _ in 0..<4 {
                let copy = try Folder()
                let names = try await store.backup(to: copy.path, mainName: "martlet.db")
                #expect(names.first == "martlet.db")
                let restored = try await Station(copy)
                // Every report up to some moment, none missing, none twice.
                let times = try await restored.store.range(node, from: 0, to: .max, limit: 1000).times
                #expect(times == (0..<Int64(times.count)).map { evening + $0 * second })
                #expect(restored.store.latest(node)?.time == times.last)
                #expect(try await restored.store.integrityCheck() == [])
            }
            try await group.waitForAll()
        }
    }

    @Test func queriesNeitherMissNorDoubleWhileSealing() async throws {
        let station = try await Station()
        let store = station.store
        let total = 600 as Int64
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for index in 0..<total {
                    try await station.add([report(evening + index * 60 * second, .integer(index))])
                }
            }
            group.addTask {
                var seen = 0
                while seen < Int(total) {
                    try await store.seal(now: evening)
                    seen = store.statistics().sealedReports
                }
            }
            group.addTask {
                var seen = 0
                while seen < Int(total) {
                    let times = try await store.range(node, from: 0, to: .max, limit: 1000).times
                    #expect(times == (0..<Int64(times.count)).map { evening + $0 * 60 * second })
                    #expect(times.count >= seen)
                    let buckets = try await store.aggregate(node, from: 0, to: .max, step: 4 * hour).buckets
                    let count = buckets.reduce(0) { $0 + $1.fields[0].count }
                    #expect(count >= times.count)
                    let sum = buckets.reduce(0.0) { $0 + $1.fields[0].sum }
                    #expect(sum == Double(count * (count - 1) / 2))
                    seen = times.count
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func manyRowsOfOneSlotBecomeSeveralChunksAndLateOnesFindTheirs() async throws {
        let station = try await Station()
        let store = station.store
        let times = (0..<5000).map { evening + Int64($0) * 2 * second }
        try await station.add(times.filter { $0 % (20 * second) != 0 }.map { report($0, .integer($0 % 97)) })
        try await store.seal(now: evening)
        let before = store.statistics().chunks
        #expect(before >= 5)
        try await station.add(times.filter { $0 % (20 * second) == 0 }.map { report($0, .integer($0 % 97)) })
        try await store.seal(now: evening)
        let result = try await store.range(node, from: 0, to: .max, limit: 10_000)
        #expect(result.times == times)
        #expect(result.values[0] == times.map { .integer($0 % 97) })
        #expect(store.statistics().sealedReports == 5000)
        #expect(try await store.seal(now: evening) == Sealed())
    }

    @Test func closingLeavesWhatIsNotSealedInTheJournal() async throws {
        let station = try await Station()
        try await station.add([report(evening, 1)])
        try await station.store.close()
        try station.database.close()
        let reopened = try await Station(station.folder)
        #expect(reopened.store.recovery == Recovery(rows: 1, reports: 1))
        #expect(reopened.store.latest(node)?.fields.map(\.value) == [1])
    }
}
