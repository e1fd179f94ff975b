import HubModel
import HubTesting
import Parking
import SolutionKit
import Testing

/// What a spot's history proposes for its sensor.
@Suite struct CalibrationTests {
    private func samples(
        _ count: Int, seed: UInt64, occupied: Double, free: Double, noise: Double,
        change: (inout CalibrationSample, Int) -> Void = { _, _ in }
    ) -> [CalibrationSample] {
        var random = SeededRandom(seed)
        var isOccupied = false
        return (0..<count).map { index in
            if Int.random(in: 0..<5, using: &random) == 0 { isOccupied.toggle() }
            let distance = (isOccupied ? occupied : free) + Double.random(in: -noise...noise, using: &random)
            var sample = CalibrationSample(
                at: ParkSite.ten.advanced(bySeconds: Int64(index) * 60), distance: distance, isOccupied: isOccupied)
            change(&sample, index)
            return sample
        }
    }

    @Test(arguments: 0..<50) func theThresholdLiesInTheValley(_ seed: UInt64) throws {
        let found = Calibration(
            samples(400, seed: seed, occupied: 60, free: 240, noise: 12), settings: SensorSettings())
        let threshold = try #require(found.threshold)
        let hysteresis = try #require(found.hysteresis)
        #expect(threshold > 130 && threshold < 170)
        #expect(threshold - hysteresis / 2 > 72 && threshold + hysteresis / 2 < 228, "the band is free of readings")
        #expect(found.flags == [])
        let occupied = try #require(found.occupied)
        #expect(abs(occupied.mean - 60) < 3)
    }

    @Test func oneClusterProposesNothing() {
        let always = samples(300, seed: 1, occupied: 200, free: 205, noise: 10)
        #expect(Calibration(always, settings: SensorSettings()).threshold == nil)
        #expect(Calibration([], settings: SensorSettings()).threshold == nil)
    }

    @Test func driftIsOfBothClustersAndDirtOfTheEmptyOneAlone() {
        let drifting = samples(800, seed: 2, occupied: 60, free: 200, noise: 4) { sample, index in
            sample.distance -= Double(index) / 30
        }
        let grown = samples(800, seed: 2, occupied: 60, free: 200, noise: 4) { sample, index in
            sample.distance += Double(index) / 30
        }
        let dirty = samples(800, seed: 2, occupied: 60, free: 200, noise: 4) { sample, index in
            if sample.isOccupied == false { sample.distance -= Double(index) / 30 }
        }
        let slight = samples(800, seed: 2, occupied: 60, free: 200, noise: 4) { sample, index in
            sample.distance -= Double(index) / 120
        }
        func flags(_ samples: [CalibrationSample]) -> [Calibration.Flag] {
            Calibration(samples, settings: SensorSettings()).flags
        }
        guard case .drift(let fallen)? = flags(drifting).first, case .drift(let risen)? = flags(grown).first,
            case .dirty(let dirt)? = flags(dirty).first
        else {
            Issue.record("\(flags(drifting)), \(flags(grown)), \(flags(dirty))")
            return
        }
        #expect(fallen < -15 && risen > 15 && dirt < -15)
        #expect(flags(drifting).count == 1 && flags(grown).count == 1 && flags(dirty).count == 1)
        #expect(flags(slight) == [])
    }

    @Test func aSensorThatDoesNotMoveIsStuckWhateverItSays() {
        // Its flag is made of its distance, so it never contradicts it.
        let stuck = samples(400, seed: 5, occupied: 40, free: 200, noise: 2) { sample, index in
            if index >= 30 { (sample.distance, sample.isOccupied) = (198, false) }
        }
        let healthy = (10..<15).map { seed in
            Calibration(
                samples(400, seed: seed, occupied: 40, free: 200, noise: 2), settings: SensorSettings())
        }
        var found = Calibration(stuck, settings: SensorSettings())
        #expect(found.flags == [], "of thirty reports nobody knows yet what is usual")
        found.judge(among: LotConduct(healthy.map(\.conduct)))
        #expect(found.flags == [.stuck(centimetres: 198)])
        // Where no sensor shows noise, standing still is nothing.
        let coarse = (20..<25).map { seed in
            Calibration(samples(400, seed: seed, occupied: 40, free: 200, noise: 0), settings: SensorSettings())
        }
        let isCoarse = coarse.allSatisfy { calibration in
            var calibration = calibration
            calibration.judge(among: LotConduct(coarse.map(\.conduct)))
            return calibration.flags == []
        }
        #expect(isCoarse)
        // Five hours of the same in a night in which nothing happens are no proof.
        let quiet = samples(330, seed: 6, occupied: 40, free: 200, noise: 2) { sample, index in
            if index >= 30 { sample.distance = 198 }
            sample.isOccupied = false
        }
        var asleep = Calibration(quiet, settings: SensorSettings())
        asleep.judge(among: LotConduct([asleep.conduct, asleep.conduct, asleep.conduct]))
        #expect(asleep.flags == [])
    }

