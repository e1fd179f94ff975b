import HubModel
import SolutionKit
import Testing

@Suite("The replay of a stale time over what a sensor said")
struct StaleReplayTests {
    private func reports(_ said: [(Int64, Bool?)]) -> [SensorReport<Bool?>] {
        said.map { SensorReport(at: Timestamp(seconds: $0.0), said: $0.1) }
    }

    @Test("A late report that says the same as before was a false unknown")
    func lateAndUnchanged() {
        let said = reports([(0, false), (60, false), (120, false), (420, false), (480, true), (540, true)])
        let short = StaleReplay(said, until: Timestamp(seconds: 600), staleSeconds: 100)
        #expect(short.unknowns == 1)
        #expect(short.falseUnknowns == 1)
        #expect(short.falseSeconds == 200)
        #expect(short.silences == 0)
        let long = StaleReplay(said, until: Timestamp(seconds: 600), staleSeconds: 300)
        #expect(long.unknowns == 0)
    }

    @Test("A silence in which something changed is seen by a short stale time only")
    func silenceWithChange() {
        let said = reports([(0, false), (60, false), (120, false), (720, true), (780, true), (840, true)])
        let short = StaleReplay(said, until: Timestamp(seconds: 900), staleSeconds: 180)
        #expect(short.silences == 1)
        #expect(short.seen == 1)
        #expect(short.falseUnknowns == 0)
        #expect(short.unawareSeconds == 180)
        let long = StaleReplay(said, until: Timestamp(seconds: 900), staleSeconds: 3_600)
        #expect(long.silences == 1)
        #expect(long.seen == 0)
        #expect(long.unawareSeconds == 600)
    }

    @Test("A sensor that never came back is silent")
    func neverCameBack() {
        let said = reports([(0, true), (60, true), (120, true)])
        let replay = StaleReplay(said, until: Timestamp(seconds: 10_000), staleSeconds: 300)
        #expect(replay.silences == 1)
        #expect(replay.seen == 1)
        #expect(replay.unknowns == 1)
        #expect(StaleReplay([SensorReport<Bool?>](), until: Timestamp(seconds: 1), staleSeconds: 10) == StaleReplay())
    }

    @Test("Reports that are lost are no silence")
    func lostReports() {
        let said = reports(
            [(0, false), (60, false), (120, false), (7_200, true), (7_260, true), (7_320, true), (7_380, true)])
        let end = Timestamp(seconds: 7_440)
        let lost = ReadingGap(from: Timestamp(seconds: 150), to: Timestamp(seconds: 7_190), reason: .missing)
        #expect(
            StaleReplay(said, gaps: [], until: end, staleSeconds: 300)
                == StaleReplay(said, until: end, staleSeconds: 300))
        let blind = StaleReplay(said, until: end, staleSeconds: 300)
        #expect(blind.unknowns == 1 && blind.silences == 1)
        let seen = StaleReplay(said, gaps: [lost], until: end, staleSeconds: 300)
        #expect(seen.unknowns == 0 && seen.silences == 0)
        // A silence before it is one.
        let late = ReadingGap(from: Timestamp(seconds: 6_000), to: Timestamp(seconds: 7_190), reason: .missing)
        #expect(StaleReplay(said, gaps: [late], until: end, staleSeconds: 300).silences == 1)
    }
}
