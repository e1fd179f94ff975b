import HubModel
import Parking
import SolutionKit
import Testing

/// Calibration against the simulator, which knows what is really wrong: how many of the faulty sensors are found, and of which kind, and
/// that no healthy one is blamed.
@Suite struct FaultRecallTests {
    private let monday = Timestamp(seconds: 1_795_392_000)
    private let day: Int64 = 86_400_000_000
    private let days: Int64 = 14

    /// Two weeks of a lot as the hub keeps them.
    private struct Past {
        var samples: [[CalibrationSample]]
        var tracks: [String: SaidTrack] = [:]
        var claims: [SpotClaim] = []
    }

    private func past(_ city: ParkingSimulator) -> Past {
        var lot = city.lot(0, from: monday, heartbeat: 300_000_000, paying: true)
        let end = monday.advanced(byMicroseconds: days * day)
        var past = Past(samples: Array(repeating: [], count: lot.count))
        while lot.nextInstant < end {
            while let payment = lot.payment(before: lot.nextInstant) {
                past.claims.append(
                    SpotClaim(spot: "\(payment.spot)", at: payment.at, isOccupied: true, source: .payment))
            }
            guard let report = lot.next() else { continue }
            past.samples[report.spot].append(
                CalibrationSample(
                    at: report.at, distance: Double(report.distance), isOccupied: report.isOccupied))
            past.tracks["\(report.spot)", default: SaidTrack()].append(report.isOccupied, from: report.at)
        }
        return past
    }

    /// What calibration says of each spot, by the words of the API.
    private func flags(_ past: Past) -> [Set<String>] {
        var found = past.samples.map { Calibration($0, settings: SensorSettings()) }
        let usual = LotConduct(found.map(\.conduct))
        for index in found.indices { found[index].judge(among: usual) }
        var words = found.map { calibration in
            Set(
                calibration.flags.map { flag in
                    switch flag {
                    case .drift: "drift"
                    case .dirty: "dirty"
                    case .stuck: "stuck"
                    case .blocked, .occupiedTooLong: "blocked"
                    case .swapped: "swapped"
                    }
                })
        }
        let evidence = SwapEvidence(past.claims, tracks: past.tracks, leeway: 600_000_000)
        for (one, other) in evidence.pairs() {
            guard let one = Int(one), let other = Int(other) else { continue }
            words[one].insert(one ^ 1 == other ? "swapped" : "swapped with another")
            words[other].insert(one ^ 1 == other ? "swapped" : "swapped with another")
        }
        return words
    }

    /// What a fault should be called; nil where two weeks cannot show it yet.
    private func expected(_ fault: SimulatedFault) -> Set<String>? {
        let end = monday.advanced(byMicroseconds: days * day)
        func lasted(_ since: Timestamp, _ least: Double) -> Bool {
            Double(end.microseconds(since: since)) >= least * Double(day)
        }
        switch fault {
        case .none, .deaf, .dead: return []
        case .stuck(let since): return lasted(since, 1) ? ["stuck"] : nil
        case .swapped: return ["swapped"]
        case .dirty(let since): return lasted(since, 5) ? ["dirty", "blocked"] : nil
        case .drifting(let since): return lasted(since, 10) ? ["drift"] : nil
        }
    }

    @Test func faultsAreFoundAndHealthySensorsAreNotBlamed() throws {
        var (present, found): ([String: Int], [String: Int]) = ([:], [:])
        var (healthy, blamed) = (0, 0)
        var (faulty, misnamed) = (0, 0)
        for seed in UInt64(1)...6 {
            let city = try #require(ParkingSimulator(seed: seed, sizes: [60], faulty: 0.5, loss: 0.01))
            let said = flags(past(city))
            for (spot, fault) in city.faults(ofLot: 0, from: monday).enumerated() {
                guard let expected = expected(fault) else { continue }
                guard let kind = expected.sorted().last else {
                    healthy += 1
                    blamed += said[spot].isEmpty ? 0 : 1
                    if !said[spot].isEmpty { print("seed \(seed) spot \(spot): \(fault) is called \(said[spot])") }
                    continue
                }
                faulty += 1
                present[kind, default: 0] += 1
                if !said[spot].isDisjoint(with: expected) { found[kind, default: 0] += 1 }
                if !said[spot].isSubset(of: expected) { misnamed += 1 }
                if said[spot].isDisjoint(with: expected) || !said[spot].isSubset(of: expected) {
                    print("seed \(seed) spot \(spot): \(fault) is called \(said[spot])")
                }
            }
        }
        print("found \(found) of \(present); blamed \(blamed) of \(healthy); \(misnamed) misnamed of \(faulty)")
        for (kind, count) in present {
            #expect(count >= 10, "\(kind): too few to say anything")
            #expect(Double(found[kind] ?? 0) >= 0.9 * Double(count), "\(kind): \(found[kind] ?? 0) of \(count)")
        }
        #expect(Set(present.keys) == ["stuck", "swapped", "dirty", "drift"])
        #expect(blamed == 0 && healthy > 100)
        #expect(misnamed * 20 <= faulty)
    }

    @Test func aSoundLotHasNoFlags() throws {
        for seed in UInt64(11)...13 {
            let city = try #require(ParkingSimulator(seed: seed, sizes: [60], faulty: 0, loss: 0.02))
            let said = flags(past(city))
            #expect(said.allSatisfy { $0.isEmpty }, "\(said)")
        }
    }
}
