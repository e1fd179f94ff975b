internal import MQTTCodec

/// A QoS 1 or 2 message on its way to one client.
struct Outgoing {
    enum State {
        /// Not sent yet, on any connection.
        case waiting
        /// Sent, on this connection or an earlier one.
        case sent
        /// The client has it (PUBREC), the ledger is being told.
        case received
        /// The ledger knows that the client has it: PUBREL goes out.
        case releasing
    }

    let message: Message
    let identifier: PacketIdentifier
    let qos: QoS
    let retain: Bool
    let subscriptionIdentifiers: [UInt32]
    /// Milliseconds of `Moment.elapsed`.
    let expiresAt: Int64
    /// The order in which identifiers were given.
    let serial: UInt64
    /// Whether it came by a shared subscription.
    var isShared = false
    /// Whether it was here before a restart.
    var isRestored = false
    var state = State.waiting
    /// Sent on the present connection and not acknowledged.
    var isInFlight = false
}

/// What a session has to deliver at QoS 1 and 2, oldest first: how the identifiers are given, what is in flight on the
/// present connection, and what the client's answers do to it (4.3, 4.4).
struct Outbox {
    private(set) var entries = Ring<Outgoing>()
    /// The first `active` entries have been sent, or need not be, on the present connection.
    private(set) var active = 0
    /// Messages sent on the present connection and not acknowledged: they use up the client's receive maximum.
    private(set) var inFlight = 0
    /// What is queued and what is reserved, in bytes.
    private(set) var bytes = 0
    private(set) var reserved = 0
    private var nextIdentifier = PacketIdentifier.first
    private var nextSerial: UInt64 = 0

    /// Messages queued or about to be.
    var count: Int { entries.count + reserved }
    /// Whether everything queued has been sent on this connection.
    var isAllActive: Bool { active == entries.count }
    /// What was sent, on any connection, and is not known to the ledger as received.
    var sent: [PacketIdentifier] {
        var identifiers: [PacketIdentifier] = []
        for position in 0..<entries.count {
            switch entries[position].state {
            case .sent, .received: identifiers.append(entries[position].identifier)
            case .waiting, .releasing: break
            }
        }
        return identifiers
    }

    // MARK: In

    /// A place for a message that will be queued when the ledger has it; nil when the queue is full.
    mutating func reserve(cost: Int, maximumCount: Int, maximumBytes: Int) -> ReservedPlace? {
        guard count < min(maximumCount, Self.mostMessages), bytes + cost <= maximumBytes else { return nil }
        reserved += 1
        bytes += cost
        // Identifiers run round; only when the oldest message has waited a whole round can one still be in use. Those of
        // what was restored come in no order (a retained message is older than what it was queued behind): as long as one
        // of them is here, each new one is looked up.
        if let oldest = entries.isEmpty ? nil : entries[0],
            oldest.isRestored || nextSerial - oldest.serial >= Self.identifiersInARound
        {
            while isInUse(nextIdentifier) {
                nextIdentifier = nextIdentifier.next
                // Serials and identifiers go in step: an identifier is free again a whole round later, whatever was left
                // out.
                nextSerial += 1
            }
        }
        defer {
            nextIdentifier = nextIdentifier.next
            nextSerial += 1
        }
        return ReservedPlace(identifier: nextIdentifier, serial: nextSerial)
    }

    /// Gives a reserved place back.
    mutating func release(cost: Int) {
        reserved -= 1
        bytes -= cost
    }

    /// Fills a reserved place.
    mutating func enqueue(_ outgoing: Outgoing) {
        reserved -= 1
        entries.append(outgoing)
    }

    /// Puts back what was stored before a restart; `mayBeSent` if that is not known.
    mutating func restore(_ delivery: StoredDelivery, expiresAt: Int64, mayBeSent: Bool, isShared: Bool) {
        bytes += delivery.message.cost
        let identifier = delivery.delivery.packetIdentifier
        entries.append(
            Outgoing(
                message: delivery.message, identifier: identifier, qos: delivery.delivery.qos,
                retain: delivery.delivery.retain,
                subscriptionIdentifiers: delivery.delivery.subscriptionIdentifiers, expiresAt: expiresAt,
                serial: UInt64(clamping: delivery.delivery.place), isShared: isShared, isRestored: true,
                // DUP is right for what may have been sent, and a must for what was (3.3.1.1).
                state: delivery.isReceived ? .releasing : delivery.isSent || mayBeSent ? .sent : .waiting))
        nextSerial = max(nextSerial, UInt64(clamping: delivery.delivery.place) + 1)
        nextIdentifier = identifier.next
    }

    // MARK: Out

    /// A new connection: everything not acknowledged is to be sent again ([MQTT-4.4.0-1]).
    mutating func restart() {
        for position in 0..<active { entries[position].isInFlight = false }
        active = 0
        inFlight = 0
    }

