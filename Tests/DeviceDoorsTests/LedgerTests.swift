import DeviceDoors
import Foundation
import HubModel
import Ingest
import MQTTBroker
import MQTTCodec
import SQL
import SolutionKit
import Testing
import TimeSeries

/// The ledger on the database is held against `BrokerState.apply`, the broker's own words for what an entry does.
@Suite struct LedgerTests {
    @Test(arguments: UInt64(1)...40)
    func whatIsLoadedIsWhatTheBrokerWouldHaveRemembered(seed: UInt64) async throws {
        try await Hub.run { hub in
            var story = Story(seed: seed)
            var model = BrokerState()
            for _ in 0..<12 {
                let entries = (0..<10).map { _ in story.next(model) }.reduce(into: [BrokerLedgerEntry]()) {
                    entries, make in
                    // Each entry is made with knowledge of the ones before it, as the broker does.
                    let entry = make(&story, model)
                    model.apply(entry)
                    entries.append(entry)
                }
                let outcomes = await hub.commit(entries)
                #expect(outcomes == entries.map { _ in .committed })
                let loaded = Picture(try StoredSessions.load(from: hub.database))
                #expect(loaded == Picture(model))
            }
        }
    }

    @Test func messagesLeaveTheTableWhenNobodyAwaitsThem() async throws {
        try await Hub.run { hub in
            let (a, b) = (try hub.client("a"), try hub.client("b"))
            let message = try hub.message(1, "t/x", "payload")
            let targets = try [a, b].map {
                QueuedDelivery(
                    client: $0.identifier, packetIdentifier: try #require(PacketIdentifier(7)), qos: .atLeastOnce)
            }
            _ = await hub.commit([
                hub.opened(a), hub.opened(b),
                .publication(InboundPublication(client: a, message: message, targets: targets)),
            ])
            #expect(try hub.count("mqtt_message") == 1)
            #expect(try hub.count("mqtt_delivery") == 2)
            _ = await hub.commit([.session(.outboundCompleted(client: a.identifier, .init(7) ?? .first))])
            #expect(try hub.count("mqtt_message") == 1)
            _ = await hub.commit([.session(.ended(client: b.identifier, at: 0))])
            #expect(try hub.count("mqtt_message") == 0)
            #expect(try hub.count("mqtt_delivery") == 0)
        }
    }

    @Test("the queue of a kept session, what is told of it, and its name survive together")
    func tokens() async throws {
        try await Hub.run { hub in
            let a = try hub.client("a")
            let message = Message(
                id: 1, topic: try TopicName("cmd"), payload: [1], qos: .atLeastOnce, retain: false, receivedAt: 1,
                token: "c1")
            let target = QueuedDelivery(client: a.session, packetIdentifier: .first, qos: .atLeastOnce)
            _ = await hub.commit([
                hub.opened(a), .serverPublication(ServerPublication(message: message, targets: [target])),
                .delivery(.routed(token: "c1", online: [a.session], queued: [])),
            ])
            #expect(hub.told.take() == ["ended a", "connected a", "c1 queued [\"a\"] of 1", "c1 passed on [\"a\"]"])
            let stored = try StoredSessions.load(from: hub.database).sessions[a.session]?.queue.first
            #expect(stored?.message.token == "c1")
            _ = await hub.commit([
                .session(.outboundCompleted(client: a.session, .first)),
                .delivery(.acknowledged(token: "c1", client: a.session)),
                .session(.disconnected(SessionClosing(client: a, cause: .connectionLost, expiryInterval: 60, at: 2))),
                .session(.ended(client: a.session, at: 3)),
            ])
            #expect(hub.told.take() == ["c1 acknowledged a", "disconnected a", "ended a"])
            // One that is not kept ends with its connection.
            _ = await hub.commit([
                .session(.disconnected(SessionClosing(client: a, cause: .connectionLost, expiryInterval: 0, at: 4)))
            ])
            #expect(hub.told.take() == ["disconnected a", "ended a"])
        }
    }

    @Test func aRefusedMessageKeepsNoIdentifierAndNoCopy() async throws {
        try await Hub.run { hub in
            let a = try hub.client("a")
            let message = try hub.message(1, "strict/x", "no", retain: true)
            let outcomes = await hub.commit([
                hub.opened(a),
                .publication(
                    InboundPublication(client: a, message: message, exactlyOnceIdentifier: PacketIdentifier(9))),
                .publication(InboundPublication(client: a, message: try hub.message(2, "strict/wrong/topic", "no"))),
            ])
            #expect(outcomes == [.committed, .refused(.payloadFormatInvalid), .refused(.topicNameInvalid)])
            #expect(try hub.count("mqtt_inbound") == 0)
            #expect(try hub.count("mqtt_retained") == 0)
        }
    }

    @Test func aDamagedRowIsLeftOutAndSaid() async throws {
        try await Hub.run { hub in
            let a = try hub.client("a")
            let target = QueuedDelivery(client: a.identifier, packetIdentifier: .first, qos: .atLeastOnce)
            _ = await hub.commit([
                hub.opened(a),
                .publication(InboundPublication(client: a, message: try hub.message(1, "t", "x"), targets: [target])),
                .publication(InboundPublication(client: a, message: try hub.message(2, "kept", "x", retain: true))),
            ])
            _ = try await hub.line.perform { line in
                try line.transaction().execute("UPDATE mqtt_message SET packet = $1", [.blob([0x30, 0xFF])])
            }
            var damaged: [String] = []
            let state = try StoredSessions.load(from: hub.database) { damaged.append($0) }
            // The message, and the place in the queue that refers to it.
            #expect(damaged == ["mqtt_message", "mqtt_delivery"])
            #expect(state.sessions[a.identifier]?.queue.isEmpty == true && state.retained.count == 1)
        }
    }

    @Test func aLineThatHasStoppedFailsEntriesSoThatClientsSendAgain() async throws {
        try await Hub.run { hub in
            hub.line.stop()
            let outcomes = await hub.commit([hub.opened(try hub.client("a"))])
            #expect(outcomes == [.failed])
        }
    }

    @Test func twoOwnersOfOneClientIdentifierHaveTheirOwnRows() async throws {
        try await Hub.run { hub in
            let clients = try ["x", "y"].map {
                ConnectedClient(
                    identifier: try MQTTString("board"), userName: nil, remoteAddress: "127.0.0.1:1", version: .v5_0,
                    owner: "device:\($0)", generation: $0 == "x" ? 7 : nil)
            }
            let target = QueuedDelivery(client: clients[0].session, packetIdentifier: .first, qos: .atLeastOnce)
            let message = try hub.message(1, "t", "x")
            _ = await hub.commit(
                clients.map(hub.opened) + [
                    .publication(
                        InboundPublication(
                            client: clients[1], message: message, exactlyOnceIdentifier: .first, targets: [target]))
                ])
            var state = try StoredSessions.load(from: hub.database)
            #expect(clients.map { state.sessions[$0.session]?.owner } == ["device:x", "device:y"])
            #expect(clients.map { state.sessions[$0.session]?.generation } == [7, nil])
            #expect(clients.map { state.sessions[$0.session]?.queue.count } == [1, 0])
            #expect(clients.map { state.sessions[$0.session]?.inboundIdentifiers.count } == [0, 1])
            _ = await hub.commit([.session(.ended(client: clients[1].session, at: 0))])
            state = try StoredSessions.load(from: hub.database)
            #expect(state.sessions.keys.map(\.self) == [clients[0].session])
            #expect(ClientName.identifier(clients[0].sessionText) == "board")
        }
    }

    @Test func sessionsFromBeforeTheyHadNamesKeepTheirOwners() async throws {
        let database = try Database.open(DatabaseConfiguration(.memory))
        let before = Migrations(
            owner: "mqtt", Array(SessionMigrations.all.list.prefix { $0.name != "session-name" }))
        _ = try await database.migrate([before], at: 0)
        try await database.write { transaction in
            for (client, owner) in [
                ("a", "'device:node_01'"), ("b", "NULL"), ("w", "'pending:new'"), ("t", "'token:1'"),
            ] {
                try transaction.execute(
                    "INSERT INTO mqtt_session (client, expiry_interval, owner) VALUES ('\(client)', 60, \(owner))")
                try transaction.execute("INSERT INTO mqtt_inbound VALUES ('\(client)', 3)")
                try transaction.execute(
                    "INSERT INTO mqtt_subscription (client, filter, options) VALUES ('\(client)', 'f/#', 1)")
            }
        }
        _ = try await database.migrate([SessionMigrations.all], at: 0)
        let state = try StoredSessions.load(from: database)
        let owners = ["a": "device:node_01", "b": nil, "t": "token:1"]
        #expect(state.sessions.count == 3)
        for (identifier, owner) in owners {
            let name = ConnectedClient.session(owner: owner, identifier: try MQTTString(identifier))
            #expect(state.sessions[name]?.owner == owner)
            #expect(state.sessions[name]?.inboundIdentifiers.count == 1)
            #expect(state.sessions[name]?.subscriptions.count == 1)
        }
    }
}

/// A broker's state in a form that compares.
private struct Picture: Equatable {
    let sessions: [String]
    let retained: [String]
    let wills: [String]

