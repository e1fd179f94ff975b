import HubModel
import HubTesting
import SolutionKit
import Testing

/// What the car park says of spots and their sensors to the observers of the line.
@Suite struct StateChangeTests {
    private func words(_ effects: Effects, of spot: String = "SPOT001") -> [String] {
        effects.changes.filter { $0.device.text == spot }.map { change in
            let second = change.since.microseconds(since: ParkSite.ten) / 1_000_000
            return "\(change.subject) \(change.state ?? "-") \(second) \(change.severity)"
        }
    }

    @Test("A spot and its sensor are noted when they change, with the time since when it is so")
    func changes() async throws {
        let site = try await ParkSite()
        #expect(words(try site.report("SPOT001", true)) == ["spot occupied 0 good", "device reporting 0 good"])
        site.clock.move(seconds: 60)
        #expect(words(try site.report("SPOT001", true)) == [])
        // Five minutes without a word.
        #expect(words(try site.tick(after: 400)) == ["spot unknown 360 unknown", "device silent 360 attention"])
        // A person decides: nobody waits for the sensor.
        try await site.call(
            .post, "/api/lots/{id}/override", ["id": "LOT001"], body: #"{"spot_id":"SPOT001","occupied":false}"#)
        #expect(words(site.effects) == ["spot free 460 good", "device unused 460 good"])
        site.restart()
        #expect(
            words(try site.report("SPOT002", true)) == ["spot free 460 good", "device unused 460 good"])
        #expect(words(site.effects, of: "SPOT004").count == 2)
    }

    @Test("Of a spot that was removed it is noted that nothing is known any more")
    func removed() async throws {
        let site = try await ParkSite()
        try await site.call(.delete, "/api/lots/{id}/spots/{spot_id}", ["id": "LOT001", "spot_id": "SPOT001"])
        #expect(words(site.effects) == ["spot - 0 good", "device - 0 good"])
        try await site.call(.delete, "/api/lots/{id}", ["id": "LOT002"])
        #expect(words(site.effects, of: "SPOT004") == ["spot - 0 good", "device - 0 good"])
    }
}
