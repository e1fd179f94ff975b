import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Commands that a device asks for over HTTP.
@Suite struct PollTests {
    @Test("without after each command is given once, also over a restart of the hub") func once() async throws {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        let ids = [try await yard.ask("l1"), try await yard.ask("l1")]
        #expect(try await yard.poll("l1") == ids)
        #expect(try yard.state(ids[0]) == "sent")
        #expect(try await yard.poll("l1") == [])
        yard.house.restart()
        try yard.house.pass()
        #expect(try await yard.poll("l1") == [])
        #expect(try yard.state(ids[0]) == "sent")
        // Its time for an answer runs.
        try yard.house.pass(seconds: 30)
        #expect(try yard.state(ids[0]) == "timed_out")
    }

    @Test("with after what was not confirmed is given again, and what was is delivered") func again() async throws {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        let ids = [try await yard.ask("l1"), try await yard.ask("l1"), try await yard.ask("l1")]
        #expect(try await yard.poll("l1", after: "") == ids)
        // The answer was lost, and the hub was started anew.
        yard.house.restart()
        #expect(try await yard.poll("l1", after: "") == ids)
        let new = try await yard.ask("l1")
        #expect(try await yard.poll("l1", after: ids[1]) == [ids[2], new])
        #expect(try ids.map(yard.state) == ["delivered", "delivered", "sent"])
        // A confirmation that comes twice, or of what is over, changes nothing.
        #expect(try await yard.poll("l1", after: ids[0]) == [ids[2], new])
        try yard.house.hear("yard/lamp/l1/answer/\(ids[2])", #"{"status":"done"}"#)
        #expect(try await yard.poll("l1", after: ids[2]) == [new])
        #expect(try await yard.poll("l1", after: new) == [])
        #expect(try yard.state(new) == "delivered")
    }

    @Test("after confirms nothing that the device was not given, nor another's commands") func foreign() async throws {
        let yard = try await Yard()
        for id in ["l1", "l2"] { try yard.report("lamp", id, client: nil) }
        let mine = try await yard.ask("l1")
        let other = try await yard.ask("l2")
        #expect(try await yard.poll("l1", after: mine) == [mine])
        #expect(try await yard.poll("l1", after: other) == [mine])
        #expect(try await yard.poll("l1", after: "no such command") == [mine])
        #expect(try await yard.poll("l1", after: "a\u{0}b") == [mine])
        #expect(try yard.state(mine) == "sent" && yard.state(other) == "queued")
    }

    @Test("at most four commands of a device are on their way") func room() async throws {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        var ids: [String] = []
        for _ in 0..<6 { ids.append(try await yard.ask("l1")) }
        #expect(try await yard.poll("l1") == Array(ids.prefix(4)))
        #expect(try await yard.poll("l1") == [])
        let state = try await yard.house.json(
            .post, "/api/devices/{id}/commands/{command_id}/answer", ["id": "l1", "command_id": ids[0]],
            body: #"{"status":"failed","error":"hot"}"#)
        #expect(state["state"]?.text == "failed")
        #expect(try await yard.poll("l1") == [ids[4]])
        #expect(try await yard.poll("l1", after: ids[3]) == [ids[4], ids[5]])
    }

    @Test("what has expired is not given, also before anybody looked") func expired() async throws {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        let over = try await yard.ask("l1", #"{"command":"blink","ttl_seconds":60}"#)
        let other = try await yard.ask("l1", #"{"command":"blink","ttl_seconds":61}"#)
        yard.house.clock.move(seconds: 60)
        #expect(try await yard.poll("l1", after: "") == [other])
        #expect(try yard.state(over) == "expired")
        yard.house.clock.move(seconds: 30)
        #expect(try await yard.poll("l1", after: "") == [])
    }

    @Test("what a poll whose commit failed was to give is given by the next") func undone() async throws {
        struct Stop: Error {}
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        let id = try await yard.ask("l1")
        let device = try #require(DeviceID("l1"))
        #expect(throws: Stop.self) {
            try yard.house.batch { _, line in
                _ = try line.commands.take(for: device, confirming: .none, in: &line)
                throw Stop()
            }
        }
        _ = try? yard.house.batch(
            isBroken: true, [{ _, line in _ = try line.commands.take(for: device, confirming: .none, in: &line) }])
        #expect(try await yard.poll("l1") == [id])
    }

    @Test("a poll that waits is woken by the commit of a command", .timeLimit(.minutes(5)))
    func woken() async throws {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        async let given = yard.poll("l1", wait: 60)
        while yard.house.waitingPolls == 0 { try await Task.sleep(for: .milliseconds(5)) }
        // What is undone wakes nobody; what is for others neither.
        try yard.report("lamp", "l2", client: nil)
        try await yard.ask("l2")
        let id = try await yard.ask("l1")
        #expect(try await given == [id])
        #expect(yard.house.waitingPolls == 0)
    }

    @Test("a poll is woken by a command whose connection broke", .timeLimit(.minutes(5))) func fallenBack() async throws
    {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        try yard.listen("board", "yard/bell/b1/command")
        let id = try await yard.ask("b1")
        try yard.house.delivery(.passedOn(token: id, clients: ["board"]))
        async let given = yard.poll("b1", wait: 60)
        while yard.house.waitingPolls == 0 { try await Task.sleep(for: .milliseconds(5)) }
        try yard.house.presence(.disconnected(clientID: "board", isClean: false))
        try yard.house.pass(seconds: 1)
        #expect(try await given == [id])
    }

    @Test("a poll for which nothing comes ends with an empty list", .timeLimit(.minutes(5))) func nothing() async throws
    {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        async let given = yard.poll("l1", wait: 60)
        while yard.house.waitingPolls == 0 { try await Task.sleep(for: .milliseconds(5)) }
        yard.house.clock.move(milliseconds: 59_999)
        // A clock that is set lets no time pass.
        yard.house.clock.set(yard.house.clock.now().advanced(bySeconds: 3_600))
        #expect(yard.house.waitingPolls == 1)
        yard.house.clock.move(milliseconds: 1)
        #expect(try await given == [])
        for wait in ["61", "-1", "x"] {
            let code = try await yard.house.refusal(
                .get, "/api/devices/{id}/commands/next", ["id": "l1"], query: [("wait", wait)])
            #expect(code == .invalidParameter)
        }
    }

    @Test("five requests of one device do not wait at once; four do", .timeLimit(.minutes(5)))
    func tooManyOfOne() async throws {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 { group.addTask { try await yard.poll("l1", wait: 60) } }
            while yard.house.waitingPolls < 4 { try await Task.sleep(for: .milliseconds(5)) }
            let code = try await yard.house.refusal(
                .get, "/api/devices/{id}/commands/next", ["id": "l1"], query: [("wait", "60")])
            #expect(code == .overloaded)
            // A request that does not wait is answered.
            #expect(try await yard.poll("l1") == [])
            group.cancelAll()
            for try await given in group { #expect(given == []) }
        }
        #expect(yard.house.waitingPolls == 0)
    }

    @Test("of one that asks for many devices no more requests wait than a bound", .timeLimit(.minutes(5)))
    func tooManyOfAController() async throws {
        let polls = LongPoll<String>(limitPerAsker: 2, rhythm: SteadyRhythm())
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for key in ["a", "b"] {
                group.addTask { try await polls.value(for: key, by: "hall", within: .seconds(60)) { nil } }
            }
            while polls.waiting < 2 { try await Task.sleep(for: .milliseconds(5)) }
            await #expect {
                _ = try await polls.value(for: "c", by: "hall", within: .seconds(60)) { nil as Int? }
            } throws: { ($0 as? Refusal)?.code == .overloaded }
            #expect(try await polls.value(for: "c", by: "attic", within: .seconds(60)) { 7 } == 7)
            group.cancelAll()
            for try await value in group { #expect(value == nil) }
        }
        #expect(try await polls.value(for: "c", by: "hall", within: .seconds(60)) { 7 } == 7)
    }

    @Test("of all devices no more requests wait than a bound", .timeLimit(.minutes(5)))
    func tooManyOfAll() async throws {
        let polls = LongPoll<String>(limit: 2, limitPerKey: 4, rhythm: SteadyRhythm())
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for key in ["a", "b"] { group.addTask { try await polls.value(for: key, within: .seconds(60)) { nil } } }
            while polls.waiting < 2 { try await Task.sleep(for: .milliseconds(5)) }
            await #expect {
                _ = try await polls.value(for: "c", within: .seconds(60)) { nil as Int? }
            } throws: { ($0 as? Refusal)?.code == .overloaded }
            group.cancelAll()
            for try await value in group { #expect(value == nil) }
        }
        #expect(polls.waiting == 0)
    }

    @Test("a device polls and answers for itself and for those it controls, and for no other") func whose() async throws
    {
        let yard = try await Yard()
        for id in ["l1", "l2"] { try yard.report("lamp", id, client: nil) }
        try yard.report("stone", "s1", client: nil)
        try yard.house.batch { _, line in
            try line.transaction().execute("UPDATE device SET controller = 'l2' WHERE id = 'l1'")
        }
        let id = try await yard.ask("l1")
        let next = "/api/devices/{id}/commands/next"
        let answer = "/api/devices/{id}/commands/{command_id}/answer"
        let person = Caller.person([.viewYard, .ringYard], at: "main")
        for (caller, code) in [
            (try Caller.device("l1", .lamp), nil), (try .device("l2", .lamp), nil),
            (try .device("s1", .stone), .forbidden), (person, .forbidden), (Caller(.anonymous), .notSignedIn),
        ] as [(Caller, RefusalCode?)] {
            #expect(try await yard.house.refusal(.get, next, ["id": "l1"], as: caller) == code)
            let given = try await yard.house.refusal(
                .post, answer, ["id": "l1", "command_id": id], body: #"{"status":"done"}"#, as: caller)
            #expect(given == code)
        }
        // A kind that takes none says so; a command of another is none of its own.
        let stone = try Caller.device("s1", .stone)
        #expect(try await yard.house.refusal(.get, next, ["id": "s1"], as: stone) == .conflict)
        let foreign = try await yard.house.refusal(
            .post, answer, ["id": "l2", "command_id": id], body: #"{"status":"done"}"#, as: try .device("l2", .lamp))
        #expect(foreign == .notFound)
    }

    @Test(
        "answers that say nothing clear are refused",
        arguments: [
            ("", RefusalCode.malformedJSON), ("[]", .wrongType), ("{}", .missingField),
            (#"{"status":"maybe"}"#, .valueOutOfRange),
            (#"{"status":7}"#, .wrongType), (#"{"status":"done","status":"failed"}"#, .duplicateKey),
        ])
    func badAnswers(_ body: String, _ code: RefusalCode) async throws {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        let id = try await yard.ask("l1")
        let answer = "/api/devices/{id}/commands/{command_id}/answer"
        #expect(try await yard.house.refusal(.post, answer, ["id": "l1", "command_id": id], body: body) == code)
        #expect(try yard.state(id) == "queued")
    }
}
