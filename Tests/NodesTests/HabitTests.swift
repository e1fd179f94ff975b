import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// What counts for a node's habits, and what does not: by them it is judged how long a silence is no news.
@Suite struct HabitTests {
    /// Reports after each of these times, in seconds.
    private func report(_ site: Site, after times: [Double]) throws {
        for time in times {
            site.after(seconds: time)
            try site.telemetry()
            try site.tick()
        }
    }

    /// Whether it is unknown after so many seconds without a word, and was not a second before.
    private func isUnknown(_ site: Site, after seconds: Double) throws -> Bool {
        site.after(seconds: seconds - 1)
        guard try site.tick().events.isEmpty else { return false }
        site.after(seconds: 2)
        return try site.tick().events.first?.json?["state"]?.text == "unknown"
    }

    @Test("the time in which it is known to be away says nothing of a node's habits") func away() async throws {
        let site = try await Site()
        try report(site, after: [0, 10, 10])
        for _ in 0..<3 {
            try site.hear("iot/node/01/status", "offline", isWill: true)
            #expect(try site.state() == "offline")
            try report(site, after: [600])
        }
        #expect(try isUnknown(site, after: 30))
    }

    @Test("of a node that stays awake for a while before it sleeps, that is waited for as well") func awake()
        async throws
    {
        let site = try await Site()
        for _ in 0..<3 {
            try site.presence(.connected(clientID: "board", address: nil))
            try site.telemetry()
            site.after(seconds: 50)
            try site.presence(.disconnected(clientID: "board", isClean: true))
            site.after(seconds: 100)
        }
        site.after(seconds: -100)
        #expect(try isUnknown(site, after: 300))
    }

    @Test("a clock of the hub that was set back begins anew, and what is learned is of the new time") func setBack()
        async throws
    {
        let site = try await Site()
        try report(site, after: [0, 10, 10, 10, -3_600] + Array(repeating: 20, count: 5))
        #expect(try isUnknown(site, after: 60))
    }

    @Test("after a restart too the oldest time makes room for the next") func restart() async throws {
        let site = try await Site()
        try report(site, after: [0, 10, 10, 10, 10, 100, 100, 100])
        site.restart()
        // The last five: 10, 100, 100, 100 and this one.
        try report(site, after: [10])
        #expect(try isUnknown(site, after: 300))
    }
}
