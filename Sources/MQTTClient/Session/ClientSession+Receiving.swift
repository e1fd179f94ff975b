internal import DequeModule
package import MQTTCodec

extension ClientSession {
    /// A packet has come. `isWritable` is whether the connection takes more bytes.
    package mutating func received(_ packet: Packet, isWritable: Bool, _ actions: inout [ClientAction]) {
        if phase == .greeting {
            guard case .connack(let connack) = packet else { return violation(&actions) }
            return received(connack, &actions)
        }
        guard phase == .online else { return }
        switch packet {
        case .publish(let publish): received(publish, &actions)
        case .puback(let answer): finish(answer, at: .puback, &actions)
        case .pubrec(let answer): receivedPubrec(answer, &actions)
        case .pubrel(let answer): release(answer.packetIdentifier, &actions)
        case .pubcomp(let answer): finish(answer, at: .pubcomp, &actions)
        case .suback(let suback): answered(suback.packetIdentifier, suback.reasons, &actions)
        case .unsuback(let unsuback): answered(unsuback.packetIdentifier, unsuback.reasons, &actions)
        case .pingresp: break
        case .disconnect(let disconnect): actions.append(.close(.disconnectedByServer(disconnect.reason)))
        // This client begins no extended authentication, so nobody may go on with one ([MQTT-4.12.0-6]).
        case .connack, .auth, .connect, .subscribe, .unsubscribe, .pingreq: violation(&actions)
        }
        pump(isWritable: isWritable, &actions)
    }

    private mutating func finish(_ answer: PublishAnswer, at stage: Flight.Stage, _ actions: inout [ClientAction]) {
        // An answer to nothing changes nothing: it may belong to a message of an earlier connection.
        guard let flight = inFlight[answer.packetIdentifier], flight.isSent else { return }
        guard flight.stage == stage else { return violation(&actions) }
        done(answer.packetIdentifier, flight, stage == .puback ? answer.reason : .success, &actions)
    }

    private mutating func receivedPubrec(_ answer: PublishAnswer, _ actions: inout [ClientAction]) {
        let identifier = answer.packetIdentifier
        guard let flight = inFlight[identifier], flight.isSent else {
            let unknown: ReasonCode = settings.version == .v5_0 ? .packetIdentifierNotFound : .success
            return actions.append(.send(.pubrel(PublishAnswer(packetIdentifier: identifier, reason: unknown))))
        }
        switch flight.stage {
        case .puback: return violation(&actions)
        case .pubrec where answer.reason.isFailure: return done(identifier, flight, answer.reason, &actions)
        case .pubrec:
            inFlight[identifier]?.stage = .pubcomp
            // Only the identifier is needed from here on.
            inFlight[identifier]?.publish.payload = []
        case .pubcomp: break
        }
        actions.append(.send(.pubrel(PublishAnswer(packetIdentifier: identifier))))
    }

    private mutating func done(
        _ identifier: PacketIdentifier, _ flight: Flight, _ reason: ReasonCode, _ actions: inout [ClientAction]
    ) {
        inFlight[identifier] = nil
        unacknowledged -= 1
        actions.append(.published(ticket: flight.ticket, reason.isFailure ? .publishRefused(reason) : nil))
    }

    private mutating func received(_ publish: Publish, _ actions: inout [ClientAction]) {
        guard let topic = resolve(publish) else { return violation(&actions, reason: .topicAliasInvalid) }
        guard publish.qos != .atMostOnce, let identifier = publish.packetIdentifier else {
            return deliver(publish, topic, nil, &actions)
        }
        if publish.qos == .exactlyOnce, unreleased.contains(identifier) {
            return actions.append(.send(.pubrec(PublishAnswer(packetIdentifier: identifier))))
        }
        if publish.qos == .exactlyOnce, isOwed(identifier) { return }
        if settings.version == .v5_0, unacknowledgedByUs >= Int(settings.receiveMaximum) {
            return violation(&actions, reason: .receiveMaximumExceeded)
        }
        let serial = firstOwedSerial + UInt64(owed.count)
        switch settings.acknowledgement {
        case .automatic:
            deliver(publish, topic, nil, &actions)
            owed.append(Owed(identifier: identifier, qos: publish.qos, state: .given(.success)))
            flushOwed(&actions)
        case .manual:
            owed.append(Owed(identifier: identifier, qos: publish.qos, state: .open))
            deliver(publish, topic, ReceivedMessage.Acknowledgement(serial: serial), &actions)
        }
    }

    /// The topic itself, or what its alias stands for on this connection (3.3.2.3.4).
    private mutating func resolve(_ publish: Publish) -> TopicName? {
        guard let alias = publish.properties.topicAlias else { return publish.topic }
        guard alias <= settings.topicAliasMaximum else { return nil }
        if let topic = publish.topic { aliases[alias] = topic }
        return aliases[alias]
    }

    private func deliver(
        _ publish: Publish, _ topic: TopicName, _ acknowledgement: ReceivedMessage.Acknowledgement?,
        _ actions: inout [ClientAction]
    ) {
        var properties = publish.properties
        if properties.topicAlias != nil { properties.remove(.topicAlias) }
        let message = MQTTMessage(
            topic: topic, payload: publish.payload, qos: publish.qos, retain: publish.retain, properties: properties)
        actions.append(
            .deliver(
                ReceivedMessage(
                    message: message, isDuplicate: publish.isDuplicate, acknowledgement: acknowledgement)))
    }

    private mutating func release(_ identifier: PacketIdentifier, _ actions: inout [ClientAction]) {
        let isKnown = unreleased.remove(identifier) != nil
        let reason: ReasonCode = isKnown || settings.version != .v5_0 ? .success : .packetIdentifierNotFound
        actions.append(.send(.pubcomp(PublishAnswer(packetIdentifier: identifier, reason: reason))))
    }
}
