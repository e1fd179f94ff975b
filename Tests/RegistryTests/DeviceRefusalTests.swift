import HubModel
import Registry
import SQL
import Testing

/// The last refusals of each device.
@Suite struct DeviceRefusalTests {
    @Test("the newest of each device are kept, none of what is no device, and none of one that is removed")
    func bounded() async throws {
        let database = try Database.open(DatabaseConfiguration(.memory))
        _ = try await database.migrate([RegistryTables.migrations], at: 0)
        let registry = DeviceRegistry(admission: .byContact)
        let (a, b, x) = (
            try #require(DeviceID("a")), try #require(DeviceID("b")), try #require(DeviceID("x"))
        )
        let start = Timestamp(seconds: 1_800_000_000)
        try await database.write { transaction in
            for device in [a, b] { _ = try registry.admit(device, kind: .node, at: start, in: transaction) }
            for number in 0..<50 {
                for device in [a, x] {
                    try registry.note(
                        RefusedMessage(
                            device: device, at: start.advanced(bySeconds: Int64(number)),
                            refusal: Refusal(.wrongType, "number \(number)"),
                            topic: ["t", String(repeating: "x", count: 400)],
                            payload: [0x41], leftOut: number), in: transaction)
                }
            }
            try registry.note(
                RefusedMessage(device: b, at: start, refusal: Refusal(.tooLarge, "b"), leftOut: 0), in: transaction)
        }
        let kept = try await database.read { try registry.refusals(of: a, in: $0) }
        #expect(kept.map(\.detail) == (30..<50).reversed().map { "number \($0)" })
        #expect(kept.first?.excerpt == "A" && kept.first?.bytes == 1 && kept.first?.leftOut == 49)
        #expect(kept.allSatisfy { $0.topic.utf8.count == RefusedMessage.maximumTopicBytes && $0.code == .wrongType })
        #expect(try await database.read { try registry.refusals(of: x, in: $0) }.isEmpty)
        #expect(try await database.read { try registry.refusals(of: b, in: $0) }.count == 1)
        try await database.write { try registry.remove(a, at: start, in: $0) }
        #expect(try await database.read { try registry.refusals(of: a, in: $0) }.isEmpty)
    }
}
