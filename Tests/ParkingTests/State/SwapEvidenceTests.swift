import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Exchanged sensors that never contradict themselves are found by what people do.
@Suite struct SwapEvidenceTests {
    private let noon = ParkSite.ten
    private let minute: Int64 = 60_000_000

    private func at(_ minutes: Int) -> Timestamp { noon.advanced(byMicroseconds: Int64(minutes) * minute) }

    /// Cars that come to a spot each hour of its own, and stay for twenty minutes.
    private func track(_ first: Int, visits: Int) -> SaidTrack {
        var track = SaidTrack()
        track.append(false, from: noon)
        for visit in 0..<visits {
            track.append(true, from: at(first + visit * 120))
            track.append(false, from: at(first + visit * 120 + 20))
        }
        return track
    }

    private func payments(_ spot: String, _ first: Int, visits: Int) -> [SpotClaim] {
        (0..<visits).map {
            SpotClaim(spot: spot, at: at(first + $0 * 120 + 10), isOccupied: true, source: .payment)
        }
    }

    private func pairs(_ claims: [SpotClaim], _ tracks: [String: SaidTrack]) -> [[String]] {
        SwapEvidence(claims, tracks: tracks, leeway: 2 * minute).pairs().map { [$0.0, $0.1] }
    }

    /// `A` and `B` are exchanged, `C` is as it should be.
    private func lot(visits: Int) -> [String: SaidTrack] {
        ["A": track(60, visits: visits), "B": track(0, visits: visits), "C": track(30, visits: visits)]
    }

    @Test func paymentsFindThePair() {
        let claims = payments("A", 0, visits: 6) + payments("B", 60, visits: 6) + payments("C", 30, visits: 6)
        #expect(pairs(claims, lot(visits: 6)) == [["A", "B"]])
    }

    @Test func twiceOrInOneDirectionIsNotEnough() {
        let tracks = lot(visits: 9)
        #expect(pairs(payments("A", 0, visits: 2) + payments("B", 60, visits: 9), tracks) == [])
        #expect(pairs(payments("A", 0, visits: 9), tracks) == [])
    }

    @Test func whoTypesAnotherSpotNowAndThenExchangesNothing() {
        let tracks = ["A": track(0, visits: 40), "B": track(60, visits: 40)]
        var claims = payments("A", 0, visits: 40) + payments("B", 60, visits: 40)
        for index in [3, 13, 23, 33] {
            claims[index].spot = "B"
            claims[40 + index].spot = "A"
        }
        #expect(pairs(claims, tracks) == [])
    }

    @Test func overridesFindThePair() {
        let tracks = lot(visits: 4)
        let claims = (0..<4).flatMap { (visit: Int) -> [SpotClaim] in
            let begin = visit * 120
            return [
                SpotClaim(spot: "A", at: at(begin + 10), isOccupied: true, source: .override),
                SpotClaim(spot: "B", at: at(begin + 11), isOccupied: false, source: .override),
                SpotClaim(spot: "B", at: at(begin + 70), isOccupied: true, source: .override),
            ]
        }
        #expect(pairs(claims, tracks) == [["A", "B"]])
    }

    @Test func twoThatAreStuckAreNotExchanged() {
        var (free, occupied) = (SaidTrack(), SaidTrack())
        free.append(false, from: noon)
        occupied.append(true, from: noon)
        let claims = (1..<9).flatMap { hour in
            [
                SpotClaim(spot: "A", at: at(hour * 60), isOccupied: true, source: .override),
                SpotClaim(spot: "B", at: at(hour * 60 + 1), isOccupied: false, source: .override),
            ]
        }
        #expect(pairs(claims, ["A": free, "B": occupied]) == [])
    }

