internal import HubModel
internal import MQTTBroker
internal import MQTTCodec
internal import SQL

/// Writes what the broker must not forget, within the transaction of the message or change that it belongs to. The columns `client` hold
/// names of sessions (`ConnectedClient.session`).
struct SessionTables {
    let transaction: Transaction

    /// Keeps a message's packet identifier, its places in queues, and the message itself where it is retained.
    func store(
        _ message: Message, targets: [QueuedDelivery], client: MQTTString?, exactlyOnce identifier: PacketIdentifier?
    ) throws {
        if let client, let identifier {
            // The session may have been dropped by a change that was stored before this message: then there is
            // nothing to keep.
            try transaction.execute(
                """
                INSERT INTO mqtt_inbound (client, packet_identifier)
                SELECT client, CAST($2 AS BIGINT) FROM mqtt_session WHERE client = $1
                ON CONFLICT (client, packet_identifier) DO NOTHING
                """, [.text(client.description), .integer(Int64(identifier.rawValue))])
        }
        if message.retain { try retain(message) }
        try queue(message, targets)
    }

    /// Keeps a change of a session.
    func apply(_ change: SessionChange) throws {
        switch change {
        case .connected(let opening): try open(opening)
        case .disconnected(let closing): try close(closing)
        case .absent(let client, let since, let sent): try markAbsent(client, since: since, sent: sent)
        case .ended(let client, _): try drop(client)
        case .subscribed(let client, let subscriptions):
            for subscription in subscriptions { try subscribe(client, subscription) }
        case .unsubscribed(let client, let filters):
            for filter in filters {
                try transaction.execute(
                    "DELETE FROM mqtt_subscription WHERE client = $1 AND filter = $2",
                    [.text(client.description), .text(filter.description)])
            }
        case .inboundReleased(let client, let identifier):
            try transaction.execute(
                "DELETE FROM mqtt_inbound WHERE client = $1 AND packet_identifier = $2", key(client, identifier))
        case .outboundQueued(let message, let delivery): try queue(message, [delivery])
        case .outboundReceived(let client, let identifier):
            try transaction.execute(
                "UPDATE mqtt_delivery SET is_received = TRUE WHERE client = $1 AND packet_identifier = $2",
                key(client, identifier))
        case .outboundCompleted(let client, let identifier):
            try complete(client, identifier)
        case .outboundDropped(let client, let identifiers):
            for identifier in identifiers { try complete(client, identifier) }
        case .willDropped(let client): try dropWill(of: client)
        }
    }

    /// The filters, without a share group, that a kept session has subscribed to.
    func filters(of client: MQTTString) throws -> [String] {
        try transaction.query(
            "SELECT filter FROM mqtt_subscription WHERE client = $1 ORDER BY filter", [.text(client.description)]
        )
        .map { try TopicFilter($0.text(0)).unshared.description }
    }

    private func open(_ opening: SessionOpening) throws {
        let client = opening.client.session
        if let will = opening.will { try owe(will, opening) } else { try dropWill(of: client) }
        if !opening.isResumed { try drop(client) }
        guard opening.expiryInterval > 0 || opening.isResumed else { return }
        try transaction.execute(
            """
            INSERT INTO mqtt_session (client, expiry_interval, disconnected_at, owner, quota_address, in_flight, generation)
            VALUES ($1, $2, NULL, $3, $4, $5, $6)
            ON CONFLICT (client) DO UPDATE SET expiry_interval = excluded.expiry_interval, disconnected_at = NULL,
                owner = excluded.owner, quota_address = excluded.quota_address,
                in_flight = excluded.in_flight, generation = excluded.generation
            """,
            [
                .text(client.description), .integer(Int64(opening.expiryInterval)), SQLValue(opening.owner),
                SQLValue(opening.client.quotaAddress), SQLValue(opening.inFlight.map(Int64.init)),
                SQLValue(opening.client.generation),
            ])
    }

    private func close(_ closing: SessionClosing) throws {
        let client = closing.client.session
        switch closing.will {
        case .unchanged: break
        case .discarded: try dropWill(of: client)
        case .due(let due): try note(due, ofWillOf: client)
        }
        guard closing.expiryInterval > 0 else { return try drop(client) }
        try transaction.execute(
            "UPDATE mqtt_session SET expiry_interval = $2, disconnected_at = $3 WHERE client = $1",
            [.text(client.description), .integer(Int64(closing.expiryInterval)), .integer(closing.at)])
        try markSent(closing.sent, client)
    }

    private func markAbsent(_ client: MQTTString, since: Int64, sent: [PacketIdentifier]) throws {
        try transaction.execute(
            "UPDATE mqtt_session SET disconnected_at = $2 WHERE client = $1",
            [.text(client.description), .integer(since)])
        try markSent(sent, client)
    }

    private func markSent(_ identifiers: [PacketIdentifier], _ client: MQTTString) throws {
        for identifier in identifiers {
            try transaction.execute(
                "UPDATE mqtt_delivery SET is_sent = TRUE WHERE client = $1 AND packet_identifier = $2",
                key(client, identifier))
        }
    }

    private func drop(_ client: MQTTString) throws {
        let messages = try transaction.query(
            "SELECT message FROM mqtt_delivery WHERE client = $1", [.text(client.description)])
        try transaction.execute("DELETE FROM mqtt_session WHERE client = $1", [.text(client.description)])
        for row in messages { try dropIfUnused(message: try row.integer(0)) }
    }

