internal import Ingest
internal import Logging
internal import MQTTBroker
internal import Transport

/// What the settings mean for the broker, and for the line behind it.
extension House {
    /// The broker.
    func brokerConfiguration(_ certificates: DoorCertificates, _ logger: Logger) -> BrokerConfiguration {
        var broker = BrokerConfiguration()
        let proxies = configuration.usesProxyProtocol ? configuration.trustedProxies : .none
        broker.listeners = [
            ListenerConfiguration(
                host: configuration.mqtt.host, port: configuration.mqtt.port, trustedProxies: proxies)
        ]
        if let mqtts = configuration.mqtts {
            broker.listeners.append(
                ListenerConfiguration(
                    host: mqtts.host, port: mqtts.port, tls: certificates.mqtts, trustedProxies: proxies))
        }
        let limits = configuration.limits
        broker.limits.connections = limits[.mqttConnections]
        broker.limits.connectionsPerAddress = limits[.mqttConnectionsPerAddress]
        broker.limits.unadmittedConnections = limits[.mqttStrangers]
        broker.limits.unadmittedConnectionsPerAddress = limits[.mqttStrangersPerAddress]
        broker.budget = budget("mqtt", limits[.mqttConnections] + limits[.mqttStrangers], logger)
        let rate = limits[.messagesPerDevice]
        broker.limits.messageRate = MessageRate(perSecond: rate, burst: rate * House.messageBurst)
        let ofAddress = limits[.messagesPerAddress]
        broker.limits.addressMessageRate = MessageRate(perSecond: ofAddress, burst: ofAddress * House.messageBurst)
        broker.limits.packetSize = limits[.packetBytes]
        setSessionLimits(&broker.limits)
        return broker
    }

    private func setSessionLimits(_ broker: inout BrokerLimits) {
        let limits = configuration.limits
        broker.sessions = limits[.sessions]
        broker.sessionsPerOwner = limits[.sessionsPerOwner]
        broker.sessionsPerAddress = limits[.sessionsPerAddress]
        broker.rememberedBytes = limits[.sessionBytes]
        broker.rememberedBytesPerOwner = limits[.sessionBytesPerOwner]
        broker.subscriptionsPerSession = limits[.subscriptionsPerDevice]
        broker.queuedBytes = limits[.sessionQueueBytes]
        broker.queuedMessages = limits[.sessionQueueMessages]
        broker.totalQueuedBytes = limits[.queueBytes]
        broker.queuedBytesPerOwner = limits[.queueBytesPerOwner]
        broker.unreleasedIdentifiers = limits[.unreleasedIdentifiers]
        broker.unreleasedIdentifiersPerOwner = limits[.unreleasedIdentifiersPerOwner]
        broker.retainedMessages = limits[.retainedMessages]
        broker.retainedMessagesPerOwner = limits[.retainedMessagesPerOwner]
        broker.retainedBytes = limits[.retainedBytes]
        broker.retainedBytesPerOwner = limits[.retainedBytesPerOwner]
    }

    /// Messages of one client that may come at once, for each that may come in a second.
    private static let messageBurst = 10

    /// The line takes whatever the broker may have on its way, so that only the broker pushes devices back, by not
    /// reading.
    var lineConfiguration: LineConfiguration {
        var line = LineConfiguration()
        let limits = BrokerLimits()
        line.queueItems = limits.uncommittedEntries * 2
        line.queueBytes = limits.uncommittedBytes * 2
        return line
    }
}
