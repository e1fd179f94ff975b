import Foundation
import SQL
import Testing
import TimeSeries

/// However many months there are, few of their files are open.
@Suite struct OpenMonthsTests {
    /// Descriptors of this process that lead into a folder; of one month, or of all.
    private func descriptors(into folder: Folder, of month: Month? = nil) throws -> Int {
        let place = "/proc/self/fd"
        let real = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
        return try FileManager.default.contentsOfDirectory(atPath: place).filter { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: place + "/" + name))?
                .hasPrefix(real + "/" + (month?.fileName ?? "telemetry-")) == true
        }.count
    }

    @Test func reportsOfManyMonthsTakeFewDescriptors() async throws {
        let station = try await Station(Folder()) { $0.openMonths = 3 }
        let times = (0..<40).map { evening - Int64($0) * 31 * day }
        try await station.add(times.map { report($0, .integer(1)) })
        try await station.store.seal(now: evening)
        let months = Set(times.map { Month($0) }).count
        #expect(station.store.statistics().months == months)
        let most = 3 * 7
        #expect(try descriptors(into: station.folder) <= most)
        #expect(try await station.store.range(node, from: 0, to: .max, limit: 99).times == times.sorted())
        #expect(try descriptors(into: station.folder) <= most)
        try await station.close()

        let again = try await Station(station.folder) { $0.openMonths = 3 }
        #expect(try descriptors(into: again.folder) == 0, "a start leaves none open")
        #expect(again.store.statistics().months == months)
        #expect(again.store.statistics().sealedReports == 40)
        // More readers than files may be open: they take turns, and none is left out.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<12 {
                group.addTask {
                    let order: ReadOrder = reader % 2 == 0 ? .ascending : .descending
                    let found = try await again.store.range(node, from: 0, to: .max, limit: 99, order: order)
                    #expect(Set(times).isSubset(of: found.times))
                    #expect(found.gaps == [])
                }
            }
            group.addTask {
                for index in 0..<10 as Range<Int64> {
                    try await again.add([report(evening - index * 40 * day + second, .integer(2))])
                    try await again.store.seal(now: evening)
                }
            }
            try await group.waitForAll()
        }
        #expect(try descriptors(into: again.folder) <= most)
        #expect(again.store.statistics().sealedReports == 50)
    }

    @Test func theFileThatWasUsedLongestAgoIsClosed() async throws {
        let station = try await Station(Folder())
        let times = (0..<3).map { evening - Int64($0) * 31 * day }
        try await station.add(times.map { report($0, .integer(1)) })
        try await station.store.seal(now: evening)
        try await station.close()
        let again = try await Station(station.folder) { $0.openMonths = 2 }
        for index in [0, 1, 0, 2] {
            let time = times[index]
            #expect(try await again.store.range(node, from: time, to: time + 1, limit: 9).times == [time])
        }
        let isOpen = try times.map { time in
            try descriptors(into: again.folder, of: Month(time)) > 0
        }
        #expect(isOpen == [true, false, true])
    }

    @Test func whatIsOlderThanIsTakenIsRefused() async throws {
        let station = try await Station(Folder()) { $0.limits.past = 365 * day }
        let now = evening
        let appended = try await station.add(
            [report(now - 365 * day, 1), report(now - 365 * day - 1, 2), report(now, 3)], now: now)
        #expect(appended.refused == [Appended.Refused(1, .beyondRetention)])
        #expect(station.store.refusal(report(now - 365 * day - 1, 2), now: now) == .beyondRetention)
        #expect(station.store.refusal(report(now - 365 * day, 2), now: now) == nil)
    }
}
