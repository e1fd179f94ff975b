import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Commands whose way is cut: connections that break, time that runs out, restarts, batches that fail.
@Suite struct CommandLossTests {
    @Test(arguments: [true, false]) func aBrokenConnectionBringsItBackIntoTheQueue(isClean: Bool) async throws {
        let site = try await connectedSite()
        let sent = try await ask(site)
        try site.delivery(.passedOn(token: sent, clients: ["board"]))
        let delivered = try await ask(site)
        try site.delivery(.passedOn(token: delivered, clients: ["board"]))
        try site.delivery(.acknowledged(token: delivered, clientID: "board"))
        try site.presence(.disconnected(clientID: "board", isClean: isClean))
        #expect(try site.command(sent)?.state == .queued)
        #expect(try site.command(delivered)?.state == .delivered)
        try site.presence(.connected(clientID: "board", address: nil))
        let again = try site.presence(.subscribed(clientID: "board", filter: "iot/node/01/command"))
        #expect(again.publications.map(\.token) == [sent])
    }

    @Test func takeOverBringsItBackToo() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.delivery(.passedOn(token: id, clients: ["board"]))
        try site.presence(.connected(clientID: "board", address: nil))
        #expect(try site.command(id)?.state == .queued)
    }

    @Test func unsubscribingStopsTheSending() async throws {
        let site = try await connectedSite()
        try site.presence(.unsubscribed(clientID: "board", filter: "iot/node/01/command"))
        try await ask(site)
        #expect(site.published.isEmpty)
    }

    @Test func expired() async throws {
        let site = try await Site()
        try site.telemetry()
        let id = try await ask(site, #"{"command":"reboot","ttl_seconds":60}"#)
        site.after(seconds: 59)
        try site.tick()
        #expect(try site.command(id)?.state == .queued)
        site.after(seconds: 1)
        let effects = try site.tick()
        #expect(effects.events.first { $0.topic == "nodes/node_01/commands" }?.json?["state"]?.text == "expired")
        // What is over does not go out.
        try site.presence(.connected(clientID: "board", address: nil))
        #expect(try site.presence(.subscribed(clientID: "board", filter: "iot/node/01/command")).publications.isEmpty)
    }

    @Test func whatIsOverGoesOutNoMoreAlsoBeforeAnybodyLooked() async throws {
        let site = try await Site()
        try site.telemetry()
        let over = try await ask(site, #"{"command":"reboot","ttl_seconds":60}"#)
        let other = try await ask(site, #"{"command":"reboot","ttl_seconds":61}"#)
        site.after(seconds: 60)
        try site.presence(.connected(clientID: "board", address: nil))
        let sent = try site.presence(.subscribed(clientID: "board", filter: "iot/node/01/command")).publications
        #expect(sent.map(\.token) == [other])
        #expect(sent.map(\.expirySeconds) == [1])
        try site.tick()
        #expect(try site.command(over)?.state == .expired)
    }

    /// The broker counts whole seconds: one that was begun is there to its end.
    @Test func aBegunSecondCounts() async throws {
        let site = try await Site()
        try site.telemetry()
        try await ask(site, #"{"command":"reboot","ttl_seconds":60}"#)
        site.after(seconds: 0.5)
        try site.presence(.connected(clientID: "board", address: nil))
        let sent = try site.presence(.subscribed(clientID: "board", filter: "iot/node/01/command")).publications
        #expect(sent.map(\.expirySeconds) == [60])
    }

    /// Only the one piece of work is undone; the client listens all the same, and gets it with the next tick.
    @Test func whatAnUndonePieceOfWorkPublishedIsPublishedAgain() async throws {
        struct Stop: Error {}
        let site = try await Site()
        try site.telemetry()
        let id = try await ask(site)
        try site.presence(.connected(clientID: "board", address: nil))
        #expect(throws: Stop.self) {
            try site.batch { handler, line in
                try handler.presence(.subscribed(clientID: "board", filter: "iot/node/01/command"), in: &line)
                throw Stop()
            }
        }
        #expect(try site.command(id)?.state == .queued)
        #expect(try site.tick().publications.map(\.token) == [id])
    }

    @Test func ofTwoFiltersThatNameANodeOneIsEnough() async throws {
        let site = try await Site()
        try site.telemetry(client: "mouth")
        try site.presence(.connected(clientID: "ears", address: nil))
        for spelling in ["01", "node_01"] {
            try site.presence(.subscribed(clientID: "ears", filter: "iot/node/\(spelling)/command"))
        }
        try site.presence(.unsubscribed(clientID: "ears", filter: "iot/node/01/command"))
        let id = try await ask(site)
        #expect(site.published.map(\.token) == [id])
        try site.presence(.unsubscribed(clientID: "ears", filter: "iot/node/node_01/command"))
        try await ask(site)
        #expect(site.published.isEmpty)
    }

    @Test func sentAndNeverAcknowledged() async throws {
        // A node that subscribed with QoS 0 never acknowledges.
        let site = try await connectedSite()
        let overdue = try await ask(site, #"{"command":"read","timeout_seconds":5,"ttl_seconds":60}"#)
        let expired = try await ask(site, #"{"command":"read","timeout_seconds":60,"ttl_seconds":5}"#)
        for id in [overdue, expired] { try site.delivery(.passedOn(token: id, clients: ["board"])) }
        site.after(seconds: 4.9)
        try site.tick()
        #expect(try site.command(overdue)?.state == .sent)
        site.after(seconds: 0.1)
        try site.tick()
        #expect(try site.command(overdue)?.state == .timedOut)
        #expect(try site.command(expired)?.state == .expired)
    }

    /// What comes between the end of a command's time and the tick that says so does not make another command of it.
    @Test(arguments: [false, true]) func timeEndsACommandAtItsOwnMoment(isLookedAt: Bool) async throws {
        let site = try await connectedSite()
        let begun = site.now
        let id = try await ask(site, #"{"command":"reboot","ttl_seconds":60}"#)
        try site.delivery(.queued(token: id, sessions: ["board"]))
        try site.presence(.disconnected(clientID: "board", isClean: false))
        site.after(seconds: 60.2)
        if isLookedAt { try site.tick() }
        site.after(seconds: 0.2)
        try site.presence(.connected(clientID: "board", address: nil))
        try site.tick()
        let command = try #require(try site.command(id))
        #expect(command.history.map(\.state) == [.queued, .sent, .queued, .expired])
        #expect(command.history.last?.at == begun.advanced(bySeconds: 60))
        #expect(command.updatedAt == begun.advanced(bySeconds: 60))
        // The session passes it on all the same, and what the node says of it is heard.
        try site.delivery(.acknowledged(token: id, clientID: "board"))
        #expect(try site.command(id)?.state == .expired)
        try site.hear("iot/node/01/status", #"{"command_id":"\#(id)","status":"done"}"#)
        #expect(try site.command(id)?.state == .done)
    }

    @Test func timedOutAndAnsweredAfterAll() async throws {
        let site = try await connectedSite()
        let id = try await ask(site, #"{"command":"reboot","timeout_seconds":5}"#)
        try site.delivery(.passedOn(token: id, clients: ["board"]))
        try site.delivery(.acknowledged(token: id, clientID: "board"))
        site.after(seconds: 5)
        try site.tick()
        #expect(try site.command(id)?.state == .timedOut)
        try site.hear("iot/node/01/status", #"{"command_id":"\#(id)","status":"done"}"#)
        #expect(try site.command(id)?.state == .done)
    }

    @Test func aRestartInBetweenLosesNothing() async throws {
        let site = try await connectedSite()
        let queued = try await ask(site)
        let sent = try await ask(site)
        try site.delivery(.passedOn(token: sent, clients: ["board"]))
        let delivered = try await ask(site, #"{"command":"read","timeout_seconds":600}"#)
        try site.delivery(.passedOn(token: delivered, clients: ["board"]))
        try site.delivery(.acknowledged(token: delivered, clientID: "board"))
        site.restart()
        // Nobody is connected after a start: what was on the way waits again.
        try site.tick()
        #expect(try site.command(queued)?.state == .queued)
        #expect(try site.command(sent)?.state == .queued)
        #expect(try site.command(delivered)?.state == .delivered)
        try site.presence(.connected(clientID: "board", address: nil))
        let again = try site.presence(.subscribed(clientID: "board", filter: "iot/node/01/command"))
        #expect(again.publications.map(\.token) == [queued, sent])
        try site.hear("iot/node/01/status", #"{"command_id":"\#(delivered)","status":"done"}"#)
        #expect(try site.command(delivered)?.state == .done)
    }

    @Test func aFailedBatchForgetsWhatItPublished() async throws {
        let site = try await Site()
        try site.telemetry()
        let id = try await ask(site)
        try site.presence(.connected(clientID: "board", address: nil))
        site.failingBatch { handler, line in
            try handler.presence(.subscribed(clientID: "board", filter: "iot/node/01/command"), in: &line)
        }
        let effects = try site.presence(.subscribed(clientID: "board", filter: "iot/node/01/command"))
        #expect(effects.publications.map(\.token) == [id])
    }

    @Test func aStartWhoseBatchFailsIsMadeAgain() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.delivery(.passedOn(token: id, clients: ["board"]))
        site.restart()
        site.failingBatch { handler, line in try handler.tick(in: &line) }
        #expect(try site.command(id)?.state == .sent)
        try site.tick()
        #expect(try site.command(id)?.state == .queued)
        // Once only: what is sent from now on is on its way.
        try site.presence(.connected(clientID: "board", address: nil))
        try site.presence(.subscribed(clientID: "board", filter: "iot/node/01/command"))
        try site.delivery(.passedOn(token: id, clients: ["board"]))
        site.failingBatch { handler, line in try handler.tick(in: &line) }
        try site.tick()
        #expect(try site.command(id)?.state == .sent)
    }

    @Test func tooManyWait() async throws {
        let site = try await Site(commandLimit: 3)
        try site.telemetry()
        for _ in 0..<3 { try await ask(site) }
        await #expect { try await ask(site) } throws: { ($0 as? Refusal)?.code == .limitReached }
        #expect(try site.row("SELECT COUNT(*) FROM command")?.integer(0) == 3)
    }
}
