extension BrokerCore {
    /// Counts and sizes as they are now. Looks at every session, so not for every message.
    package func statistics() -> BrokerStatistics {
        var statistics = BrokerStatistics()
        statistics.counters = counters
        statistics.connections = connections.count
        statistics.unadmittedConnections = pool.strangers
        statistics.authenticating = authentications.running
        statistics.awaitingAuthentication = authentications.waitingCount
        statistics.throttledConnections = throttled.count
        statistics.sessions = sessions.count
        statistics.owners = sessions.owners.count
        statistics.rememberedBytes = sessions.owners.total.remembered
        statistics.queuedBytes = sessions.owners.total.queued
        statistics.unreleasedIdentifiers = sessions.owners.total.unreleased
        statistics.subscriptions = subscriptions.count
        statistics.retainedMessages = retained.count
        statistics.retainedBytes = retained.bytes
        statistics.uncommittedEntries = pending.count
        statistics.uncommittedBytes = pendingBytes
        statistics.unsentBytes = totalUnsent
        statistics.isPushingBack = isOverloaded
        for handle in sessions.handles {
            statistics.queuedMessages += sessions[handle]?.outbox.entries.count ?? 0
            statistics.inFlightMessages += sessions[handle]?.outbox.inFlight ?? 0
        }
        return statistics
    }
}

extension BrokerCore {
    /// How large the subscription tree is; zero when nobody subscribes to anything.
    package var subscriptionNodes: Int { subscriptions.nodeCount }
}
