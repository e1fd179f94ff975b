import HubModel
import HubTesting
import Nodes
import SQL
import SolutionKit
import Testing

/// The simulated fleet speaks as the contract says, and always the same.
@Suite struct SimulatorTests {
    @Test func itSpeaksAsTheContractSays() throws {
        let simulator = NodesSimulator(seed: 7, count: 3, interval: 5_000_000)
        let message = simulator.telemetry(0, at: ten)
        #expect(message.topic == "iot/node/01/telemetry")
        let text = String(decoding: message.payload, as: UTF8.self)
        #expect(text.hasPrefix(#"{"node_id":"node_01","timestamp":1795255200,"sensors":{"temperature":"#))
        let json = try JSONTree(message.payload)
        #expect(json.keys == ["node_id", "timestamp", "sensors", "wifi_rssi", "uptime"])
        #expect(json["sensors"]?.keys.isSuperset(of: ["temperature", "humidity"]) == true)
    }

    @Test func itIsAlwaysTheSame() {
        let one = NodesSimulator(seed: 7, count: 20, interval: 100_000)
        let same = NodesSimulator(seed: 7, count: 20, interval: 100_000)
        let other = NodesSimulator(seed: 8, count: 20, interval: 100_000)
        for index in 0..<20 {
            #expect(one.telemetry(index, at: ten) == same.telemetry(index, at: ten))
            #expect(one.telemetry(index, at: ten) != other.telemetry(index, at: ten))
            #expect((0..<100_000).contains(one.phase(index)))
        }
    }

    @Test func itsValuesAreThoseOfARoom() throws {
        let simulator = NodesSimulator(seed: 1, count: 12, interval: 1_000_000)
        for hour in 0..<48 {
            for index in 0..<12 {
                let json = try JSONTree(
                    simulator.telemetry(index, at: ten.advanced(bySeconds: Int64(hour) * 1_801)).payload)
                let temperature = try #require(json["sensors"]?["temperature"]?.number)
                #expect((15...28).contains(temperature))
                let signal = try #require(json["wifi_rssi"]?.number)
                #expect((-90 ... -50).contains(signal))
            }
        }
    }

    @Test func theHubUnderstandsIt() async throws {
        let site = try await Site()
        let simulator = NodesSimulator(seed: 3, count: 5, interval: 200_000)
        for index in 0..<5 {
            for message in [
                simulator.telemetry(index, at: site.now), simulator.status(index, at: site.now), simulator.will(index),
            ] {
                try site.hear(
                    message.topic, String(decoding: message.payload, as: UTF8.self), client: simulator.clientID(index))
            }
        }
        #expect(
            try site.row("SELECT COUNT(*) FROM node WHERE state = 'offline' AND firmware IS NOT NULL")?.integer(0) == 5)
    }

    @Test func itAnswersCommands() async throws {
        let simulator = NodesSimulator(seed: 3, count: 2, interval: 1_000_000)
        let site = try await Site()
        try site.telemetry("01", client: simulator.clientID(0))
        try site.presence(.connected(clientID: simulator.clientID(0), address: nil))
        try site.presence(.subscribed(clientID: simulator.clientID(0), filter: simulator.commandTopic(0)))
        var ends: Set<CommandState> = []
        for number in 0..<60 {
            let name = number == 0 ? "dance" : ["set_led", "read", "reboot"][number % 3]
            site.published = []
            let response = try await site.call(
                .post, "/api/nodes/{id}/commands", ["id": "01"],
                body: #"{"command":"\#(name)","params":{"state":"on"}}"#)
            let id = try #require(try JSONTree(response.body)["command_id"]?.text)
            let payload = try #require(site.published.first?.payload)
            let answer = try #require(simulator.answer(to: payload, node: 0, at: site.now))
            try site.hear(answer.topic, String(decoding: answer.payload, as: UTF8.self), client: simulator.clientID(0))
            let state = try #require(try site.command(id)?.state)
            #expect(number != 0 || state == .failed)
            ends.insert(state)
        }
        #expect(ends == [.done, .failed])
        #expect(simulator.answer(to: Array("hello".utf8), node: 0, at: ten) == nil)
        #expect(simulator.answer(to: Array("{}".utf8), node: 0, at: ten) == nil)
        #expect(
            simulator.answer(to: Array(#"{"command":"set_led","params":{"state":"on"}}"#.utf8), node: 0, at: ten) != nil
        )
    }
}
