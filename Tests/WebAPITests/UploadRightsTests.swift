import HubModel
import SolutionKit
import Synchronization
import Testing
import WebAPI

/// Rights that are lost while a body is on its way.
@Suite(.timeLimit(.minutes(5))) struct UploadRightsTests {
    /// Reads what comes, and then makes sure that the sender may still do what the body asks for.
    private static let route = Route(
        .post, "/api/pictures", access: .site(.viewNodes), summary: "A picture",
        input: RouteInput(.stream(["image/png"])), answers: [.empty()]
    ) { request in
        guard case .stream(let stream) = request.content else { throw Refusal(.malformedRequest, "Send a picture.") }
        for try await _ in stream {}
        try await request.requireStillAllowed()
        return .empty()
    }

    /// The answer to an upload, during which the sender's rights become these.
    private func upload(whileRightsBecome rights: Grants?) async throws -> RawResponse {
        let gate = FakeGate()
        let north = try #require(SiteID("north"))
        gate.grant(Grants(sites: [.main: [.viewNodes], north: [.viewNodes]]), to: "guest")
        let answer = Mutex(RawResponse?.none)
        try await TestServer.run(routes: [Self.route], gate: gate) { server in
            let response = try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                // Once this word has come, the hub has found out who sends.
                try await client.send(
                    "POST /api/pictures HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guest\r\nContent-Type: image/png\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n"
                )
                #expect(try await client.response().status == 100)
                try await client.send("abc")
                if let rights { gate.grant(rights, to: "guest") }
                try await client.send("def")
                return try await client.response()
            }
            answer.withLock { $0 = response }
        }
        return try #require(answer.withLock { $0 })
    }

    @Test("a sender who loses the right at one of two sites is refused, although another site is left")
    func oneSite() async throws {
        let answer = try await upload(whileRightsBecome: Grants(sites: [.main: [.viewNodes]]))
        #expect(answer.status == 403 && answer.body.contains("Your rights were changed meanwhile"))
    }

    @Test("a sender whose rights stay is answered, and one who loses them all is refused")
    func others() async throws {
        #expect(try await upload(whileRightsBecome: nil).status == 204)
        #expect(try await upload(whileRightsBecome: Grants()).status == 403)
    }
}
