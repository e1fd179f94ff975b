import HubModel
import HubTesting
import Testing
import WaterTanks

/// A tank as a value.
@Suite struct TankTests {
    private let start = Timestamp(seconds: 1_000_000)

    private func tank() throws -> Tank { Tank(try #require(DeviceID("barn")), site: .main, at: start) }

    @Test(
        "a level becomes a state, and a surface that moves raises no alert with each wave",
        arguments: [
            ([500], TankState.filled), ([199], .low), ([200], .filled), ([199, 249], .low), ([199, 250], .filled),
            ([980], .overflowing), ([979], .filled), ([980, 950], .overflowing), ([980, 949], .filled),
            ([980, 100], .low), ([100, 1_000], .overflowing), ([0], .low), ([1_000], .overflowing),
        ] as [([Int64], TankState)])
    func states(levels: [Int64], state: TankState) throws {
        var tank = try tank()
        for (second, level) in levels.enumerated() {
            _ = tank.heard(level, at: start.advanced(bySeconds: Int64(second)))
        }
        #expect(tank.state == state && tank.permille == levels.last)
    }

    @Test("whatever the levels: a state says what its level allows, and begins when it changed", arguments: 0..<50)
    func property(seed: UInt64) throws {
        var random = SeededRandom(seed)
        var (tank, now) = (try tank(), start)
        for _ in 0..<200 {
            now = now.advanced(bySeconds: Int64.random(in: 1...2_000, using: &random))
            let before = tank
            let passed = tank.passed(to: now, silence: 1_800)
            #expect(passed == (tank.state != before.state) && (!passed || tank.state == .unknown))
            let (quiet, level) = (tank, Int64.random(in: 0...1_000, using: &random))
            let changed = tank.heard(level, at: now)
            switch tank.state {
            case .low: #expect(level < 250)
            case .overflowing: #expect(level >= 950)
            case .filled: #expect((200..<980).contains(level))
            case .unknown: Issue.record("a tank that was just heard of is known")
            }
            #expect(changed == (tank.state != quiet.state) && tank.since == (changed ? now : quiet.since))
        }
    }

    @Test("silence makes a level unknown, as of when it became too long; so does a clock that was set back by as much")
    func silence() throws {
        var tank = try tank()
        func passed(_ tank: inout Tank, _ seconds: Int64) -> Bool {
            tank.passed(to: start.advanced(bySeconds: seconds), silence: 60)
        }
        let (unheard, _) = (passed(&tank, 9_999), tank.heard(500, at: start))
        let (early, slightlyBack) = (passed(&tank, 59), passed(&tank, -60))
        #expect(!unheard && !early && !slightlyBack)
        var setBack = tank
        let (back, late, again) = (passed(&setBack, -61), passed(&tank, 100), passed(&tank, 200))
        #expect(back && late && !again)
        #expect(tank.state == .unknown && tank.since == start.advanced(bySeconds: 60) && tank.permille == 500)
    }

    @Test(
        "a gauge's lines are read as they come, and what is no report is left out",
        arguments: [
            (["barn 62.5\n"], ["barn 62.5"]), (["ba", "rn 6", "\nroof 7\r\nfie"], ["barn 6", "roof 7"]),
            (["\n\n barn\t1 \n"], ["barn 1"]), (["barn\n", "barn x\n", "barn 1 2\n", "b/a 1\n", "\u{FFFD} 1\n"], []),
            ([String(repeating: "x", count: 200), " 1\nbarn 2\n"], ["barn 2"]),
        ] as [([String], [String])])
    func gauge(pieces: [String], reports: [String]) {
        var lines = GaugeLines()
        let found = pieces.flatMap { lines.take(Array($0.utf8)) }
        #expect(found.map { "\($0.tank) \($0.percent)" } == reports)
    }

    @Test(
        "what was drawn is what the level fell",
        arguments: [
            ([], nil), ([50], nil), ([50, 50], 0), ([50, 40], 200), ([50, 40, 90, 85], 300), ([0, 100], 0),
            ([100, 0], 2_000),
        ] as [([Double], Int64?)])
    func use(levels: [Double], litres: Int64?) {
        #expect(WaterUse.litres(levels, of: 2_000) == litres)
    }
}
