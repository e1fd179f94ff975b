internal import Logging
internal import NIOCore
internal import Transport

/// How many connections the hub takes, of the descriptors that it may have.
extension House {
    /// The configuration, its bounds for connections cut down to what there are descriptors for.
    func withinDescriptors(_ logger: Logger) throws -> Configuration {
        guard let descriptors = OpenFiles.limit, let inUse = OpenFiles.count else { return configuration }
        var plan = ConnectionPlan(configuration.limits)
        guard try plan.fit(descriptors: descriptors, inUse: inUse, cores: System.coreCount) else {
            return configuration
        }
        logger.notice(
            "Fewer connections are taken than the limits allow: the system lets this program have no more files open",
            metadata: [
                "open_files": .stringConvertible(descriptors), "http_connections": .stringConvertible(plan.http),
                "mqtt_connections": .stringConvertible(plan.mqtt),
                "mqtt_strangers": .stringConvertible(plan.mqttStrangers),
            ])
        var configuration = configuration
        configuration.limits.lower(.httpConnections, to: plan.http)
        configuration.limits.lower(.mqttConnections, to: plan.mqtt)
        configuration.limits.lower(.mqttStrangers, to: plan.mqttStrangers)
        return configuration
    }

    /// The descriptors of one sort of door: a few more than its bounds, for connections that are being closed.
    func budget(_ doors: String, _ connections: Int, _ logger: Logger) -> ConnectionBudget {
        ConnectionBudget(maximum: connections + ConnectionPlan.slack) { change in
            switch change {
            case .full(let connections):
                logger.warning(
                    "No connection is accepted while as many are open as may be",
                    metadata: ["doors": .string(doors), "connections": .stringConvertible(connections)])
            case .refused(let reason):
                logger.error(
                    "No connection can be accepted; those that are open go on",
                    metadata: ["doors": .string(doors), "reason": .string(reason)])
            case .resumed: logger.notice("Connections are accepted again", metadata: ["doors": .string(doors)])
            }
        }
    }
}
