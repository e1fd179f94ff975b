import HubModel
import Nodes
import SolutionKit
import Testing

/// The simulated nodes as a fleet drives them: no socket, no clock.
@Suite struct SimulatedNodesTests {
    private let begin = Timestamp(microseconds: 1_800_000_000_000_000)
    private let fleet = SimulatedNodes(NodesSimulator(seed: 7, count: 3, interval: 2_000_000))

    private func topics(_ actions: [SimulatedAction<Never>]) -> [String] {
        actions.compactMap { action in
            guard case .publish(let message, .itself) = action else { return nil }
            return message.topic
        }
    }

    @Test("a node says how it is, then what it measures, then only what it measures for 29 intervals")
    func reports() {
        var node = fleet.device(1, at: begin)
        #expect(node.nextDue == begin)
        #expect(topics(node.take(.due, at: begin)) == ["iot/node/02/status", "iot/node/02/telemetry"])
        for round in 1..<30 {
            #expect(node.nextDue == begin.advanced(bySeconds: Int64(2 * round)))
            #expect(topics(node.take(.due, at: node.nextDue)) == ["iot/node/02/telemetry"])
        }
        #expect(topics(node.take(.due, at: node.nextDue)).count == 2)
    }

    @Test("a node that was a little late keeps its rhythm; one that was away begins it anew")
    func rhythm() {
        var node = fleet.device(0, at: begin)
        _ = node.take(.due, at: begin.advanced(byMicroseconds: 1_999_999))
        #expect(node.nextDue == begin.advanced(bySeconds: 2))
        let back = begin.advanced(bySeconds: 3_600)
        _ = node.take(.due, at: back)
        #expect(node.nextDue == back.advanced(bySeconds: 2))
    }

    @Test("a node with a memory makes up for what it measured while the hub was away, the oldest first")
    func memory() throws {
        let simulator = NodesSimulator(seed: 7, count: 3, interval: 2_000_000, memory: 400)
        var node = SimulatedNode(simulator, 1, at: begin)
        func sent(_ actions: [SimulatedAction<Never>]) -> [SimulatedMessage] {
            actions.compactMap { action in
                guard case .publish(let message, .itself) = action, message.topic.hasSuffix("telemetry") else {
                    return nil
                }
                return message
            }
        }
        func measured(_ seconds: some Sequence<Int64>) -> [SimulatedMessage] {
            seconds.map { simulator.telemetry(1, at: begin.advanced(bySeconds: $0)) }
        }
        #expect(sent(node.take(.due, at: begin)) == measured([0]))
        _ = node.take(.settled(isStored: true), at: begin)
        #expect(node.nextDue == begin.advanced(bySeconds: 2))

        let back = begin.advanced(bySeconds: 301)
        #expect(sent(node.take(.due, at: back)) == measured(stride(from: 2, through: 200, by: 2)))
        #expect(node.nextDue < back)
        // Nobody knows whether they were stored: they come again after a pause, half as many, then more again.
        _ = node.take(.settled(isStored: false), at: back)
        #expect(node.nextDue > back && node.nextDue < back.advanced(bySeconds: 2))
        let later = back.advanced(bySeconds: 60)
        #expect(sent(node.take(.due, at: later)) == measured(stride(from: 2, through: 100, by: 2)))
        _ = node.take(.settled(isStored: true), at: later)
        #expect(node.nextDue < later)
        #expect(sent(node.take(.due, at: later)) == measured(stride(from: 102, through: 300, by: 2)))
        _ = node.take(.settled(isStored: true), at: later)
        #expect(sent(node.take(.due, at: later)) == measured(stride(from: 302, through: 360, by: 2)))
        _ = node.take(.settled(isStored: true), at: later)
        #expect(node.nextDue == begin.advanced(bySeconds: 362))
        // However often it is refused, a report alone goes at last.
        for _ in 0..<12 {
            _ = node.take(.due, at: node.nextDue.advanced(bySeconds: 400))
            _ = node.take(.settled(isStored: false), at: node.nextDue.advanced(bySeconds: 400))
        }
        #expect(sent(node.take(.due, at: node.nextDue)).count == 1)
    }

    @Test("a memory that is too small keeps the times from the first to the last")
    func smallMemory() throws {
        let simulator = NodesSimulator(seed: 7, count: 1, interval: 2_000_000, memory: 8)
        var node = SimulatedNode(simulator, 0, at: begin)
        let back = begin.advanced(bySeconds: 600)
        let payloads = node.take(.due, at: back).compactMap { action -> [UInt8]? in
            guard case .publish(let message, _) = action, message.topic.hasSuffix("telemetry") else { return nil }
            return message.payload
        }
        #expect((3...8).contains(payloads.count))
        #expect(payloads.first == simulator.telemetry(0, at: begin).payload)
        #expect(payloads.last == simulator.telemetry(0, at: back).payload)
    }

    @Test("a command is answered, what is none is not; neither changes when it reports")
    func commands() {
        var node = fleet.device(0, at: begin)
        let command = SimulatedMessage(
            topic: "iot/node/01/command", payload: Array(#"{"command":"read","command_id":"c1"}"#.utf8))
        #expect(topics(node.take(.message(command), at: begin)) == ["iot/node/01/status"])
        let noise = SimulatedMessage(topic: "iot/node/01/command", payload: Array("ON".utf8))
        #expect(node.take(.message(noise), at: begin).isEmpty)
        #expect(node.nextDue == begin)
    }

    @Test("each client has its own name, hears its own commands and may use a key of either spelling")
    func clients() {
        let client = fleet.client(2)
        #expect(client.identifier == "node-03" && client.names == ["node_03", "03"])
        #expect(client.subscriptions == ["iot/node/03/command"] && client.will?.topic == "iot/node/03/status")
        #expect((0..<2_000_000).contains(client.delay))
        #expect(fleet.devices.map(\.name) == ["node_01", "node_02", "node_03"])
        #expect(fleet.devices.allSatisfy { $0.controller == nil })
    }

    @Test("the lines for people count messages, and how many came a second since the line before")
    func lines() {
        var before = FleetTally<Never>()
        before.notePublished(acknowledged: 10, failed: 0)
        var tally = before
        tally.noteConnected()
        tally.noteConnected()
        tally.noteDisconnected()
        tally.notePublished(acknowledged: 50, failed: 2)
        #expect(
            fleet.progress(tally, before: before, seconds: 5)
                == "1 of 3 nodes connected, 60 messages acknowledged (10 a second), 2 failed")
        #expect(fleet.summary(tally) == "60 messages acknowledged, 2 failed")
    }
}
