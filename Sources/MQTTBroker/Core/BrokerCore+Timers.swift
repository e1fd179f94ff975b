internal import MQTTCodec

extension BrokerCore {
    /// Asks to be reminded of a connection at `deadline`, milliseconds of uptime.
    mutating func remind(_ handle: ConnectionHandle, at deadline: Int64) {
        connections[handle]?.reminder = connectionWheel.remind(handle, at: deadline)
    }

    /// Asks to be reminded of a session when its will is due or its time is over.
    mutating func remind(_ handle: SessionHandle, now: Moment) {
        guard let deadline = sessions[handle]?.nextDeadline else { return }
        sessions[handle]?.reminder = sessionWheel.remind(handle, at: max(deadline, now.elapsed))
    }

    mutating func tick(now: Moment, into actions: inout BrokerActions) {
        // A reminder that a later one has replaced is not looked at.
        connectionWheel.advance(to: now.uptime, due: &dueConnections)
        for (handle, step) in dueConnections where connections[handle]?.reminder == step {
            check(handle, now: now, into: &actions)
        }
        dueConnections.removeAll(keepingCapacity: true)
        sessionWheel.advance(to: now.elapsed, due: &dueSessions)
        for (handle, step) in dueSessions where sessions[handle]?.reminder == step {
            check(handle, now: now, into: &actions)
        }
        dueSessions.removeAll(keepingCapacity: true)
        releaseThrottled(now: now, into: &actions)
        retained.sweep(Self.sweptSlotsPerTick, now: now)
        sessions.sweepOwners(Self.sweptSlotsPerTick, now: now)
        waiting.append(contentsOf: heldUp)
        heldUp.removeAll(keepingCapacity: true)
        turn(now: now, into: &actions)
    }

    private static var sweptSlotsPerTick: Int { 512 }

    private mutating func check(_ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions) {
        guard let phase = connections[handle]?.phase, let activity = connections[handle]?.lastActivity else { return }
        switch phase {
        case .awaitingConnect, .authenticating:
            // While nothing is read, nobody can say CONNECT.
            let deadline = (isOverloaded ? now.uptime : activity) + Int64(configuration.connectTimeout) * 1000
            guard now.uptime >= deadline else { return remind(handle, at: deadline) }
            counters.connectTimeouts += 1
            close(handle, now: now, into: &actions)
        case .opening:
            // The ledger has its own time.
            connections[handle]?.reminder = nil
        case .online:
            guard let allowed = connections[handle]?.silenceAllowed, allowed > 0 else { return }
            // While nothing is read, nobody can give a sign of life.
            let isUnread = isOverloaded || connections[handle]?.isThrottled == true
            let deadline = (isUnread ? now.uptime : activity) + allowed
            guard now.uptime >= deadline else { return remind(handle, at: deadline) }
            counters.keepAliveTimeouts += 1
            end(handle, .keepAliveTimeout, tell: .keepAliveTimeout, now: now, into: &actions)
        case .closing:
            let deadline = activity + Self.lingerMilliseconds
            guard now.uptime >= deadline else { return remind(handle, at: deadline) }
            actions.items.append(.abort(handle))
        }
    }

    /// Does what has come due for a session whose client is not there.
    mutating func check(_ handle: SessionHandle, now: Moment, into actions: inout BrokerActions) {
        guard sessions[handle]?.connection == nil, let deadline = sessions[handle]?.nextDeadline else { return }
        if deadline <= now.elapsed, let will = sessions[handle]?.will,
            !canJudge(will, of: handle, now: now, into: &actions)
        {
            return
        }
        if let endsAt = sessions[handle]?.endsAt, endsAt <= now.elapsed {
            counters.sessionsExpired += 1
            endSession(handle, tellLedger: true, now: now, into: &actions)
            return
        }
        if let will = sessions[handle]?.will, will.due <= now.elapsed {
            sessions[handle]?.will = nil
            publish(will, now: now, into: &actions)
        }
        remind(handle, now: now)
    }
}
