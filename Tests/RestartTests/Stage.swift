import Foundation
import HubModel
import HubTesting
import MQTTCodec
import Nodes
import SolutionKit

/// A hub and the devices of all stories: does what a history says.
final class Stage {
    let hub: WholeHub
    private let clock: ManualClock
    private var players: [Player]
    /// Whether outages are the hub's.
    private let restarts: Bool

    init(folder: String, template: String?, restarts: Bool) throws {
        clock = ManualClock(Timestamp(iso8601: "2026-11-21T10:00:00Z") ?? Timestamp(seconds: 0))
        hub = try WholeHub(folder: folder, template: template, clock: clock)
        self.restarts = restarts
        players = (0..<History.stories).map(Player.init)
    }

    /// Starts the hub, with a lot in which each story has a spot.
    func begin() async throws {
        try await hub.start()
        let spots = (0..<History.stories).map { "{\"spot_id\":\"S\($0)\"}" }.joined(separator: ",")
        let answer = try await hub.ask(
            .post, "/api/lots/import",
            body: """
                {"lots":[{"lot_id":"L","name":"Lot","time_zone":"Europe/Berlin","spots":[\(spots)]}]}
                """)
        guard !answer.hasPrefix("refused") else { fatalError(answer) }
    }

    func end() async throws { try await hub.end(.terminated) }

    func perform(_ happening: Happening) async throws {
        switch happening {
        case .deed(let story, let deed):
            // No two things happen in one microsecond, so that none has to give way to the other.
            hub.breathe()
            try await perform(deed, &players[story])
        case .pass(let milliseconds): try await pass(milliseconds)
        case .seal: try await hub.seal()
        case .outage(let milliseconds, let ending): try await outage(milliseconds, ending)
        }
    }

    /// Devices that are connected send PINGREQ often enough, and read what comes.
    private func pass(_ milliseconds: Int64) async throws {
        try await hub.pass(milliseconds: milliseconds)
        for index in players.indices {
            try await listen(&players[index])
            if let connection = players[index].connection { try await hub.send(.pingreq, on: connection) }
        }
    }

    private func outage(_ milliseconds: Int64, _ ending: Ending) async throws {
        // When a node was last heard is written once a second: SIGKILL may take the last second of it (docs/ARCHITECTURE.md).
        if ending == .killed { try await hub.pass(milliseconds: 1_001) }
        if restarts {
            try await hub.end(ending)
        } else {
            for player in players {
                if let connection = player.connection { try await hub.drop(connection) }
            }
        }
        for index in players.indices { players[index].lose(at: clock.now()) }
        let waiting = players.indices.filter { !players[$0].mayReturn(at: clock.now()) }
        try await hub.pass(milliseconds: milliseconds)
        if restarts { try await hub.start() }
        for index in waiting { players[index].wait(from: clock.now()) }
    }

    // MARK: One story

    private func perform(_ deed: Deed, _ player: inout Player) async throws {
        switch deed {
        case .connect: try await connect(&player)
        case .leave:
            guard let connection = player.connection else { return }
            try await hub.send(.disconnect(Disconnect()), on: connection)
            player.leave()
        case .vanish:
            guard let connection = player.connection else { return }
            try await hub.drop(connection)
            player.lose(at: clock.now())
        case .report(let value, let stamp):
            try await publish(
                "iot/node/\(player.node)/telemetry",
                "{\"sensors\":{\"t\":\(value),\"u\":\(value % 7)}\(member(stamp))}", qos: .atLeastOnce, &player)
        case .health(let uptime):
            try await publish(
                "iot/node/\(player.node)/status", "{\"uptime\":\(uptime),\"rssi\":-60}", qos: .atLeastOnce, &player)
        case .park(let isOccupied, let stamp):
            try await publish(
                "parkmate/spot/status",
                "{\"spot_id\":\"S\(player.number)\",\"lot_id\":\"L\",\"occupied\":\(isOccupied)\(member(stamp))}",
                qos: .atLeastOnce, &player)
        case .command(let seconds):
            // Whether a node is known of which only the will was heard is not the same before that is due.
            guard player.mayReturn(at: clock.now()) else { return }
            player.asked.append(
                try await hub.ask(
                    .post, "/api/nodes/{id}/commands", ["id": player.node],
                    body: "{\"command\":\"blink\",\"params\":{},\"ttl_seconds\":\(seconds),\"timeout_seconds\":120}"))
        case .withhold(let isSo):
            player.withholds = isSo
        case .answer:
            guard player.connection != nil, !player.commands.isEmpty else { return }
            let command = player.commands.removeFirst()
            try await publish(
                "iot/node/\(player.node)/status", "{\"command_id\":\"\(command)\",\"status\":\"done\"}",
                qos: .atLeastOnce, &player)
        case .retain(let number, let isEmpty, let seconds):
            try await publish(
                "kept/\(player.number)", isEmpty ? "" : "\(number)", qos: .atLeastOnce, retain: true, seconds: seconds,
                &player)
        case .tell(let story, let number, let quality, let seconds):
            try await publish(
                "to/\(story)", "\(number)", qos: QoS(rawValue: quality) ?? .atLeastOnce, seconds: seconds, &player)
        }
        try await listen(&player)
    }

    private func member(_ stamp: Stamp) -> String {
        let now = clock.now().microseconds
        switch stamp {
        case .none: return ""
        case .off(let milliseconds): return ",\"timestamp\":\((now + milliseconds * 1_000) / 1_000)"
        case .neverSet(let seconds): return ",\"timestamp\":\(946_684_800 + seconds)"
        case .nonsense: return ",\"timestamp\":\"N/A\""
        }
    }