    init(_ state: BrokerState) {
        wills = state.wills.map { name, stored in
            let (client, will) = (stored.client, stored.will)
            return
                "\(name) \(client.identifier) \(String(describing: client.owner)) \(String(describing: client.sessionOwner)) \(client.remoteAddress) \(client.quotaAddress ?? "-") \(client.generation ?? -1) \(client.version) \(will.topic) \(will.payload) \(will.qos) \(will.retain) \(will.properties.list) \(stored.keepAlive) \(String(describing: stored.dueAt))"
        }.sorted()
        sessions = state.sessions.map { client, session in
            let subscriptions = session.subscriptions.values.map { "\($0)" }.sorted()
            let queue = session.queue.map { entry in
                "\(entry.message.id) \(entry.message.topic) \(entry.message.payload) \(entry.message.properties.list) \(entry.delivery) \(entry.isReceived) \(entry.isSent)"
            }
            let inbound = session.inboundIdentifiers.map(\.rawValue).sorted()
            return
                "\(client) \(session.quotaAddress ?? "-") \(session.expiryInterval) \(String(describing: session.inFlight)) \(String(describing: session.disconnectedAt)) \(subscriptions) \(queue) \(inbound)"
        }.sorted()
        retained = state.retained.values.map {
            "\($0.id) \($0.topic) \($0.payload) \($0.qos) \($0.properties.list) \($0.publisher ?? "-")"
        }.sorted()
    }
}