    private func subscribe(_ client: MQTTString, _ stored: StoredSubscription) throws {
        let options = SubscriptionOptions.encode(stored.subscription)
        try transaction.execute(
            """
            INSERT INTO mqtt_subscription (client, filter, options, identifier)
            SELECT client, CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS BIGINT) FROM mqtt_session WHERE client = $1
            ON CONFLICT (client, filter) DO UPDATE SET options = excluded.options, identifier = excluded.identifier
            """,
            [
                .text(client.description), .text(stored.subscription.filter.description), .integer(options),
                SQLValue(stored.identifier.map(Int64.init)),
            ])
    }

    private func queue(_ message: Message, _ targets: [QueuedDelivery]) throws {
        guard !targets.isEmpty else { return }
        try transaction.execute(
            """
            INSERT INTO mqtt_message (id, received_at, qos, packet, token) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO NOTHING
            """,
            [
                .integer(Int64(message.id)), .integer(message.receivedAt), .integer(Int64(message.qos.rawValue)),
                .blob(try StoredMessage.packet(of: message)), SQLValue(message.token),
            ])
        for target in targets { try queue(target, message: message.id) }
    }

    private func queue(_ target: QueuedDelivery, message: UInt64) throws {
        try transaction.execute(
            """
            INSERT INTO mqtt_delivery (client, packet_identifier, message, qos, retain, subscription_identifiers, is_received,
                place, is_sent)
            SELECT client, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BOOLEAN), CAST($6 AS TEXT), FALSE,
                CAST($7 AS BIGINT), FALSE
            FROM mqtt_session WHERE client = $1
            ON CONFLICT (client, packet_identifier) DO UPDATE SET
                message = excluded.message, qos = excluded.qos, retain = excluded.retain,
                subscription_identifiers = excluded.subscription_identifiers, is_received = FALSE,
                place = excluded.place, is_sent = FALSE
            """,
            [
                .text(target.client.description), .integer(Int64(target.packetIdentifier.rawValue)),
                .integer(Int64(message)),
                .integer(Int64(target.qos.rawValue)), SQLValue(target.retain),
                .text(target.subscriptionIdentifiers.map(String.init).joined(separator: ",")), .integer(target.place),
            ])
    }

    private func complete(_ client: MQTTString, _ identifier: PacketIdentifier) throws {
        let rows = try transaction.query(
            "DELETE FROM mqtt_delivery WHERE client = $1 AND packet_identifier = $2 RETURNING message",
            key(client, identifier))
        for row in rows { try dropIfUnused(message: try row.integer(0)) }
    }

    private func dropIfUnused(message: Int64) throws {
        try transaction.execute(
            "DELETE FROM mqtt_message WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM mqtt_delivery WHERE message = $1)",
            [.integer(message)])
    }

    private func retain(_ message: Message) throws {
        guard !message.payload.isEmpty else {
            try transaction.execute("DELETE FROM mqtt_retained WHERE topic = $1", [.text(message.topic.description)])
            return
        }
        let received = Timestamp(microseconds: message.receivedAt)
        let expiresAt = message.properties.messageExpiryInterval.map { received.advanced(bySeconds: Int64($0)) }
        if expiresAt != nil {
            // The broker forgets an expired message by itself. Whoever stores the next one that expires takes its row along:
            // topics with a name for each message must not fill the table.
            try transaction.execute(
                "DELETE FROM mqtt_retained WHERE expires_at <= $1", [.integer(received.microseconds)])
        }
        try transaction.execute(
            """
            INSERT INTO mqtt_retained (topic, id, received_at, qos, packet, expires_at, publisher)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (topic) DO UPDATE SET id = excluded.id, received_at = excluded.received_at, qos = excluded.qos,
                packet = excluded.packet, expires_at = excluded.expires_at, publisher = excluded.publisher
            """,
            [
                .text(message.topic.description), .integer(Int64(message.id)), .integer(message.receivedAt),
                .integer(Int64(message.qos.rawValue)), .blob(try StoredMessage.packet(of: message)),
                SQLValue(expiresAt?.microseconds), SQLValue(message.publisher),
            ])
    }

    func key(_ client: MQTTString, _ identifier: PacketIdentifier) -> [SQLValue] {
        [.text(client.description), .integer(Int64(identifier.rawValue))]
    }
}

/// The options of a subscription in the bits of the SUBSCRIBE packet (MQTT 5, 3.8.3.1).
enum SubscriptionOptions {
    static func encode(_ subscription: Subscription) -> Int64 {
        Int64(subscription.maximumQoS.rawValue) | (subscription.noLocal ? 4 : 0)
            | (subscription.retainAsPublished ? 8 : 0)
            | Int64(subscription.retainHandling.rawValue) << 4
    }

    static func decode(_ options: Int64, filter: TopicFilter) -> Subscription? {
        guard let qos = QoS(rawValue: UInt8(options & 3)),
            let handling = RetainHandling(rawValue: UInt8(options >> 4 & 3))
        else {
            return nil
        }
        return Subscription(
            filter: filter, maximumQoS: qos, noLocal: options & 4 != 0, retainAsPublished: options & 8 != 0,
            retainHandling: handling)
    }
}
