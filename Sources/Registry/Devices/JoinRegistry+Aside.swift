public import HubModel
public import SQL

extension JoinRegistry {
    /// Keeps a message of a waiting device.
    /// - Parameter kind: what the topic tells of the device's kind, if anything.
    /// - Throws: `Refusal` with `limit_reached` when there is no room, `device_pending` when the device does not wait (any more);
    ///   `SQLFailure`.
    public func keep(
        _ message: AsideMessage, of device: DeviceID, kind: DeviceKind?, in transaction: Transaction
    ) throws {
        guard
            let row = try transaction.queryFirst(
                "SELECT \(PendingDevice.columns), bytes FROM device_request WHERE device = $1", [.text(device.text)])
        else { throw Refusal(.devicePending, "The device \(device) has to ask again.") }
        let pending = try PendingDevice(row)
        let size = Int64(message.topic.utf8.count + message.payload.count)
        guard pending.messages < limits.messagesPerDevice, try row.integer("bytes") + size <= limits.bytesPerDevice,
            try count("device_aside", in: transaction) < limits.messages,
            try count("device_aside_bytes", in: transaction) + size <= limits.bytes
        else { throw Refusal(.limitReached, "No more is kept of a device that waits to be approved.") }
        try transaction.execute(
            """
            INSERT INTO device_aside (device, topic, payload, bytes, is_retained, is_will, received_at, client, address, via)
            VALUES ($1, $2, $3, $7, \(message.isRetained ? "TRUE" : "FALSE"), \(message.isWill ? "TRUE" : "FALSE"), $4, $5, $6,
                $8)
            """,
            [
                .text(device.text), .text(message.topic), .blob(message.payload),
                .integer(message.receivedAt.microseconds), SQLValue(message.clientID), SQLValue(message.address),
                .integer(size), .text(message.clientID == nil ? "http" : "mqtt"),
            ])
        var topics = pending.topics
        if topics.count < PendingDevice.maximumTopics, message.topic.utf8.count <= PendingDevice.maximumTopicBytes,
            !topics.contains(message.topic)
        {
            topics.append(message.topic)
        }
        try transaction.execute(
            """
            UPDATE device_request SET messages = messages + 1, bytes = bytes + $2, topics = $3, kind = COALESCE(kind, $4),
                last_seen = CASE WHEN last_seen < $5 THEN $5 ELSE last_seen END
            WHERE device = $1
            """,
            [
                .text(device.text), .integer(size), .text(PendingDevice.text(topics)), SQLValue(kind?.name),
                .integer(message.receivedAt.microseconds),
            ])
        try add(1, to: "device_aside", in: transaction)
        try add(size, to: "device_aside_bytes", in: transaction)
    }

    /// Notes that messages of a waiting device were not kept.
    /// - Throws: `SQLFailure`.
    public func noteDropped(_ count: Int64, of device: DeviceID, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE device_request SET dropped = dropped + $2 WHERE device = $1", [.text(device.text), .integer(count)])
    }

    /// Messages of devices that do not wait any more, in the order in which they came: what is to be handed to the line now.
    /// - Throws: `SQLFailure`.
    public func released(
        limit: Int, in reader: some SQLReading
    ) throws -> [(id: Int64, device: DeviceID, message: AsideMessage)] {
        try reader.query(
            """
            SELECT a.id, a.device, a.topic, a.payload, a.is_retained, a.is_will, a.received_at, a.client, a.address
            FROM device_aside a WHERE NOT EXISTS (SELECT 1 FROM device_request r WHERE r.device = a.device)
            ORDER BY a.id LIMIT $1
            """, [.integer(Int64(limit))]
        ).compactMap { row in
            guard let device = DeviceID(try row.text("device")) else { return nil }
            return (
                try row.integer("id"), device,
                AsideMessage(
                    topic: try row.text("topic"), payload: try row.blob("payload"),
                    isRetained: try row.boolean("is_retained"), isWill: try row.boolean("is_will"),
                    receivedAt: Timestamp(microseconds: try row.integer("received_at")),
                    clientID: try row.optionalText("client"), address: try row.optionalText("address"))
            )
        }
    }

    /// Drops a message that was kept, in the transaction in which it was taken in, or because nobody wants it.
    /// - Returns: whether it was still there: if not, somebody else has taken it in.
    /// - Throws: `SQLFailure`.
    public func take(_ id: Int64, in transaction: Transaction) throws -> Bool {
        let rows = try transaction.query(
            "DELETE FROM device_aside WHERE id = $1 RETURNING bytes", [.integer(id)])
        try subtract(rows, in: transaction)
        return !rows.isEmpty
    }
}
