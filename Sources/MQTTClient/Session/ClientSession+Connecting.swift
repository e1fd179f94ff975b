import DequeModule
import MQTTCodec

extension ClientSession {
    /// The transport is there: greet.
    package mutating func transportConnected(_ actions: inout [ClientAction]) {
        guard phase == .offline else { return }
        phase = .greeting
        server = ServerLimits()
        aliases = [:]
        actions.append(.send(.connect(greeting)))
    }

    /// Whether the session, once begun, is to be found again at the next connection.
    private var outlivesConnection: Bool { settings.sessionExpiry > 0 }

    private var greeting: Connect {
        var properties = settings.connectProperties
        if settings.version == .v5_0 {
            if settings.sessionExpiry > 0 { properties.set(.sessionExpiryInterval(settings.sessionExpiry)) }
            properties.set(.receiveMaximum(settings.receiveMaximum))
            properties.set(.maximumPacketSize(UInt32(clamping: settings.maximumPacketSize)))
            if settings.topicAliasMaximum > 0 { properties.set(.topicAliasMaximum(settings.topicAliasMaximum)) }
        }
        // 3.1.1 knows one flag for beginning anew and for forgetting at the end; it must not change between.
        let resumes = wasOnline && outlivesConnection && settings.version == .v5_0
        return Connect(
            version: settings.version, clientIdentifier: clientIdentifier, cleanStart: settings.cleanStart && !resumes,
            keepAlive: settings.keepAlive, will: settings.will, userName: settings.userName,
            password: settings.password, properties: properties)
    }

    mutating func received(_ connack: Connack, _ actions: inout [ClientAction]) {
        guard phase == .greeting else { return violation(&actions) }
        guard connack.reason == .success else {
            phase = .offline
            return actions.append(.close(.refused(connack.reason)))
        }
        // A session that was declined cannot be present ([MQTT-3.2.2-2]). One that was asked for may be, even if this
        // process knows nothing of it: whoever begins with `cleanStart` false wants what the server kept.
        if connack.sessionPresent, greeting.cleanStart { return violation(&actions) }
        phase = .online
        let properties = connack.properties
        if let assigned = properties.assignedClientIdentifier { clientIdentifier = assigned }
        server.receiveMaximum = properties.receiveMaximum.map(Int.init) ?? Int(UInt16.max)
        server.maximumQoS = properties.maximumQoS ?? .exactlyOnce
        server.retainAvailable = properties.retainAvailable ?? true
        server.maximumPacketSize = properties.maximumPacketSize.map(Int.init)
        let keepAlive = properties.serverKeepAlive ?? settings.keepAlive
        actions.append(.established(sessionPresent: connack.sessionPresent, keepAlive: keepAlive))
        resume(sessionPresent: connack.sessionPresent, &actions)
        wasOnline = true
    }

    private mutating func resume(sessionPresent: Bool, _ actions: inout [ClientAction]) {
        if !sessionPresent {
            forgetServerSession(&actions)
        }
        // Resent in the order in which they were first sent ([MQTT-4.6.0-1], [MQTT-4.4.0-1]).
        resends.removeAll()
        for (identifier, _) in inFlight.sorted(by: { $0.value.order < $1.value.order }) { resends.append(identifier) }
        flushOwed(&actions)
        // Renewals go first, so that an UNSUBSCRIBE that was never answered still has the last word.
        if !sessionPresent { operations = operations.filter { $0.value.ticket != nil } }
        let unanswered = operations.sorted { $0.key < $1.key }
        if !sessionPresent { resubscribe(&actions) }
        for (identifier, operation) in unanswered {
            actions.append(.send(packet(for: operation, identifier)))
        }
        sendOperations(&actions)
        pump(isWritable: true, &actions)
    }

    /// The server knows nothing any more of what was half done.
    private mutating func forgetServerSession(_ actions: inout [ClientAction]) {
        unreleased = []
        for index in owed.indices { owed[index].state = .dropped }
        flushOwed(&actions)
        for (identifier, flight) in inFlight {
            if flight.stage == .pubcomp {
                // The server took the message before it lost the session; only its release was missing.
                inFlight[identifier] = nil
                actions.append(.published(ticket: flight.ticket, nil))
            } else {
                // To this server it is a new message.
                inFlight[identifier]?.publish.isDuplicate = false
            }
        }
    }

    /// The transport is gone. What is on its way stays for the next connection.
    package mutating func transportLost() {
        guard phase != .over else { return }
        phase = .offline
        unacknowledged = 0
        for identifier in inFlight.keys {
            if inFlight[identifier]?.isSent == true { inFlight[identifier]?.publish.isDuplicate = true }
            inFlight[identifier]?.isSent = false
        }
        // The server sends QoS 1 again with an acknowledgement of its own; QoS 2 goes on where it stopped.
        for index in owed.indices where owed[index].qos == .atLeastOnce { owed[index].state = .dropped }
    }

    /// Leave for good, with DISCONNECT if there is somebody to tell; all that waits fails with `error`.
    package mutating func end(_ error: MQTTClientError, _ actions: inout [ClientAction]) {
        guard phase != .over else { return }
        if phase == .online { actions.append(.send(.disconnect(Disconnect()))) }
        phase = .over
        for flight in inFlight.values.sorted(by: { $0.order < $1.order }) {
            actions.append(.published(ticket: flight.ticket, error))
        }
        inFlight = [:]
        while let next = waiting.popFirst() { actions.append(.published(ticket: next.ticket, error)) }
        while let next = waitingUnacknowledged.popFirst() { actions.append(.published(ticket: next.ticket, error)) }
        for operation in operations.values { fail(operation, error, &actions) }
        operations = [:]
        while let next = waitingOperations.popFirst() { fail(next, error, &actions) }
    }

    private func fail(_ operation: Operation, _ error: MQTTClientError, _ actions: inout [ClientAction]) {
        if let ticket = operation.ticket { actions.append(.unanswered(ticket: ticket, error)) }
    }

    /// The server broke the protocol: say so where the version can, and close.
    mutating func violation(_ actions: inout [ClientAction], reason: ReasonCode = .protocolError) {
        if settings.version == .v5_0, phase == .online {
            actions.append(.send(.disconnect(Disconnect(reason: reason))))
        }
        actions.append(.close(.protocolViolation(reason)))
    }
}