    /// Of readings that are lost nobody knows whether the sensor stood still in them, or a car.
    @Test func nothingReachesOverAGap() {
        let others = (10..<15).map { seed in
            Calibration(samples(3_000, seed: seed, occupied: 40, free: 200, noise: 2), settings: SensorSettings())
        }
        let usual = LotConduct(others.map(\.conduct))
        // From report 200 on it is later by two days: it measured the same before and after them.
        func found(_ distance: Double, _ isOccupied: Bool, wavers: Bool, _ gaps: [ReadingGap]) -> [Calibration.Flag] {
            let history = samples(230, seed: 7, occupied: 40, free: 200, noise: 2) { sample, index in
                if index >= 170 {
                    (sample.distance, sample.isOccupied) = (distance + (wavers ? Double(index % 7) : 0), isOccupied)
                }
                if index >= 200 { sample.at = sample.at.advanced(bySeconds: 172_800) }
            }
            var calibration = Calibration(history, settings: SensorSettings(), gaps: gaps)
            calibration.judge(among: usual)
            #expect(calibration.gaps == gaps)
            return calibration.flags
        }
        let lost = ReadingGap(
            from: ParkSite.ten.advanced(bySeconds: 200 * 60 - 30), to: ParkSite.ten.advanced(bySeconds: 172_800),
            reason: .missing)
        let earlier = ReadingGap(
            from: ParkSite.ten.advanced(bySeconds: -86_400), to: ParkSite.ten.advanced(bySeconds: -1), reason: .damaged)
        let later = ReadingGap(
            from: ParkSite.ten.advanced(bySeconds: 1_000_000), to: ParkSite.ten.advanced(bySeconds: 2_000_000),
            reason: .damaged)
        for gaps in [[], [earlier, later]] {
            #expect(found(198, false, wavers: false, gaps).first == .stuck(centimetres: 198))
            #expect(
                found(40, true, wavers: true, gaps).contains { if case .occupiedTooLong = $0 { true } else { false } })
        }
        #expect(found(198, false, wavers: false, [earlier, lost, later]) == [])
        #expect(found(40, true, wavers: true, [lost]) == [])
    }

    @Test func gapsOfSeveralTablesAreAsThoseOfOne() {
        func gap(_ from: Int64, _ to: Int64, _ reason: ReadingGap.Reason) -> ReadingGap {
            ReadingGap(from: Timestamp(seconds: from), to: Timestamp(seconds: to), reason: reason)
        }
        let merged = ReadingGap.merged([
            gap(20, 30, .missing), gap(0, 10, .missing), gap(10, 15, .missing), gap(5, 12, .damaged),
            gap(0, 10, .missing),
        ])
        #expect(merged == [gap(0, 15, .missing), gap(5, 12, .damaged), gap(20, 30, .missing)])
        #expect(ReadingGap.header([]) == nil)
        #expect(
            ReadingGap.header([merged[0]])?.value
                == "\"1970-01-01T00:00:00.000000Z/1970-01-01T00:00:15.000000Z\";reason=missing")
    }

    @Test func aSpotThatIsOccupiedFarLongerThanTheOthersIsBlocked() {
        let others = (10..<15).map { seed in
            Calibration(samples(3_000, seed: seed, occupied: 40, free: 200, noise: 2), settings: SensorSettings())
        }
        let usual = LotConduct(others.map(\.conduct))
        func flags(from first: Int) -> [Calibration.Flag] {
            var found = Calibration(
                samples(3_000, seed: 7, occupied: 40, free: 200, noise: 2) { sample, index in
                    if index >= first { (sample.distance, sample.isOccupied) = (50 + Double(index % 7), true) }
                }, settings: SensorSettings())
            found.judge(among: usual)
            return found.flags
        }
        #expect(flags(from: 600) == [.occupiedTooLong(hours: 40)])
        #expect(flags(from: 2_950) == [], "somebody stays for an hour")
    }

    @Test func dirtIsSeen() {
        let stuck = samples(200, seed: 3, occupied: 40, free: 200, noise: 4) { sample, index in
            if index > 100 { sample.distance = 12 }
        }
        #expect(Calibration(stuck, settings: SensorSettings()).flags.contains(.stuck(centimetres: 12)))
        let blocked = samples(300, seed: 4, occupied: 40, free: 200, noise: 4) { sample, index in
            if index > 150, sample.isOccupied == false { sample.distance = Double(15 + index % 7) }
        }
        let isBlocked = Calibration(blocked, settings: SensorSettings()).flags.contains {
            if case .blocked = $0 { true } else { false }
        }
        #expect(isBlocked)
    }

    @Test func swappedSensorsAreFound() {
        func track(_ spot: String, _ seed: UInt64, distancesOf other: UInt64) -> SwappedSensors.Track {
            let own = samples(300, seed: seed, occupied: 40, free: 200, noise: 4)
            let foreign = samples(300, seed: other, occupied: 40, free: 200, noise: 4)
            let mixed = zip(own, foreign).map {
                CalibrationSample(at: $0.at, distance: $1.distance, isOccupied: $0.isOccupied)
            }
            return SwappedSensors.Track(spot: spot, samples: mixed, threshold: 115)
        }
        let pairs = SwappedSensors.pairs([
            track("A", 10, distancesOf: 10), track("B", 11, distancesOf: 12), track("C", 13, distancesOf: 13),
            track("D", 12, distancesOf: 11), track("E", 14, distancesOf: 14),
        ])
        #expect(pairs.map { [$0.0, $0.1] } == [["B", "D"]])
    }

    @Test func aProposalIsAppliedAndRecorded() async throws {
        let site = try await ParkSite()
        for index in 0..<40 {
            site.clock.move(seconds: 60)
            try site.hear(#"{"spot_id":"SPOT002","distance":\#(index % 2 == 0 ? 60 : 300 + index % 3)}"#)
        }
        let answer = try await site.json(.get, "/api/lots/{id}/calibration", ["id": "LOT001"])
        let spot = try #require(answer["spots"]?.elements.first { $0["spot_id"]?.text == "SPOT002" })
        #expect(spot["proposal"]?["threshold_cm"]?.number == 180)
        #expect(answer["spots"]?.elements.first?["proposal"] == .null)
        let applied = try await site.json(
            .post, "/api/lots/{id}/calibration/apply", ["id": "LOT001"],
            body: #"{"spots":[{"spot_id":"SPOT002","threshold_cm":180,"hysteresis_cm":20}]}"#)
        #expect(applied["applied"]?.number == 1)
        #expect(site.audit.entries.last?.facts.contains { $0.name == "change" && $0.value == "calibration" } == true)
        site.clock.move(seconds: 60)
        try site.hear(#"{"spot_id":"SPOT002","distance":165}"#)
        #expect(try site.status("SPOT002") == "occupied")
        for (body, code) in [
            (#"{"spots":[{"spot_id":"NONE","threshold_cm":180,"hysteresis_cm":20}]}"#, RefusalCode.notFound),
            (#"{"spots":[{"spot_id":"SPOT002","threshold_cm":180}]}"#, .missingField),
            (#"{"spots":[{"spot_id":"SPOT002","threshold_cm":-1,"hysteresis_cm":0}]}"#, .valueOutOfRange),
            (#"{"spots":[]}"#, .missingField),
        ] {
            let refused = try await site.refusal(
                .post, "/api/lots/{id}/calibration/apply", ["id": "LOT001"], body: body)
            #expect(refused == code)
        }
    }
}
