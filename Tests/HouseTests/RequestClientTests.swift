import House
import NIOHTTP1
import SolutionKit
import Synchronization
import Testing

/// The HTTP client of simulated devices against a server that does what its script says.
@Suite(.timeLimit(.minutes(5))) struct RequestClientTests {
    private let ask = SimulatedRequest(.get, "/api/valve?wait=1")

    private func client(
        _ hub: ScriptedHub, fields: [SimulatedRequest.Field] = [], pauses: ClosedRange<Int64> = 1...20,
        onConnection: @escaping @Sendable (Bool) -> Void = { _ in }
    ) -> RequestClient {
        RequestClient(host: "127.0.0.1", port: hub.port, fields: fields, pauses: pauses, onConnection: onConnection)
    }

    private func said(_ answer: SimulatedAnswer) -> String? {
        guard case .reply(_, let body) = answer else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    @Test("requests go over one connection, with the device's fields, and their answers come back")
    func exchange() async throws {
        let hub = try await ScriptedHub.start { request in
            .answer(request.head.method == .POST ? 201 : 200, Array("\(request.head.uri)".utf8))
        }
        let changes = Changes()
        var client = client(
            hub, fields: [.init("X-Device-Id", "barn"), .init("X-API-Key", "k")], onConnection: { changes.add($0) })
        let report = SimulatedRequest(
            .post, "/api/level",
            fields: [.init("X-Boot", "7"), .init("Host", "elsewhere"), .init("x-api-key", "other")],
            contentType: "application/json", body: Array(#"{"level":1}"#.utf8))
        #expect(await client.answer(to: report) == .reply(status: 201, body: Array("/api/level".utf8)))
        #expect(await client.answer(to: ask) == .reply(status: 200, body: Array("/api/valve?wait=1".utf8)))
        #expect(await client.answer(to: SimulatedRequest(.delete, "/x")).isStored)
        await client.close()
        try await hub.stop()
        let (first, second, third) = (hub.requests[0], hub.requests[1], hub.requests[2])
        #expect(hub.requests.allSatisfy { $0.connection == 0 } && hub.requests.count == 3)
        #expect(first.head.headers["X-Device-Id"] == ["barn"] && first.head.headers["X-API-Key"] == ["k"])
        #expect(first.head.headers["X-Boot"] == ["7"] && first.head.headers["Host"] == ["127.0.0.1:\(hub.port)"])
        #expect(first.head.headers["Content-Type"] == ["application/json"])
        #expect(first.body == Array(#"{"level":1}"#.utf8) && second.body.isEmpty)
        #expect(second.head.headers["Content-Length"].isEmpty && third.head.headers["Content-Length"] == ["0"])
        #expect(changes.all == [true, false])
    }

    @Test("an answer that is late is none, and its connection is closed: it belongs to no later request")
    func late() async throws {
        let hub = try await ScriptedHub.start { $0.connection == 0 ? .silence : .answer(200, Array("new".utf8)) }
        var client = client(hub)
        let short = SimulatedRequest(.get, "/slow", timeLimit: 50_000)
        #expect(await client.answer(to: short) == .noReply(.timeOver))
        #expect(said(await client.answer(to: ask)) == "new")
        await client.close()
        try await hub.stop()
        #expect(hub.requests.map(\.connection) == [0, 1])
    }

    @Test("an answer that drips is late as well")
    func drip() async throws {
        let hub = try await ScriptedHub.start { _ in .bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") }
        var client = client(hub)
        #expect(await client.answer(to: SimulatedRequest(.get, "/", timeLimit: 50_000)) == .noReply(.timeOver))
        await client.close()
        try await hub.stop()
    }

    @Test("a connection that is closed instead of an answer is no answer; the next request has another one")
    func closes() async throws {
        let hub = try await ScriptedHub.start { $0.connection == 0 ? .close : .answer(204) }
        var client = client(hub)
        #expect(await client.answer(to: ask) == .noReply(.hubAway))
        #expect(await client.answer(to: ask).isStored)
        await client.close()
        try await hub.stop()
    }

    @Test("a hub that says it closes is taken at its word: each request has a connection of its own, without a pause")
    func closesAfterwards() async throws {
        let hub = try await ScriptedHub.start { _ in .answer(200, fields: [("Connection", "close")]) }
        // A pause would be longer than the time of a request.
        var client = client(hub, pauses: 60_000...60_000)
        for _ in 0..<3 { #expect(await client.answer(to: ask).isStored) }
        try await hub.stop()
        #expect(hub.requests.map(\.connection) == [0, 1, 2])
    }

    @Test(
        "an answer larger than a device can hold is none, whether it says so or just goes on", arguments: [true, false])
    func tooLarge(isSaid: Bool) async throws {
        let chunk = "1000\r\n" + String(repeating: "x", count: 4_096) + "\r\n"
        let bytes =
            isSaid
            ? "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n"
            : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 17)
        let hub = try await ScriptedHub.start { $0.connection == 0 ? .bytes(bytes) : .answer(200) }
        var client = client(hub)
        #expect(await client.answer(to: ask) == .noReply(.tooLarge))
        #expect(await client.answer(to: ask).isStored)
        await client.close()
        try await hub.stop()
    }

    @Test("an answer of just the size that a device can hold is taken")
    func largest() async throws {
        let body = [UInt8](repeating: 7, count: SimulatedAnswer.largestBody)
        let hub = try await ScriptedHub.start { _ in .answer(200, body) }
        var client = client(hub)
        #expect(await client.answer(to: ask) == .reply(status: 200, body: body))
        await client.close()
        try await hub.stop()
    }

    @Test("what is no HTTP is no answer")
    func nonsense() async throws {
        let hub = try await ScriptedHub.start { _ in .bytes("220 mail.example ESMTP\r\n") }
        var client = client(hub)
        #expect(await client.answer(to: ask) == .noReply(.hubAway))
        await client.close()
        try await hub.stop()
    }

    @Test(
        "a request that HTTP cannot carry is not sent, and does no harm to the connection",
        arguments: [
            SimulatedRequest(.get, "/a b"), SimulatedRequest(.get, "/a\r\nX: 1"),
            SimulatedRequest(.post, "/", fields: [.init("X", "1\r\nY: 2")], body: [1]),
            SimulatedRequest(.post, "/", fields: [.init("X Y", "1")], body: [1]),
        ])
    func unsound(request: SimulatedRequest) async throws {
        let hub = try await ScriptedHub.start { _ in .answer(200) }
        var client = client(hub)
        #expect(await client.answer(to: ask).isStored)
        #expect(await client.answer(to: request) == .noReply(.notSent))
        #expect(await client.answer(to: ask).isStored)
        await client.close()
        try await hub.stop()
        #expect(hub.requests.map(\.head.uri) == [ask.path, ask.path] && hub.requests.allSatisfy { $0.connection == 0 })
    }

    @Test("a hub that is away and returns is found again, on the same port")
    func returns() async throws {
        let first = try await ScriptedHub.start { _ in .answer(200, Array("first".utf8)) }
        var client = client(first)
        #expect(said(await client.answer(to: ask)) == "first")
        try await first.stop()
        for _ in 0..<3 { #expect(await client.answer(to: ask) == .noReply(.hubAway)) }
        let second = try await ScriptedHub.start(port: first.port) { _ in .answer(200, Array("second".utf8)) }
        #expect(said(await client.answer(to: ask)) == "second")
        await client.close()
        try await second.stop()
    }

    @Test("while the hub is away a device tries no more often than its pauses allow, and waits no longer than its time")
    func pauses() async throws {
        let hub = try await ScriptedHub.start { _ in .close }
        var client = client(hub, pauses: 60_000...60_000)
        #expect(await client.answer(to: ask) == .noReply(.hubAway))
        let begin = ContinuousClock.now
        let short = SimulatedRequest(.get, "/", timeLimit: 100_000)
        #expect(await client.answer(to: short) == .noReply(.hubAway))
        #expect(ContinuousClock.now - begin >= .milliseconds(99))
        try await hub.stop()
        #expect(hub.requests.count == 1)
    }

    @Test("a device whose task is cancelled lets go of its request at once")
    func cancelled() async throws {
        let (asked, told) = AsyncStream.makeStream(of: Void.self)
        let hub = try await ScriptedHub.start { _ in
            told.yield()
            return .silence
        }
        let task = Task { [client = client(hub), ask = SimulatedRequest(.get, "/", timeLimit: 120_000_000)] in
            var client = client
            let answer = await client.answer(to: ask)
            await client.close()
            return answer
        }
        for await _ in asked { break }
        task.cancel()
        #expect(await task.value == .noReply(.hubAway))
        try await hub.stop()
    }
}

/// How connections came and went.
private final class Changes: Sendable {
    private let changes = Mutex<[Bool]>([])
    var all: [Bool] { changes.withLock { $0 } }
    func add(_ isThere: Bool) { changes.withLock { $0.append(isThere) } }
}
