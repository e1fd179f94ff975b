import MQTTCodec

extension PacketMaker {
    mutating func connect() throws -> Connect {
        let userName = flag() ? try text() : nil
        let will: Will? =
            flag()
            ? Will(
                topic: try topic(), payload: bytes(upTo: 20), qos: pick(QoS.allCases), retain: flag(),
                properties: try properties(.will)) : nil
        return Connect(
            version: version, clientIdentifier: try text(), cleanStart: true, keepAlive: UInt16(number(0...65_535)),
            will: will, userName: userName, password: userName != nil && flag() ? bytes(upTo: 20) : nil,
            properties: try properties(.connect), isBridge: version != .v5_0 && flag())
    }

    mutating func connack() throws -> Connack {
        let codes = ConnectReturnCode.allCases.map(\.reasonCode)
        let reason = version == .v5_0 ? reason(.connack) : pick(codes)
        return Connack(
            sessionPresent: reason == .success && version != .v3_1 && flag(), reason: reason,
            properties: try properties(.connack))
    }

    mutating func publish(isFromServer: Bool) throws -> Publish {
        let qos = pick(QoS.allCases)
        var properties = try properties(.publish)
        if !isFromServer { properties.remove(.subscriptionIdentifier) }
        let isAliased = properties.topicAlias != nil && flag()
        return Publish(
            topic: isAliased ? nil : try topic(), payload: bytes(upTo: 300), qos: qos, retain: flag(),
            isDuplicate: qos != .atMostOnce && flag(), packetIdentifier: qos == .atMostOnce ? nil : try identifier(),
            properties: properties)
    }

    mutating func answer(_ type: PacketType, _ place: PropertyPlace) throws -> PublishAnswer {
        PublishAnswer(
            packetIdentifier: try identifier(), reason: version == .v5_0 ? reason(type) : .success,
            properties: try properties(place))
    }

    mutating func subscribe() throws -> Subscribe {
        let subscriptions = try (0..<number(1...4)).map { _ in
            let filter = try filter()
            guard version == .v5_0 else { return Subscription(filter: filter, maximumQoS: pick(QoS.allCases)) }
            return Subscription(
                filter: filter, maximumQoS: pick(QoS.allCases), noLocal: !filter.isShared && flag(),
                retainAsPublished: flag(), retainHandling: pick(RetainHandling.allCases))
        }
        return Subscribe(
            packetIdentifier: try identifier(), subscriptions: subscriptions, properties: try properties(.subscribe))
    }

    mutating func reason(_ type: PacketType) -> ReasonCode {
        version == .v5_0 ? pick(ReasonCode.allCases.filter { $0.isAllowed(in: type) }) : .success
    }

    mutating func reasons(_ type: PacketType) -> [ReasonCode] {
        let simple: [ReasonCode] = [.success, .grantedQoS1, .grantedQoS2, .unspecifiedError]
        return (0..<number(1...5)).map { _ in version == .v5_0 ? reason(type) : pick(simple) }
    }

    mutating func properties(_ place: PropertyPlace) throws -> Properties {
        guard version == .v5_0, flag() else { return .none }
        var properties = Properties()
        for identifier in PropertyIdentifier.allCases.shuffled(using: &generator) where identifier.isAllowed(in: place)
        {
            guard number(0...2) == 0 else { continue }
            for _ in 0..<(identifier.mayRepeat(in: place) ? number(1...3) : 1) {
                properties.append(try property(identifier))
            }
        }
        if properties.authenticationMethod == nil { properties.remove(.authenticationData) }
        return properties
    }

    mutating func property(_ identifier: PropertyIdentifier) throws -> Property {
        let word = UInt32.random(in: 1...UInt32.max, using: &generator)
        let half = UInt16.random(in: 1...UInt16.max, using: &generator)
        return switch identifier {
        case .payloadFormatIndicator: .payloadFormatIndicator(flag())
        case .messageExpiryInterval: .messageExpiryInterval(word)
        case .contentType: .contentType(try text())
        case .responseTopic: .responseTopic(try topic())
        case .correlationData: .correlationData(bytes(upTo: 40))
        case .subscriptionIdentifier: .subscriptionIdentifier(max(1, word >> UInt32(number(4...30))))
        case .sessionExpiryInterval: .sessionExpiryInterval(word)
        case .assignedClientIdentifier: .assignedClientIdentifier(try text())
        case .serverKeepAlive: .serverKeepAlive(half)
        case .authenticationMethod: .authenticationMethod(try text())
        case .authenticationData: .authenticationData(bytes(upTo: 40))
        case .requestProblemInformation: .requestProblemInformation(flag())
        case .willDelayInterval: .willDelayInterval(word)
        case .requestResponseInformation: .requestResponseInformation(flag())
        case .responseInformation: .responseInformation(try text())
        case .serverReference: .serverReference(try text())
        case .reasonString: .reasonString(try text())
        case .receiveMaximum: .receiveMaximum(half)
        case .topicAliasMaximum: .topicAliasMaximum(half)
        case .topicAlias: .topicAlias(half)
        case .maximumQoS: .maximumQoS(flag() ? .atLeastOnce : .atMostOnce)
        case .retainAvailable: .retainAvailable(flag())
        case .userProperty: .userProperty(try text(), try text())
        case .maximumPacketSize: .maximumPacketSize(word)
        case .wildcardSubscriptionAvailable: .wildcardSubscriptionAvailable(flag())
        case .subscriptionIdentifierAvailable: .subscriptionIdentifierAvailable(flag())
        case .sharedSubscriptionAvailable: .sharedSubscriptionAvailable(flag())
        }
    }
}
