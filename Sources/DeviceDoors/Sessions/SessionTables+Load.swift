public import MQTTBroker
internal import MQTTCodec
public import SQL

/// Reads back, after a restart, what the broker must not forget.
public enum StoredSessions {
    /// The state of the broker as the last commit left it.
    ///
    /// A row that cannot be what this program wrote is left out and told to `damaged`, with the name of its table: one damaged message must
    /// not keep all devices away.
    /// - Throws: `SQLFailure` when the tables cannot be read.
    public static func load(
        from database: Database, damaged: (_ table: String) -> Void = { _ in }
    ) throws -> BrokerState {
        try database.readBlocking { reader in
            var state = BrokerState()
            try each(
                reader,
                """
                SELECT client, expiry_interval, disconnected_at, owner, quota_address, in_flight, generation
                FROM mqtt_session
                """,
                in: "mqtt_session", damaged
            ) { row in
                state.sessions[try MQTTString(row.text(0))] = StoredSession(
                    expiryInterval: UInt32(clamping: try row.integer(1)),
                    disconnectedAt: try row.optionalInteger("disconnected_at"), owner: try row.optionalText("owner"),
                    generation: try row.optionalInteger("generation"),
                    quotaAddress: try row.optionalText("quota_address"),
                    inFlight: try row.optionalInteger("in_flight").map { UInt16(clamping: $0) })
            }
            try each(
                reader, "SELECT client, filter, options, identifier FROM mqtt_subscription", in: "mqtt_subscription",
                damaged
            ) { row in
                let filter = try TopicFilter(row.text(1))
                let subscription = try found(
                    SubscriptionOptions.decode(try row.integer(2), filter: filter), "mqtt_subscription")
                state.sessions[try MQTTString(row.text(0))]?.subscriptions[filter] = StoredSubscription(
                    subscription: subscription,
                    identifier: try row.optionalInteger("identifier").map { UInt32(clamping: $0) })
            }
            try each(reader, "SELECT client, packet_identifier FROM mqtt_inbound", in: "mqtt_inbound", damaged) { row in
                let identifier = try packetIdentifier(try row.integer(1), "mqtt_inbound")
                state.sessions[try MQTTString(row.text(0))]?.inboundIdentifiers.insert(identifier)
            }
            try loadQueues(reader, into: &state, damaged)
            try each(
                reader, "SELECT id, received_at, qos, packet, publisher FROM mqtt_retained", in: "mqtt_retained",
                damaged
            ) { row in
                let message = try message(row, "mqtt_retained", publisher: try row.optionalText("publisher"))
                state.retained[message.topic] = message
                state.lastMessageID = max(state.lastMessageID, message.id)
            }
            try loadWills(reader, into: &state, damaged)
            return state
        }
    }

    /// The accounts that have sessions, by their owners' names (`ConnectionOwner.account`).
    /// - Throws: `SQLFailure`.
    public static func accounts(in database: Database) async throws -> [String] {
        try await database.read { reader in
            try reader.query("SELECT DISTINCT owner FROM mqtt_session WHERE owner LIKE 'account:%'").map {
                try $0.text(0)
            }
        }
    }

    static func each(
        _ reader: Reader, _ sql: String, in table: String, _ damaged: (String) -> Void, _ take: (Row) throws -> Void
    ) throws {
        try reader.queryEach(sql, []) { row in
            do {
                try take(row)
            } catch {
                damaged(table)
            }
        }
    }

    private static func loadQueues(
        _ reader: Reader, into state: inout BrokerState, _ damaged: (String) -> Void
    ) throws {
        var messages: [Int64: Message] = [:]
        try each(reader, "SELECT id, received_at, qos, packet, token FROM mqtt_message", in: "mqtt_message", damaged) {
            row in
            let message = try message(row, "mqtt_message", token: try row.optionalText("token"))
            messages[try row.integer(0)] = message
            state.lastMessageID = max(state.lastMessageID, message.id)
        }
        let deliveries = """
            SELECT client, packet_identifier, message, qos, retain, subscription_identifiers, is_received, place,
                is_sent
            FROM mqtt_delivery ORDER BY client, place, message
            """
        try each(reader, deliveries, in: "mqtt_delivery", damaged) { row in
            let client = try MQTTString(row.text(0))
            let delivery = QueuedDelivery(
                client: client, packetIdentifier: try packetIdentifier(try row.integer(1), "mqtt_delivery"),
                qos: try found(QoS(rawValue: UInt8(clamping: try row.integer(3))), "mqtt_delivery"),
                retain: try row.boolean("retain"),
                subscriptionIdentifiers: try row.text(5).split(separator: ",").compactMap { UInt32($0) },
                place: try row.integer(7))
            state.sessions[client]?.queue.append(
                StoredDelivery(
                    message: try found(messages[try row.integer(2)], "mqtt_delivery"), delivery: delivery,
                    isReceived: try row.boolean("is_received"), isSent: try row.boolean("is_sent")))
        }
    }

    private static func message(
        _ row: Row, _ table: String, token: String? = nil, publisher: String? = nil
    ) throws -> Message {
        try found(
            StoredMessage.message(
                packet: try row.blob(3), id: try row.integer(0), qos: try row.integer(2),
                receivedAt: try row.integer(1), token: token, publisher: publisher), table)
    }

    private static func packetIdentifier(_ value: Int64, _ table: String) throws -> PacketIdentifier {
        try found(UInt16(exactly: value).flatMap(PacketIdentifier.init), table)
    }

    static func found<Value>(_ value: Value?, _ table: String) throws(SQLFailure) -> Value {
        guard let value else { throw SQLFailure(.corrupt, "a row of \(table) cannot be read") }
        return value
    }
}
