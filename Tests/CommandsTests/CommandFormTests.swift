import HubModel
import HubTesting
import SolutionKit
import Testing

/// The small values of commands: topics, encodings, requests, what is declared.
@Suite struct CommandFormTests {
    @Test(
        "what filters cover of a topic that names a device in its midst",
        arguments: [
            ("iot/node/01/command", DeviceTopic.Coverage.one("01")), ("iot/node/+/command", .all), ("iot/#", .all),
            ("#", .all),
            ("+/+/+/+", .all), ("$share/g/iot/node/01/command", .one("01")), ("$share/g/#", .all),
            ("iot/node/01/#", .one("01")),
            ("iot/node/01/+", .one("01")), ("iot/node/01/command/#", .one("01")), ("iot/node/+/command/#", .all),
            ("iot/node/01", nil), ("iot/node/01/command/more", nil), ("iot/node/01/telemetry", nil), ("other/#", nil),
            ("", nil),
            ("iot/node/01/command/+", nil), ("$share/g", nil),
        ] as [(String, DeviceTopic.Coverage?)])
    func coverage(_ filter: String, _ covered: DeviceTopic.Coverage?) {
        #expect(DeviceTopic("iot/node/{id}/command").coverage(of: filter) == covered)
    }

    @Test("and of one that names it at its end or its beginning") func ends() {
        let last = DeviceTopic("horn/command/{id}")
        #expect(last.text("h1") == "horn/command/h1")
        #expect(last.coverage(of: "horn/command/h1") == .one("h1"))
        #expect(last.coverage(of: "horn/command/#") == .all)
        #expect(last.coverage(of: "horn/command") == nil)
        let first = DeviceTopic("{id}/do")
        #expect(first.coverage(of: "x/#") == .one("x"))
        #expect(first.coverage(of: "x/do/#") == .one("x"))
        #expect(first.text(DeviceKind("horn").name) == "horn/do")
    }

    @Test("what commands need has to be declared, and a kind has one form") func declared() throws {
        let yard = YardSolution()
        let catalogue = try Catalogue([yard.manifest])
        try catalogue.check(yard.commandForms)
        let stranger = CommandForm(.lamp, see: .viewYard, give: Permission("moon.reach"))
        #expect(throws: CatalogueError.self) { try catalogue.check([stranger]) }
        #expect(throws: CatalogueError.self) {
            try catalogue.check([CommandForm(DeviceKind("moon"), see: .viewYard, give: .ringYard)])
        }
        #expect(throws: CatalogueError.duplicate("busstop")) {
            try catalogue.check(yard.commandForms + [CommandForm(.bell, see: .viewYard, give: .ringYard)])
        }
    }

    @Test(
        "an answer keeps its reason only where it failed, and knows the words that devices use",
        arguments: [
            (#"{"status":"done","error":"hot"}"#, CommandAnswer.Outcome.done, nil, nil),
            (#"{"status":"OK","result":{"a":[1]}}"#, .done, #"{"a":[1]}"#, nil),
            (#"{"status":"failed","error":"hot"}"#, .failed, nil, "hot"),
            (#"{"status":"rejected","error":{"code":3},"more":1}"#, .failed, nil, #"{"code":3}"#),
            (#"{"status":"error","error":null,"result":null}"#, .failed, nil, nil),
        ] as [(String, CommandAnswer.Outcome, String?, String?)])
    func answers(_ body: String, _ outcome: CommandAnswer.Outcome, _ result: String?, _ error: String?) throws {
        let answer = try CommandAnswer(to: "c1", Array(body.utf8))
        #expect(answer.addressee == .identifier("c1") && answer.outcome == outcome)
        #expect(answer.result == result && answer.error == error)
    }

    @Test("what an answer may hold is bounded") func bounds() throws {
        let long = String(repeating: "x", count: 1_025)
        for error in [#""\#(long)""#, #"["\#(long)"]"#] {
            #expect(throws: Refusal(.valueOutOfRange, "An error is longer than 1024 bytes.")) {
                _ = try CommandAnswer(to: "c1", Array(#"{"status":"failed","error":\#(error)}"#.utf8))
            }
        }
        let result = #"["\#(String(repeating: "x", count: 16_384))"]"#
        #expect(throws: Refusal(.tooLarge, "A result is larger than 16384 bytes.")) {
            _ = try CommandAnswer(to: "c1", Array(#"{"status":"done","result":\#(result)}"#.utf8))
        }
    }
}
