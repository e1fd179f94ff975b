internal import MQTTBroker
internal import MQTTCodec
internal import SQL

/// The wills that are owed (`SessionOpening.will`).
extension SessionTables {
    /// Keeps the will of a connection that is being let in, in place of any other under the name of its session.
    func owe(_ will: Will, _ opening: SessionOpening) throws {
        let client = opening.client
        try transaction.execute(
            """
            INSERT INTO mqtt_will (client, identifier, owner, session_owner, user_name, address, version, keep_alive, delay,
                qos, packet, quota_address, generation, due_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL)
            ON CONFLICT (client) DO UPDATE SET identifier = excluded.identifier, owner = excluded.owner,
                session_owner = excluded.session_owner, user_name = excluded.user_name, address = excluded.address,
                version = excluded.version, keep_alive = excluded.keep_alive, delay = excluded.delay,
                qos = excluded.qos, packet = excluded.packet, quota_address = excluded.quota_address,
                generation = excluded.generation, due_at = NULL
            """,
            [
                .text(client.session.description), .text(client.identifierText), SQLValue(client.owner),
                SQLValue(client.sessionOwner), SQLValue(client.userName), .text(client.remoteAddress),
                .integer(Int64(client.version.rawValue)), .integer(Int64(opening.keepAlive)),
                .integer(Int64(will.properties.willDelayInterval ?? 0)), .integer(Int64(will.qos.rawValue)),
                .blob(try StoredMessage.packet(of: message(will))), SQLValue(client.quotaAddress),
                SQLValue(client.generation),
            ])
    }

    /// The connection is over; its will is to be published at `due`, in microseconds since 1970.
    func note(_ due: Int64, ofWillOf client: MQTTString) throws {
        try transaction.execute(
            "UPDATE mqtt_will SET due_at = $2 WHERE client = $1", [.text(client.description), .integer(due)])
    }

    /// The will is published, or owed no more for another reason.
    func dropWill(of client: MQTTString) throws {
        try transaction.execute("DELETE FROM mqtt_will WHERE client = $1", [.text(client.description)])
    }

    private func message(_ will: Will) -> Message {
        var properties = will.properties
        properties.remove(.willDelayInterval)
        return Message(
            id: 0, topic: will.topic, payload: will.payload, qos: will.qos, retain: will.retain,
            properties: properties, receivedAt: 0)
    }
}

extension StoredSessions {
    static func loadWills(
        _ reader: Reader, into state: inout BrokerState, _ damaged: (String) -> Void
    ) throws {
        let wills = """
            SELECT client, identifier, owner, session_owner, user_name, address, version, keep_alive, delay, qos, packet,
                due_at, quota_address, generation
            FROM mqtt_will
            """
        try each(reader, wills, in: "mqtt_will", damaged) { row in
            let message = try found(
                StoredMessage.message(
                    packet: try row.blob(10), id: 0, qos: try row.integer(9), receivedAt: 0), "mqtt_will")
            var properties = message.properties
            let delay = UInt32(clamping: try row.integer(8))
            if delay > 0 { properties.set(.willDelayInterval(delay)) }
            let version = try found(ProtocolVersion(rawValue: UInt8(clamping: try row.integer(6))), "mqtt_will")
            let client = ConnectedClient(
                identifier: try MQTTString(row.text(1)), userName: try row.optionalText("user_name"),
                remoteAddress: try row.text(5), version: version, owner: try row.optionalText("owner"),
                sessionOwner: try row.optionalText("session_owner"), generation: try row.optionalInteger("generation"),
                quotaAddress: try row.optionalText("quota_address"))
            state.wills[try MQTTString(row.text(0))] = StoredWill(
                client: client,
                will: Will(
                    topic: message.topic, payload: message.payload, qos: message.qos, retain: message.retain,
                    properties: properties),
                keepAlive: UInt16(clamping: try row.integer(7)), dueAt: try row.optionalInteger("due_at"))
        }
    }
}
