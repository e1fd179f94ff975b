import Foundation
import Testing

/// A restart changes nothing: whatever can be asked of a hub is the same as if only the network had been down.
@Suite(.serialized) struct RestartTests {
    /// Each seed is a history of 24 devices side by side. `./test --restart-seeds N` asks for more of them; `MARTLET_RESTART_SEED` is the first, to see
    /// one again.
    static let seeds: Range<UInt64> = {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["MARTLET_RESTART_SEED"].flatMap(UInt64.init) ?? 1
        return first..<first + (environment["MARTLET_RESTART_SEEDS"].flatMap(UInt64.init) ?? 20)
    }()

    @Test("after any history, SIGTERM and SIGKILL leave every answer as it was", arguments: seeds)
    func restartsChangeNothing(seed: UInt64) async throws {
        // In memory where the system has such a folder: what is looked at is what is stored, not how fast a disk is.
        let shared = "/dev/shm"
        let place = FileManager.default.isWritableFile(atPath: shared) ? shared : NSTemporaryDirectory()
        let folder = "\(place)/martlet-restart-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let steady = try Stage(folder: "\(folder)/steady", template: nil, restarts: false)
        let restarted = try Stage(folder: "\(folder)/restarted", template: nil, restarts: true)
        try await steady.begin()
        try await restarted.begin()
        var past: [String] = []
        for happening in History(seed: seed, rounds: 60).happenings {
            try await steady.perform(happening)
            try await restarted.perform(happening)
            past.append("\(happening)")
            guard case .pass = happening else { continue }
            var (expected, found) = (try await steady.answers(), try await restarted.answers())
            var differing = questions(expected, found)
            // What comes due is noticed by the next tick, within a second, and a start sets the ticks anew: the same question must not
            // differ once each hub has had another.
            if !differing.isEmpty {
                for stage in [steady, restarted] { try await stage.perform(.pass(milliseconds: 1_001)) }
                (expected, found) = (try await steady.answers(), try await restarted.answers())
                differing.formIntersection(questions(expected, found))
            }
            guard let question = differing.min() else { continue }
            let differences = differing.sorted().map { "\($0): \(difference(expected[$0] ?? "", found[$0] ?? ""))" }
            Issue.record(
                """
                seed \(seed)
                \(differences.joined(separator: "\n"))
                \(past.filter { isOf(question, $0) }.joined(separator: "\n"))
                """)
            return
        }
        try await steady.end()
        try await restarted.end()
    }

    /// What is answered differently.
    private func questions(_ expected: [String: String], _ found: [String: String]) -> Set<String> {
        Set(expected.keys.filter { expected[$0] != found[$0] } + found.keys.filter { expected[$0] == nil })
    }

    /// Where two answers part.
    private func difference(_ expected: String, _ found: String) -> String {
        let same = zip(expected, found).prefix { $0 == $1 }.count
        let from = max(0, same - 80)
        return "…\(expected.dropFirst(from).prefix(240))… became …\(found.dropFirst(from).prefix(240))…"
    }

    /// Whether a happening has to do with a question.
    private func isOf(_ question: String, _ happening: String) -> Bool {
        let story = question.dropFirst().prefix { $0.isNumber }
        return !happening.hasPrefix("deed") || story.isEmpty || happening.contains("story: \(story),")
    }
}
