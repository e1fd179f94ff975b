internal import MQTTCodec
internal import Transport

/// Connections that have not been let in.
extension BrokerCore {
    /// A new network connection. If there are too many that have not been let in, the oldest of them goes.
    package mutating func open(
        _ peer: ConnectionPeer, nonce: ConnectionNonce, now: Moment, into actions: inout BrokerActions
    ) -> ConnectionHandle {
        counters.connectionsAccepted += 1
        let handle = connections.insert(Connection(peer: peer, nonce: nonce, now: now))
        if let leaving = pool.enter(handle, from: peer.address) { evict(leaving, into: &actions) }
        remind(handle, at: now.uptime + Int64(configuration.connectTimeout) * 1000)
        return handle
    }

    /// A trusted proxy says on whose behalf it connects.
    mutating func proxied(_ handle: ConnectionHandle, _ origin: ConnectionOrigin, into actions: inout BrokerActions) {
        guard case .awaitingConnect? = connections[handle]?.phase else { return }
        let address = "\(origin.address)"
        connections[handle]?.peer.text =
            origin.address.isIPv4 ? "\(address):\(origin.port)" : "[\(address)]:\(origin.port)"
        connections[handle]?.peer.address = origin.address
        if origin.isSecure { connections[handle]?.peer.isSecure = true }
        if let leaving = pool.move(handle, to: origin.address) { evict(leaving, into: &actions) }
    }

    /// Cuts a connection that has not been let in, without a word: a peer that is silent would not read it.
    private mutating func evict(_ handle: ConnectionHandle, into actions: inout BrokerActions) {
        counters.connectionsEvicted += 1
        if connections[handle]?.isClosing == false { connections[handle]?.phase = .closing }
        connections[handle]?.reminder = nil
        actions.items.append(.abort(handle))
    }

    /// Asks the authenticator about the next clients, as many as may be asked about at once.
    mutating func startAuthentications(into actions: inout BrokerActions) {
        let most = max(configuration.limits.concurrentAuthentications, 1)
        while authentications.running < most, let next = authentications.popWaiting() {
            guard isAuthenticating(next.connection) else { continue }
            connections[next.connection]?.authenticationNumber = authentications.begin()
            actions.authentications.append((next.connection, next.attempt))
        }
    }

    private func isAuthenticating(_ handle: ConnectionHandle) -> Bool { connections[handle]?.isAuthenticating == true }

    /// A client that the authenticator has to decide on.
    mutating func ask(_ attempt: ConnectAttempt, of handle: ConnectionHandle, into actions: inout BrokerActions) {
        authentications.append(attempt, of: handle)
        let connections = self.connections
        authentications.tidy(most: pool.strangers) { connections[$0]?.isAuthenticating == true }
        startAuthentications(into: &actions)
    }
}
