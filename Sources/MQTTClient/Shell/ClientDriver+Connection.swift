import MQTTCodec
import NIOCore
import NIOPosix

/// Making connections, and losing them.
extension ClientDriver {
    func connect(_ waiter: CheckedContinuation<Bool, any Error>) {
        switch state {
        case .over: return waiter.resume(throwing: MQTTClientError.closed)
        case .idle:
            connectWaiters.append(waiter)
            attempt()
        case .trying, .waiting:
            if session.phase == .online { return waiter.resume(returning: true) }
            connectWaiters.append(waiter)
        }
    }

    private func attempt() {
        state = .trying
        closing = nil
        let timeout = configuration.connectTimeout
        connectTask = eventLoop.assumeIsolated().scheduleTask(in: timeout) { self.close(.connectTimeout) }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let limits = PacketLimits(maximumPacketSize: configuration.maximumPacketSize, allowsDiscouragedText: true)
        let decoder = PacketDecoder(receiver: .client(configuration.version), limits: limits)
        ClientBootstrap(group: eventLoop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // The bootstrap initializes on the event loop it was given, which is the driver's.
                    let handler = ClientHandler(driver: bound.value, decoder: decoder)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: configuration.host, port: configuration.port)
            .assumeIsolated()
            .whenFailure { error in self.unreachable(error) }
    }

    private func unreachable(_ error: any Error) {
        // A connection that came and went is told by its handler.
        guard state == .trying, channel == nil else { return }
        lost(closing ?? .unreachable("\(error)"))
    }

    func transportConnected(_ channel: any Channel) {
        self.channel = channel
        guard state == .trying, closing == nil else { return channel.close(promise: nil) }
        advance { session, actions in session.transportConnected(&actions) }
    }

    func established(_ sessionPresent: Bool, keepAlive seconds: UInt16) {
        connectTask?.cancel()
        connectTask = nil
        establishedAt = .now()
        counters.connections += 1
        keepAlive = KeepAlive(seconds: seconds, now: .now())
        checkKeepAlive()
        for waiter in connectWaiters { waiter.resume(returning: sessionPresent) }
        connectWaiters = []
        configuration.onEvent?(.connected(sessionPresent: sessionPresent))
    }

    /// True while packets of this connection still count.
    func received(_ packet: Packet) -> Bool {
        guard closing == nil else { return false }
        keepAlive?.received()
        advance { session, actions in session.received(packet, isWritable: isWritable, &actions) }
        return closing == nil
    }

    func malformed(_ failure: DecodeFailure) {
        guard closing == nil else { return }
        if configuration.version == .v5_0, session.phase == .online {
            advance { _, actions in
                actions.append(.send(.disconnect(Disconnect(reason: failure.reason))))
                actions.append(.close(.malformed(failure)))
            }
        } else {
            close(.malformed(failure))
        }
    }

    func writabilityChanged() {
        guard isWritable, closing == nil else { return }
        advance { session, actions in session.pump(isWritable: true, &actions) }
    }

    func transportFailed(_ error: any Error) {
        if closing == nil { closing = .unreachable("\(error)") }
        channel?.close(promise: nil)
    }

    /// Closes the connection, or the attempt; what follows is decided when it is closed.
    func close(_ error: MQTTClientError) {
        guard closing == nil else { return }
        closing = error
        connectTask?.cancel()
        connectTask = nil
        guard let channel else {
            // Still connecting: the attempt ends by its own timeout; what comes of it is closed at once.
            return
        }
        flush()
        channel.close(promise: nil)
    }

    func transportLost(_ channel: any Channel) {
        guard self.channel === channel else { return }
        self.channel = nil
        endReading()
        lost(closing ?? .connectionLost)
    }

    private func lost(_ error: MQTTClientError) {
        stopTimers()
        isReadingPaused = false
        keepAlive = nil
        session.transportLost()
        if let since = establishedAt { delays?.connectionHeld(for: .now() - since) }
        establishedAt = nil
        guard state == .trying, shouldRetry(error), let wait = nextWait() else {
            return over(error)
        }
        state = .waiting
        retryTask = eventLoop.assumeIsolated().scheduleTask(in: wait) { self.attempt() }
        configuration.onEvent?(.disconnected(error, retryIn: wait))
    }

    private func nextWait() -> TimeAmount? {
        delays?.next(random: random())
    }

    /// A refusal of the very first connection that waiting cannot change is told to the caller instead.
    private func shouldRetry(_ error: MQTTClientError) -> Bool {
        guard counters.connections == 0 else { return true }
        return switch error {
        case .refused(let reason): reason.mayChange
        case .notEncodable: false
        default: true
        }
    }

    /// The end: everybody who waits is told.
    func over(_ error: MQTTClientError) {
        guard state != .over else { return }
        state = .over
        stopTimers()
        advance { session, actions in session.end(error, &actions) }
        flush()
        for waiter in connectWaiters { waiter.resume(throwing: error) }
        connectWaiters = []
        incoming.finish()
        configuration.onEvent?(.disconnected(error, retryIn: nil))
    }

    private func stopTimers() {
        keepAliveTask?.cancel()
        connectTask?.cancel()
        retryTask?.cancel()
        (keepAliveTask, connectTask, retryTask) = (nil, nil, nil)
    }

    private func checkKeepAlive() {
        guard let step = keepAlive?.check(at: .now(), isReading: !isReadingPaused) else { return }
        let next: NIODeadline
        switch step {
        case .wait(let until): next = until
        case .ping(let until):
            next = until
            advance { _, actions in actions.append(.send(.pingreq)) }
        case .expired: return close(.keepAliveTimeout)
        }
        keepAliveTask = eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.checkKeepAlive() }
    }
}

extension ReasonCode {
    /// Whether a server that refuses with this code may accept later.
    fileprivate var mayChange: Bool {
        switch self {
        case .serverUnavailable, .serverBusy, .serverShuttingDown, .quotaExceeded, .connectionRateExceeded,
            .unspecifiedError, .implementationSpecificError:
            true
        default: false
        }
    }
}
