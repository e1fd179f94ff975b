import HubModel
import HubTesting
import Ingest
import SQL
import SolutionKit
import Synchronization
import Testing
import TimeSeries

/// What is true at the moment at which a sender hears that its message is stored.
@Suite struct AcknowledgementTests {
    /// Offers items; what `look` sees within the completion, on the writer's own thread.
    private func within<Seen: Sendable>(
        _ bench: LineBench, _ items: [LineItem], _ look: @escaping @Sendable () -> Seen
    ) async -> (outcomes: [LineOutcome], seen: Seen)? {
        await withCheckedContinuation { continuation in
            let isTaken = bench.line.offer(
                Submission(items: items) { outcomes in continuation.resume(returning: (outcomes, look())) })
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    @Test func aReadingCanBeReadBeforeItsMessageIsAcknowledged() async throws {
        try await LineBench.run { bench in
            let store = bench.store
            let key = SeriesKey(source: "a", measurement: "notes")
            for value in 1...3 {
                let found = await within(bench, [bench.message("a", "measure", "\(value)")]) {
                    store.latest(key)?.fields.map(\.value)
                }
                #expect(found?.seen == [.integer(Int64(value))])
                bench.clock.move(seconds: 1)
            }
        }
    }

    @Test func whatAMessagePublishesComesAfterItsAcknowledgement() async throws {
        try await LineBench.run { bench in
            let witness = bench.witness
            let found = await within(bench, [bench.message("a", "measure", "1")]) {
                (witness.publications.withLock { $0.count }, witness.events.withLock { $0.count })
            }
            #expect(found?.seen.0 == 0 && found?.seen.1 == 0)
            try await bench.released()
            #expect(witness.publications.withLock { $0.count } == 1)
            #expect(witness.events.withLock { $0.count } == 1)
        }
    }

    /// Only the store itself knows that it has as many series as it may: it says so when the whole batch is appended.
    @Test func aReadingThatTheStoreRefusesLateRefusesItsOwnMessage() async throws {
        try await LineBench.run(storing: { $0.limits.series = 1 }) { bench in
            let outcomes = try #require(
                await bench.outcomes([
                    bench.message("x", "write", "no reading"), bench.message("a", "measure", "1"),
                    bench.message("y", "write", "no reading"), bench.message("b", "measure", "2"),
                    bench.message("a", "measure", "3"),
                ]))
            let isRefused = outcomes.map { outcome in
                if case .refused(let refusal) = outcome { return refusal.code == .limitReached }
                return false
            }
            #expect(isRefused == [false, false, false, true, false])
        }
    }

    @Test func valuesThatAreRefusedAloneAreCounted() async throws {
        try await LineBench.run { bench in
            try await bench.line.perform { line in line.refuse(values: 2) }
            _ = try? await bench.line.perform { line in
                line.refuse(values: 5)
                throw Refusal(.conflict, "undone, and with it what it counted")
            }
            try await bench.line.perform { line in line.refuse(values: 1) }
            let metric = bench.line.metrics().first { $0.name == "martlet_values_refused_total" }
            #expect(metric?.samples.map(\.value) == [3])
        }
    }

    @Test func aggregatesCountWhatTheyAreMadeOf() async throws {
        try await LineBench.run { bench in
            let key = SeriesKey(source: "a", measurement: "notes")
            let start = bench.clock.now().microseconds / 60_000_000 * 60_000_000
            let values: [Value] = [.integer(1), .text("NaN"), .integer(3), .boolean(true)]
            let reports = values.enumerated().map { index, value in
                Report(series: key, time: start + Int64(index), fields: [Field("t", value)])
            }
            let words = [Report(series: key, time: start, fields: [Field("w", "open"), Field("b", false)])]
            let store = bench.store
            store.apply(
                try await bench.database.write {
                    try store.append(reports + words, now: start + 60_000_000, in: $0)
                })
            func ask(_ field: String, _ aggregate: Aggregate) async throws -> ReadingValue? {
                let table = try await StoredHistory(store: store).readings(
                    ReadingQuery(
                        device: try #require(DeviceID("a")), measurement: "notes", fields: [field],
                        from: Timestamp(microseconds: start), to: Timestamp(microseconds: start + 60_000_000),
                        limit: 10,
                        step: (60_000_000, aggregate)))
                return table.rows.first?.values.first ?? nil
            }
            // The text is none of those whose mean it is.
            #expect(try await ask("t", .count) == .integer(3))
            #expect(try await ask("t", .sum) == .double(5))
            #expect(try await ask("w", .count) == .integer(0))
            // Yes and no are 1 and 0 in all of them.
            #expect(try await ask("b", .min) == .integer(0))
            #expect(try await ask("b", .max) == .integer(0))
            #expect(try await ask("t", .min) == .integer(1))
            #expect(try await ask("b", .last) == .boolean(false))
        }
    }
}