    /// The next entry to look at on this connection.
    var next: Outgoing? { active < entries.count ? entries[active] : nil }

    /// The entry `next` has been sent.
    mutating func markSent() {
        entries[active].state = .sent
        entries[active].isInFlight = true
        active += 1
        inFlight += 1
    }

    /// The entry `next` needs no PUBLISH on this connection.
    mutating func skip() { active += 1 }

    /// The entry `next` leaves the queue unsent.
    mutating func dropNext() -> Outgoing {
        let dropped = entries.remove(at: active)
        bytes -= dropped.message.cost
        return dropped
    }

    /// Takes out the messages that are not wanted and that the client does not have yet. For a connection on which
    /// nothing was sent.
    mutating func drop(_ isUnwanted: (Message) -> Bool) -> [Outgoing] {
        let all = entries
        entries.removeAll()
        var dropped: [Outgoing] = []
        for position in 0..<all.count {
            let outgoing = all[position]
            let isTaken =
                switch outgoing.state {
                case .waiting, .sent: false
                case .received, .releasing: true
                }
            guard !isTaken, isUnwanted(outgoing.message) else {
                entries.append(outgoing)
                continue
            }
            bytes -= outgoing.message.cost
            dropped.append(outgoing)
        }
        return dropped
    }

    // MARK: Answers

    /// PUBACK.
    mutating func acknowledge(_ identifier: PacketIdentifier) -> Answered {
        guard let position = activePosition(identifier) else { return .unknown }
        guard entries[position].qos == .atLeastOnce else { return .wrong }
        return .done(finish(position))
    }

    /// PUBREC.
    mutating func receive(_ identifier: PacketIdentifier) -> Received {
        guard let position = activePosition(identifier) else { return .unknown }
        guard entries[position].qos == .exactlyOnce else { return .wrong }
        switch entries[position].state {
        case .waiting, .sent:
            entries[position].state = .received
            return .first(entries[position])
        case .received: return .underWay
        case .releasing: return .again
        }
    }

    /// PUBREC with a failure: the client will not take it, the exchange is over (4.3.3).
    mutating func refuse(_ identifier: PacketIdentifier) -> Answered {
        guard let position = activePosition(identifier) else { return .unknown }
        guard entries[position].qos == .exactlyOnce else { return .wrong }
        return .done(finish(position))
    }

    /// The ledger knows that the client has the message; whether PUBREL is to be sent now.
    mutating func markReleasing(_ identifier: PacketIdentifier) -> Bool {
        guard let position = activePosition(identifier) ?? position(of: identifier) else { return false }
        guard entries[position].state == .received else { return false }
        entries[position].state = .releasing
        return position < active
    }

    /// The ledger could not be told that the client has the message.
    mutating func markNotReceived(_ identifier: PacketIdentifier) {
        guard let position = position(of: identifier), entries[position].state == .received else { return }
        entries[position].state = .sent
    }

    /// PUBCOMP.
    mutating func complete(_ identifier: PacketIdentifier) -> Answered {
        guard let position = activePosition(identifier) else { return .unknown }
        guard entries[position].state == .releasing else { return .wrong }
        return .done(finish(position))
    }

    private mutating func finish(_ position: Int) -> Outgoing {
        let done = entries.remove(at: position)
        active -= 1
        if done.isInFlight { inFlight -= 1 }
        bytes -= done.message.cost
        return done
    }

    /// Answers come in the order of sending, nearly always: the search ends at the first entry.
    private func activePosition(_ identifier: PacketIdentifier) -> Int? {
        for position in 0..<active where entries[position].identifier == identifier { return position }
        return nil
    }

    private func position(of identifier: PacketIdentifier) -> Int? {
        for position in 0..<entries.count where entries[position].identifier == identifier { return position }
        return nil
    }

    private func isInUse(_ identifier: PacketIdentifier) -> Bool { position(of: identifier) != nil }

    /// Fewer than half the identifiers, so that a round of them never catches up with what is reserved.
    private static var mostMessages: Int { 30_000 }
    private static var identifiersInARound: UInt64 { 65_535 }
}

/// A place in an outbox.
struct ReservedPlace {
    let identifier: PacketIdentifier
    let serial: UInt64

    /// Its number within the queue, for the ledger.
    var place: Int64 { Int64(clamping: serial) }
}

/// What an answer that ends an exchange means.
enum Answered {
    /// The message has left the queue.
    case done(Outgoing)
    /// No such message is in flight: it was answered before, or is not sent on this connection.
    case unknown
    /// There is one, and this is not the answer that comes next (4.3): the client has lost the thread.
    case wrong
}

/// What a PUBREC means.
enum Received {
    /// The message is of QoS 1.
    case wrong
    /// The client has it now.
    case first(Outgoing)
    /// It said so before, and the ledger is still being told.
    case underWay
    /// It said so before: send PUBREL again.
    case again
    /// No such message is in flight.
    case unknown
}
