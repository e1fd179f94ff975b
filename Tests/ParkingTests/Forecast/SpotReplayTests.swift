import HubModel
import HubTesting
import Parking
import SolutionKit
import Testing

/// Another stale time, replayed on what sensors said.
@Suite struct SpotReplayTests {
    private func reports(_ said: [(Int64, Bool?)]) -> [SensorReport<Bool?>] {
        said.map { SensorReport(at: Timestamp(seconds: $0.0), said: $0.1) }
    }

    @Test func carsAreCountedAsTheyWouldHaveBeen() {
        // One that stood there from the beginning, one that came, who walks by, and one that came back into sight.
        let said = reports([
            (0, true), (600, false), (1_200, true), (1_800, false), (2_400, true), (2_401, false), (3_000, false),
            (3_600, true), (4_200, false), (4_201, true), (5_000, false),
        ])
        for stale: Int64 in [100, 3_600] {
            #expect(SpotReplay(said, until: Timestamp(seconds: 6_000), staleSeconds: stale).arrivals == 2)
        }
        let quick = SpotReplay(said, until: Timestamp(seconds: 6_000), staleSeconds: 300, debounceMilliseconds: 0)
        #expect(quick.arrivals == 4)
    }

    @Test func throughTheRoute() async throws {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 2)
        // One sensor speaks every two minutes, and once is ten minutes late.
        for number in 0..<20 {
            try garage.report("P1-A1", of: "P1", occupied: false)
            garage.clock.move(seconds: number == 10 ? 600 : 120)
        }
        try garage.report("P1-A2", of: "P1", occupied: false)
        garage.clock.move(seconds: 60)
        try garage.report("P1-A2", of: "P1", occupied: true)
        garage.clock.move(seconds: 60)
        let owner = Caller.driver("1", [.manageParking, .viewParking])
        let path = "/api/lots/{id}/what-if"
        let answer = try await garage.call(
            .post, path, ["id": "P1"], body: #"{"stale_seconds":900}"#, as: owner
        ).json
        #expect(answer["reports"]?.number == 22)
        #expect(answer["present"]?["stale_seconds"]?.number == 300)
        #expect(answer["present"]?["false_unknowns"]?.number == 1)
        #expect(answer["present"]?["false_unknown_seconds"]?.number == 300)
        #expect(answer["proposed"]?["false_unknowns"]?.number == 0)
        // Of a lot that was there for an hour nothing is said of a day.
        for part in ["present", "proposed"] { #expect(answer[part]?["turnover"] == .null) }
        // One car in two days on two spots: the five days before the lot was there are none.
        let age = garage.clock.now().microseconds(since: Garage.start) / 1_000_000
        garage.clock.move(seconds: 2 * 86_400 - age)
        let later = try await garage.call(
            .post, path, ["id": "P1"], body: #"{"stale_seconds":900}"#, as: owner
        ).json
        for part in ["present", "proposed"] { #expect(later[part]?["turnover"]?.number == 0.25) }
        for body in ["{}", #"{"stale_seconds":9}"#, #"{"stale_seconds":10.5}"#, #"{"stale_seconds":"10"}"#] {
            await #expect(throws: Refusal.self) {
                try await garage.call(.post, path, ["id": "P1"], body: body, as: owner)
            }
        }
        await #expect {
            try await garage.call(
                .post, path, ["id": "P1"], body: #"{"stale_seconds":900}"#, as: .driver("1", [.viewParking]))
        } throws: { ($0 as? Refusal)?.code == .forbidden }
    }
}