    /// A car on one spot, which is paid for, and then one on the other; each is reported by the sensor of `seenBy`.
    private func visit(_ site: ParkSite, _ spots: [String], seenBy: [String], pays: Int?) throws {
        for (spot, sensor) in zip(spots, seenBy) {
            try site.report(sensor, true)
            site.clock.move(seconds: 1_200)
            if let pays {
                let number = "\(spot)-\(pays)"
                try site.hear(
                    #"{"payment_id":"\#(number)","spot_id":"\#(spot)","amount_minor":250}"#, topic: "parkmate/payment")
            }
            site.clock.move(seconds: 1_200)
            try site.report(sensor, false)
            site.clock.move(seconds: 1_200)
        }
    }

    private func flags(_ site: ParkSite, _ spot: String) async throws -> [String: String] {
        let answer = try await site.json(
            .get, "/api/lots/{id}/calibration", ["id": "LOT001"], query: [("spot_id", spot)])
        var found: [String: String] = [:]
        for flag in answer["spots"]?[0]?["flags"]?.elements ?? [] {
            found[flag["flag"]?.text ?? ""] = flag["with"]?.text ?? ""
        }
        return found
    }

    @Test(arguments: [true, false]) func theRouteReadsWhatWasPaid(_ isSwapped: Bool) async throws {
        let site = try await ParkSite()
        let spots = ["SPOT001", "SPOT003"]
        for spot in spots { try site.report(spot, false) }
        site.clock.move(seconds: 1_200)
        for number in 0..<6 {
            try visit(site, spots, seenBy: isSwapped ? spots.reversed() : spots, pays: number)
        }
        // Each is asked for alone: the other one of a pair may be on another page.
        #expect(try await flags(site, "SPOT001") == (isSwapped ? ["swapped": "SPOT003"] : [:]))
        #expect(try await flags(site, "SPOT003") == (isSwapped ? ["swapped": "SPOT001"] : [:]))
    }

    @Test func theRouteReadsWhatWasCorrected() async throws {
        let site = try await ParkSite()
        try await site.allowSilence(in: "LOT001")
        let spots = ["SPOT001", "SPOT003"]
        for spot in spots { try site.report(spot, false) }
        for _ in 0..<6 {
            for (spot, sensor) in zip(spots, spots.reversed()) {
                site.clock.move(seconds: 1_200)
                try site.report(sensor, true)
                site.clock.move(seconds: 600)
                for (spot, isOccupied) in [(spot, true), (sensor, false)] {
                    try await site.call(
                        .post, "/api/lots/{id}/override", ["id": "LOT001"],
                        body: #"{"spot_id":"\#(spot)","occupied":\#(isOccupied)}"#)
                    site.clock.move(seconds: 10)
                }
                for spot in spots {
                    try await site.call(
                        .post, "/api/lots/{id}/override", ["id": "LOT001"],
                        body: #"{"spot_id":"\#(spot)","clear":true}"#)
                }
                site.clock.move(seconds: 1_200)
                try site.report(sensor, false)
                // What a correction covered is known again from the next change on.
                try site.report(spot, true)
                site.clock.move(seconds: 60)
                try site.report(spot, false)
            }
        }
        #expect(try await flags(site, "SPOT001") == ["swapped": "SPOT003"])
    }

    @Test func whatPeoplePayForASessionIsWhatTheSensorSaid() async throws {
        let site = try await ParkSite()
        let spots = ["SPOT001", "SPOT003"]
        for spot in spots { try site.report(spot, false) }
        for number in 0..<6 {
            try visit(site, spots, seenBy: spots.reversed(), pays: nil)
            for spot in spots {
                let id = try #require(
                    try site.row(
                        "SELECT id FROM parking_session WHERE spot = $1 ORDER BY arrived_at DESC LIMIT 1",
                        [.text(spot)]))
                try await site.call(
                    .post, "/api/payments",
                    body: #"{"payment_id":"\#(spot)-\#(number)","session_id":"\#(id.text(0))","amount_minor":250}"#)
            }
        }
        #expect(try await flags(site, "SPOT001") == [:])
    }
}
