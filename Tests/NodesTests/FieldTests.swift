import HubModel
import HubTesting
import Nodes
import SQL
import SolutionKit
import Testing

/// A field keeps its type: what differs is refused alone, counted, and shown at the node.
@Suite struct FieldTests {
    private func node(_ site: Site) async throws -> JSONTree {
        try JSONTree(try await site.call(.get, "/api/nodes/{id}", ["id": "01"]).body)
    }

    @discardableResult
    private func hear(_ site: Site, _ sensors: String) throws -> Effects {
        site.after(seconds: 5)
        return try site.hear("iot/node/01/telemetry", #"{"sensors":\#(sensors)}"#)
    }

    private func values(_ effects: Effects) -> [String: ReadingValue] {
        var values: [String: ReadingValue] = [:]
        for field in effects.readings.first?.fields ?? [] { values[field.name] = field.value }
        return values
    }

    @Test func whatIsRefusedIsCountedAndShownAtTheNodeAlsoAfterARestart() async throws {
        let site = try await Site()
        try hear(site, #"{"t":22.5,"door":true,"mode":"eco"}"#)
        #expect(try await node(site)["refused_fields"] == .array([]))
        let effects = try hear(site, #"{"t":"warm","door":false,"mode":3}"#)
        #expect(effects.refusedValues == 2)
        #expect(values(effects) == ["door": .boolean(false)])
        try hear(site, #"{"t":"hot"}"#)
        for _ in 0...1 {
            let refused = try #require(try await node(site)["refused_fields"]?.elements)
            #expect(refused.compactMap { $0["field"]?.text } == ["t", "mode"])
            #expect(refused.first?["type"]?.text == "number" && refused.first?["came"]?.text == "text")
            #expect(refused.first?["count"]?.number == 2)
            #expect(refused.first?["at"]?.text == "2026-11-21T10:00:15.000000Z")
            #expect(refused.first?["reason"]?.text?.contains("t is a number, and a text came") == true)
            site.restart()
        }
        // The type is known after the restart as before.
        #expect(values(try hear(site, #"{"t":"warm","door":1,"mode":"auto"}"#)) == ["mode": .text("auto")])
        #expect(values(try hear(site, #"{"t":"21"}"#)) == ["t": .integer(21)])
        #expect(try await node(site)["refused_fields"]?[0]?["field"] != nil)
    }

    @Test func whatHasNothingToSayDecidesNoTypeAndIsNoFieldYet() async throws {
        let site = try await Site()
        try hear(site, #"{"t":"unavailable","u":null,"v":1}"#)
        #expect(try await node(site)["fields"] == .array([.string("v")]))
        #expect(values(try hear(site, #"{"t":22.5}"#)) == ["t": .decimal(ScaledDecimal(mantissa: 225, scale: 1))])
        #expect(values(try hear(site, #"{"t":"NaN","v":2}"#)) == ["v": .integer(2)])
        #expect(try await node(site)["refused_fields"] == .array([]))
    }

    @Test func aFieldOfTheTimeBeforeTypesTakesThatOfItsNextValue() async throws {
        let site = try await Site()
        try hear(site, #"{"t":1}"#)
        try site.batch { _, line in try line.transaction().execute("UPDATE node_field SET type = NULL") }
        site.restart()
        #expect(values(try hear(site, #"{"t":"NaN","u":1}"#)) == ["u": .integer(1)])
        #expect(values(try hear(site, #"{"t":2}"#)) == ["t": .integer(2)])
        #expect(try hear(site, #"{"t":"warm"}"#).refusedValues == 1)
    }

    @Test func anOperatorResetsAFieldWhoseTypeHasChangedForGood() async throws {
        let site = try await Site()
        try hear(site, #"{"t":22.5}"#)
        try hear(site, #"{"t":"warm"}"#)
        let audit = RecordingAudit()
        let body = #"{"field":"t"}"#
        let path = "/api/nodes/{id}/fields/reset"
        let here = Caller.person([.commandNodes], at: "main")
        try await site.call(.post, path, ["id": "01"], body: body, as: here, audit: audit)
        #expect(audit.entries.map(\.action) == [.changeDevice])
        #expect(try await node(site)["refused_fields"] == .array([]))
        site.restart()
        #expect(values(try hear(site, #"{"t":"warm"}"#)) == ["t": .text("warm")])
        #expect(try hear(site, #"{"t":22.5}"#).refusedValues == 1)
        for (id, body, code) in [
            ("01", #"{"field":"nothing"}"#, RefusalCode.notFound), ("99", body, .notFound), ("01", "{}", .missingField),
            ("01", #"{"field":""}"#, .missingField), ("01", #"{"field":7}"#, .wrongType),
        ] {
            await #expect { try await site.call(.post, path, ["id": id], body: body) } throws: {
                ($0 as? Refusal)?.code == code
            }
        }
        let elsewhere = Caller.person([.commandNodes], at: "north")
        await #expect { try await site.call(.post, path, ["id": "01"], body: body, as: elsewhere) } throws: {
            ($0 as? Refusal)?.code == .notFound
        }
    }

    /// The node's row is written once a second; what is wrong with a field must not wait for that, nor be lost with the process.
    @Test func aFirstRefusalIsShownAtOnce() async throws {
        let site = try await Site()
        try hear(site, #"{"t":1}"#)
        try site.hear("iot/node/01/telemetry", #"{"sensors":{"t":"warm"}}"#)
        site.restart()
        #expect(try await node(site)["refused_fields"]?[0]?["came"]?.text == "text")
    }

    /// How often a field refused is written with its node: when that is undone, with the next time.
    @Test func whatWasRefusedIsNotForgottenByAPieceOfWorkThatIsUndone() async throws {
        struct Stop: Error {}
        let site = try await Site()
        try hear(site, #"{"t":1}"#)
        for _ in 0..<2 { try hear(site, #"{"t":"warm"}"#) }
        // Too soon to be written.
        try site.hear("iot/node/01/telemetry", #"{"sensors":{"t":"warm"}}"#)
        #expect(throws: Stop.self) {
            try site.batch { handler, line in
                try handler.handle(site.message("iot/node/01/status", "offline"), in: &line)
                throw Stop()
            }
        }
        site.after(seconds: 1)
        try site.tick()
        site.restart()
        #expect(try await node(site)["refused_fields"]?[0]?["count"]?.number == 3)
    }

    @Test func aListOfRefusedFieldsHasAnEnd() async throws {
        let site = try await Site()
        let names = (0..<40).map { "f\($0)" }
        try hear(site, "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}")
        try hear(site, "{" + names.map { "\"\($0)\":true" }.joined(separator: ",") + "}")
        #expect(try await node(site)["refused_fields"]?.elements.count == 16)
    }

    @Test func aTypeThatWasSetByAMessageThatIsUndoneIsForgotten() async throws {
        let site = try await Site()
        try hear(site, #"{"v":1}"#)
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try site.batch { handler, line in
                try handler.handle(site.message("iot/node/01/telemetry", #"{"sensors":{"t":"warm"}}"#), in: &line)
                throw Stop()
            }
        }
        #expect(values(try hear(site, #"{"t":22}"#)) == ["t": .integer(22)])
    }

    @Test func aFieldWithACommaInItsNameCanBeAskedFor() async throws {
        let site = try await Site()
        try hear(site, #"{"a,b":1,"a":2,"b":3,"c":4}"#)
        for (asked, fields) in [
            (["a,b"], ["a,b"]), (["a,c"], ["a", "c"]), (["a,b", "c"], ["a,b", "c"]), (["a", "b"], ["a", "b"]),
            (["x,y"], ["x", "y"]),
        ] {
            let history = NotedHistory()
            try await site.call(
                .get, "/api/nodes/{id}/readings", ["id": "01"], query: asked.map { ("field", $0) }, history: history)
            #expect(history.asked.first?.fields == fields)
        }
    }

    /// The clock is judged after a restart as before: see DeviceClockTests for the rule itself.
    @Test(arguments: [false, true]) func aClockThatWasSetBackIsBelievedWithTheSecondReport(restarts: Bool) async throws
    {
        let site = try await Site()
        func hear(_ topic: String, _ stamp: String, _ rest: String) throws -> Reading? {
            site.after(seconds: 5)
            if restarts { site.restart() }
            let message = #"{"timestamp":"2026-11-21T\#(stamp)Z",\#(rest)}"#
            return try site.hear("iot/node/01/\(topic)", message).readings.first
        }
        for (topic, rest) in [("telemetry", #""sensors":{"t":1}"#), ("status", #""uptime":7"#)] {
            let start = site.now
            let right = String(start.advanced(bySeconds: 5).description.dropFirst(11).prefix(8))
            #expect(try hear(topic, right, rest)?.isLate == false)
            #expect(try hear(topic, "08:00:00", rest)?.isLate == true)
            let third = try hear(topic, "08:00:05", rest)
            #expect(third?.isLate == false)
            #expect(third?.observed.source == .receipt && third?.observed.instant == site.now)
        }
    }
}
