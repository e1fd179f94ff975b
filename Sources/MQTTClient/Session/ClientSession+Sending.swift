import DequeModule
import MQTTCodec

extension ClientSession {
    /// Takes a message. It is sent at once if the window allows it, and waits otherwise. `isWritable` is whether the
    /// connection takes more bytes; only QoS 0 looks at it, the window bounds the rest. Throws, with nothing changed, if the
    /// queue is full or the server does not take such messages.
    package mutating func publish(
        _ message: MQTTMessage, ticket: UInt64, isWritable: Bool, _ actions: inout [ClientAction]
    ) throws(MQTTClientError) {
        if phase == .over { throw .closed }
        let publish = Publish(
            topic: message.topic, payload: message.payload, qos: message.qos, retain: message.retain,
            properties: settings.version == .v5_0 ? message.properties : .none)
        if let refusal = refusal(of: publish) { throw refusal }
        guard queued < settings.maximumQueued || canSend(publish, isWritable) else { throw .queueFull }
        if publish.qos == .atMostOnce {
            waitingUnacknowledged.append(Waiting(publish: publish, ticket: ticket))
        } else {
            waiting.append(Waiting(publish: publish, ticket: ticket))
        }
        pump(isWritable: isWritable, &actions)
    }

    private var window: Int { min(settings.maximumInFlight, server.receiveMaximum) }

    private func canSend(_ publish: Publish, _ isWritable: Bool) -> Bool {
        guard phase == .online else { return false }
        return publish.qos == .atMostOnce
            ? isWritable && waitingUnacknowledged.isEmpty
            : waiting.isEmpty && resends.isEmpty && unacknowledged < window
    }

    /// Sends what may be sent now: first what an earlier connection left, then what waits.
    package mutating func pump(isWritable: Bool, _ actions: inout [ClientAction]) {
        guard phase == .online else { return }
        while unacknowledged < window, let identifier = resends.popFirst() { resend(identifier, &actions) }
        while unacknowledged < window, resends.isEmpty, let next = waiting.popFirst() { start(next, &actions) }
        while isWritable, let next = waitingUnacknowledged.popFirst() {
            if let refusal = refusal(of: next.publish) {
                actions.append(.published(ticket: next.ticket, refusal))
            } else {
                actions.append(.send(.publish(next.publish)))
                actions.append(.published(ticket: next.ticket, nil))
            }
        }
    }

    private mutating func resend(_ identifier: PacketIdentifier, _ actions: inout [ClientAction]) {
        guard var flight = inFlight[identifier] else { return }
        if flight.stage == .pubcomp {
            actions.append(.send(.pubrel(PublishAnswer(packetIdentifier: identifier))))
        } else if let refusal = refusal(of: flight.publish) {
            inFlight[identifier] = nil
            return actions.append(.published(ticket: flight.ticket, refusal))
        } else {
            actions.append(.send(.publish(flight.publish)))
        }
        flight.isSent = true
        inFlight[identifier] = flight
        unacknowledged += 1
    }

    private mutating func start(_ next: Waiting, _ actions: inout [ClientAction]) {
        // The message may have waited for a server that takes less than the last one.
        if let refusal = refusal(of: next.publish) {
            return actions.append(.published(ticket: next.ticket, refusal))
        }
        let identifier = freeIdentifier()
        var publish = next.publish
        publish.packetIdentifier = identifier
        inFlight[identifier] = Flight(
            publish: publish, stage: publish.qos == .atLeastOnce ? .puback : .pubrec, order: nextOrder,
            ticket: next.ticket, isSent: true)
        nextOrder += 1
        unacknowledged += 1
        actions.append(.send(.publish(publish)))
    }

    /// At most 60,000 messages and the operations are in flight, so one of 65,535 is free.
    mutating func freeIdentifier() -> PacketIdentifier {
        repeat {
            lastIdentifier = lastIdentifier.next
        } while inFlight[lastIdentifier] != nil || operations[lastIdentifier] != nil
        return lastIdentifier
    }

    /// What can be known before sending: has it a form, and does the server take it.
    private func refusal(of publish: Publish) -> MQTTClientError? {
        if publish.qos > server.maximumQoS { return .beyondServer(.qosNotSupported) }
        if publish.retain, !server.retainAvailable { return .beyondServer(.retainNotSupported) }
        guard server.maximumPacketSize != nil || !publish.properties.isEmpty || publish.payload.count > 200_000_000
        else { return nil }
        var sized = publish
        if publish.qos != .atMostOnce, sized.packetIdentifier == nil { sized.packetIdentifier = .first }
        do throws(EncodeFailure) {
            let size = try Packet.publish(sized).encodedSize(version: settings.version)
            if let maximum = server.maximumPacketSize, size > maximum { return .beyondServer(.packetTooLarge) }
            return nil
        } catch {
            return .notEncodable(error)
        }
    }
}