    private func connect(_ player: inout Player) async throws {
        guard player.connection == nil, player.mayReturn(at: clock.now()) else { return }
        guard let connection = try await hub.dial(player.version) else { return }
        player.connection = connection
        try await hub.send(.connect(player.hello), on: connection)
        try await listen(&player)
        guard player.connection != nil else { return }
        try await hub.send(.subscribe(player.subscriptions), on: connection)
        try await listen(&player)
    }

    private func publish(
        _ topic: String, _ payload: String, qos: QoS, retain: Bool = false, seconds: UInt32? = nil,
        _ player: inout Player
    ) async throws {
        guard let connection = player.connection else { return }
        let identifier = player.nextIdentifier()
        var properties = Properties.none
        if let seconds, player.version == .v5_0 { properties.append(.messageExpiryInterval(seconds)) }
        let publish = Publish(
            topic: try TopicName(topic), payload: Array(payload.utf8), qos: qos, retain: retain,
            packetIdentifier: identifier, properties: properties)
        try await hub.send(.publish(publish), on: connection)
    }

    /// Reads what came, and acknowledges it unless the player withholds that.
    private func listen(_ player: inout Player) async throws {
        while let connection = player.connection {
            guard let packets = hub.read(connection) else {
                player.lose(at: clock.now())
                return
            }
            let answers = packets.flatMap { player.hear($0) } + player.owed()
            if answers.isEmpty { return }
            for answer in answers { try await hub.send(answer, on: connection) }
        }
    }

    // MARK: What can be asked for

    /// Every answer of the hub about every story, by what was asked; not those that wait for a will to become due.
    func answers() async throws -> [String: String] {
        var answers: [String: String] = [:]
        for player in players where player.mayReturn(at: clock.now()) {
            let id = ["id": player.node]
            for path in ["", "/latest", "/readings", "/commands"] {
                let query = path == "/readings" ? [(name: "from", value: "1990-01-01T00:00:00Z")] : []
                let answer = try await hub.ask(.get, "/api/nodes/{id}" + path, id, query: query)
                answers["\(player.node)\(path)"] =
                    path == "/commands"
                    ? withoutLastReturn(without(["at", "updated_at"], answer))
                    : without(player.hasWill ? Stage.timesOfWills : [], answer)
            }
            answers["\(player.node) heard"] = player.heard.joined(separator: " ")
            answers["\(player.node) was given"] = player.given.joined(separator: " ")
            answers["\(player.node) asked"] = player.asked.joined(separator: " ")
        }
        answers["lot"] = try await hub.ask(.get, "/api/lots/{id}", ["id": "L"])
        answers["stats"] = try await hub.ask(.get, "/api/stats/{id}", ["id": "L"])
        answers["sessions"] = try await hub.ask(.get, "/api/lots/{id}/sessions", ["id": "L"])
        answers["kept"] = try await retained()
        // Sessions that began at once come in the order of their names.
        answers["sessions"] = answers["sessions"].map(named)?.split(separator: "{").sorted().joined(separator: "{")
        return answers
    }

    /// The names of sessions are made by chance, and say nothing.
    private func named(_ answer: String) -> String {
        answer.replacing(/"session_id":"[0-9a-z]+"/) { _ in "\"session_id\":\"…\"" }
    }

    /// A will is published later by a hub that was away, and what it says of its node is as old as that.
    private static let timesOfWills = ["state_since", "last_seen", "first_seen"]

    /// An answer without these times. A command that comes back to the queue with its connection does so when the hub knows
    /// that that is lost: after a restart, when it starts.
    private func without(_ times: [String], _ answer: String) -> String {
        times.reduce(answer) { answer, name in
            answer.replacing(member(name), with: "\"\(name)\":\"…\"")
        }
    }

    /// A command that is returned to the queue and expires there: whether its connection was lost just before or just after that, a hub
    /// cannot know that was away.
    private func withoutLastReturn(_ commands: String) -> String {
        let (returned, expired) = (#"{"state":"queued","at":"…"},"#, #"{"state":"expired","at":"…"}"#)
        return commands.replacingOccurrences(of: returned + expired, with: expired)
    }

    private func member(_ name: String) -> Regex<AnyRegexOutput> {
        guard let regex = try? Regex("\"\(name)\":\"[^\"]+\"") else { fatalError("a name of letters") }
        return regex
    }

    /// What somebody new is told who subscribes to all that is retained.
    private func retained() async throws -> String {
        guard let connection = try await hub.dial(.v5_0) else { return "" }
        try await hub.send(
            .connect(Connect(version: .v5_0, clientIdentifier: try MQTTString("reader"), keepAlive: 0)), on: connection)
        try await hub.send(.subscribe(try subscribe(to: ["kept/#"], qos: .atMostOnce)), on: connection)
        let packets = hub.read(connection) ?? []
        try await hub.send(.disconnect(Disconnect()), on: connection)
        return packets.compactMap { packet -> String? in
            guard case .publish(let publish) = packet else { return nil }
            return "\(publish.topic?.description ?? "")=\(String(decoding: publish.payload, as: UTF8.self))"
        }.sorted().joined(separator: " ")
    }
}

func subscribe(to filters: [String], qos: QoS) throws -> Subscribe {
    guard let identifier = PacketIdentifier(UInt16.max) else { fatalError("65535 is a packet identifier") }
    return Subscribe(
        packetIdentifier: identifier,
        subscriptions: try filters.map { Subscription(filter: try TopicFilter($0), maximumQoS: qos) },
        properties: .none)
}
