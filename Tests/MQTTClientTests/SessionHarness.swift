import MQTTClient
import MQTTCodec

/// A session and short words to drive it; every call returns the actions it caused.
struct SessionHarness {
    var session: ClientSession
    private var nextTicket: UInt64 = 0

    init(_ version: ProtocolVersion, _ change: (inout MQTTClientConfiguration) -> Void = { _ in }) throws {
        var configuration = MQTTClientConfiguration(
            host: "127.0.0.1", version: version, clientIdentifier: try MQTTString("c"))
        change(&configuration)
        session = ClientSession(ClientSettings(configuration))
    }

    mutating func connect(present: Bool = false, _ properties: Properties = .none) -> [ClientAction] {
        var actions: [ClientAction] = []
        session.transportConnected(&actions)
        actions.removeAll()
        session.received(
            .connack(Connack(sessionPresent: present, properties: properties)), isWritable: true, &actions)
        return actions.filter {
            if case .established = $0 { false } else { true }
        }
    }

    mutating func receive(_ packet: Packet) -> [ClientAction] {
        var actions: [ClientAction] = []
        session.received(packet, isWritable: true, &actions)
        return actions
    }

    mutating func publish(
        _ payload: UInt8, _ qos: QoS, retain: Bool = false, writable: Bool = true
    ) throws -> [ClientAction] {
        defer { nextTicket += 1 }
        var actions: [ClientAction] = []
        let message = MQTTMessage(topic: try TopicName("t"), payload: [payload], qos: qos, retain: retain)
        try session.publish(message, ticket: nextTicket, isWritable: writable, &actions)
        return actions
    }

    mutating func subscribe(_ filters: [String], identifier: UInt32? = nil, ticket: UInt64) throws -> [ClientAction] {
        var actions: [ClientAction] = []
        let subscriptions = try filters.map { Subscription(filter: try TopicFilter($0), maximumQoS: .atLeastOnce) }
        try session.subscribe(subscriptions, identifier: identifier, ticket: ticket, &actions)
        return actions
    }

    mutating func lose() { session.transportLost() }

    mutating func acknowledge(
        _ acknowledgement: ReceivedMessage.Acknowledgement?, _ reason: ReasonCode = .success
    ) -> [ClientAction] {
        var actions: [ClientAction] = []
        if let acknowledgement { session.acknowledge(acknowledgement, reason: reason, &actions) }
        return actions
    }
}

func identifier(_ number: UInt16) -> PacketIdentifier { PacketIdentifier(number) ?? .first }

func sent(_ payload: UInt8, _ qos: QoS, _ number: UInt16? = nil, duplicate: Bool = false) throws -> ClientAction {
    .send(
        .publish(
            Publish(
                topic: try TopicName("t"), payload: [payload], qos: qos, isDuplicate: duplicate,
                packetIdentifier: number.map(identifier))))
}

func arriving(_ payload: UInt8, _ qos: QoS, _ number: UInt16? = nil, duplicate: Bool = false) throws -> Packet {
    .publish(
        Publish(
            topic: try TopicName("t"), payload: [payload], qos: qos, isDuplicate: duplicate,
            packetIdentifier: number.map(identifier)))
}

func answer(_ number: UInt16, _ reason: ReasonCode = .success) -> PublishAnswer {
    PublishAnswer(packetIdentifier: identifier(number), reason: reason)
}

extension [ClientAction] {
    var delivered: [ReceivedMessage] {
        compactMap { if case .deliver(let message) = $0 { message } else { nil } }
    }

    var packets: [Packet] {
        compactMap { if case .send(let packet) = $0 { packet } else { nil } }
    }
}
