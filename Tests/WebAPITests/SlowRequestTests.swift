import HubModel
import HubTesting
import SolutionKit
import Synchronization
import Testing
import WebAPI

/// Requests whose bodies are a long time in coming.
@Suite struct SlowRequestTests {
    private static let routes = [
        Route(.post, "/api/when", access: .signedIn, summary: "Says when", answers: [.json(.text)]) { request in
            RouteResponse.json { $0.string("\(request.receivedAt.microseconds / 1_000_000)") }
        }
    ]

    /// Sends a head and a part of the body, lets time pass and something happen, and sends the rest.
    private func answer(
        after seconds: Int64, _ meanwhile: @escaping @Sendable (FakeGate) -> Void = { _ in }
    ) async throws -> (RawResponse, asked: Int) {
        let (gate, clock) = (FakeGate(), ManualClock(TestServer.now))
        let answer = Mutex<RawResponse?>(nil)
        try await TestServer.run(routes: SlowRequestTests.routes, gate: gate, clock: clock) { server in
            let response = try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(
                    "POST /api/when HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer admin\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{")
                try await eventually { gate.asked >= 1 }
                clock.move(seconds: seconds)
                meanwhile(gate)
                try await client.send("}")
                return try await client.response()
            }
            answer.withLock { $0 = response }
        }
        return (try #require(answer.withLock { $0 }), gate.asked)
    }

    @Test func `a request was received when the whole of it was there`() async throws {
        for (seconds, asked) in [(600 as Int64, 2), (0, 1), (-600, 2)] {
            let (response, times) = try await answer(after: seconds)
            #expect(response.status == 200)
            #expect(response.body == "\"\(TestServer.now.microseconds / 1_000_000 + seconds)\"")
            #expect(times == asked)
        }
    }

    @Test func `a token that ended while the body came opens nothing`() async throws {
        let (response, _) = try await answer(after: 600) { $0.forget(["admin"]) }
        #expect(response.status == 401)
    }
}
