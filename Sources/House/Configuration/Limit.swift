/// Everything that one address, account or device may use up: its name in the environment and in the settings file, its default, and
/// what happens beyond it. This list is the one place; docs/limits.md is its table.
enum Limit: String, CaseIterable {
    // HTTP.
    case requestsPerAddress = "MARTLET_LIMIT_REQUESTS_PER_ADDRESS"
    case requestsPerAccount = "MARTLET_LIMIT_REQUESTS_PER_ACCOUNT"
    case requestsPerDevice = "MARTLET_LIMIT_REQUESTS_PER_DEVICE"
    case httpConnections = "MARTLET_LIMIT_HTTP_CONNECTIONS"
    case httpConnectionsPerAddress = "MARTLET_LIMIT_HTTP_CONNECTIONS_PER_ADDRESS"
    case httpStrangers = "MARTLET_LIMIT_HTTP_STRANGERS"
    case liveSockets = "MARTLET_LIMIT_LIVE_SOCKETS"
    case liveSocketsPerAccount = "MARTLET_LIMIT_LIVE_SOCKETS_PER_ACCOUNT"
    case publicSockets = "MARTLET_LIMIT_PUBLIC_SOCKETS"
    case publicSocketsPerAddress = "MARTLET_LIMIT_PUBLIC_SOCKETS_PER_ADDRESS"
    case liveMessagesPerSocket = "MARTLET_LIMIT_LIVE_MESSAGES_PER_SOCKET"
    // Signing in.
    case signInsWaiting = "MARTLET_LIMIT_SIGN_INS_WAITING"
    // MQTT.
    case mqttConnections = "MARTLET_LIMIT_MQTT_CONNECTIONS"
    case mqttConnectionsPerAddress = "MARTLET_LIMIT_MQTT_CONNECTIONS_PER_ADDRESS"
    case mqttStrangers = "MARTLET_LIMIT_MQTT_STRANGERS"
    case mqttStrangersPerAddress = "MARTLET_LIMIT_MQTT_STRANGERS_PER_ADDRESS"
    case messagesPerDevice = "MARTLET_LIMIT_MESSAGES_PER_DEVICE"
    case messagesPerAddress = "MARTLET_LIMIT_MESSAGES_PER_ADDRESS"
    case packetBytes = "MARTLET_LIMIT_PACKET_BYTES"
    case sessions = "MARTLET_LIMIT_SESSIONS"
    case sessionsPerOwner = "MARTLET_LIMIT_SESSIONS_PER_OWNER"
    case sessionsPerAddress = "MARTLET_LIMIT_SESSIONS_PER_ADDRESS"
    case sessionBytes = "MARTLET_LIMIT_SESSION_BYTES"
    case sessionBytesPerOwner = "MARTLET_LIMIT_SESSION_BYTES_PER_OWNER"
    case subscriptionsPerDevice = "MARTLET_LIMIT_SUBSCRIPTIONS_PER_DEVICE"
    case sessionQueueBytes = "MARTLET_LIMIT_SESSION_QUEUE_BYTES"
    case sessionQueueMessages = "MARTLET_LIMIT_SESSION_QUEUE_MESSAGES"
    case queueBytes = "MARTLET_LIMIT_QUEUE_BYTES"
    case queueBytesPerOwner = "MARTLET_LIMIT_QUEUE_BYTES_PER_OWNER"
    case unreleasedIdentifiers = "MARTLET_LIMIT_UNRELEASED_IDENTIFIERS"
    case unreleasedIdentifiersPerOwner = "MARTLET_LIMIT_UNRELEASED_IDENTIFIERS_PER_OWNER"
    case retainedMessages = "MARTLET_LIMIT_RETAINED_MESSAGES"
    case retainedMessagesPerOwner = "MARTLET_LIMIT_RETAINED_MESSAGES_PER_OWNER"
    case retainedBytes = "MARTLET_LIMIT_RETAINED_BYTES"
    case retainedBytesPerOwner = "MARTLET_LIMIT_RETAINED_BYTES_PER_OWNER"
    // Devices that nobody added: in an open hub, and those that wait to be approved.
    case devicesPerAddress = "MARTLET_LIMIT_DEVICES_PER_ADDRESS"
    case pendingDevices = "MARTLET_LIMIT_PENDING_DEVICES"
    case pendingDevicesPerAddress = "MARTLET_LIMIT_PENDING_DEVICES_PER_ADDRESS"
    case pendingMessages = "MARTLET_LIMIT_PENDING_MESSAGES"

    /// What counts unless something else is set.
    var standard: Int {
        switch self {
        case .requestsPerAddress: 200
        case .requestsPerAccount: 100
        case .requestsPerDevice: 20
        case .httpConnections: 1_024
        case .httpConnectionsPerAddress: 256
        case .httpStrangers: 256
        case .liveSockets: 256
        case .liveSocketsPerAccount: 32
        case .publicSockets: 128
        case .publicSocketsPerAddress: 8
        case .liveMessagesPerSocket: 20
        case .signInsWaiting: 16
        case .mqttConnections: 20_000
        case .mqttConnectionsPerAddress: 5_000
        case .mqttStrangers: 1_000
        case .mqttStrangersPerAddress: 250
        case .messagesPerDevice: 1_000
        case .messagesPerAddress: 20_000
        case .packetBytes: 1_048_576
        case .sessions: 100_000
        case .sessionsPerOwner: 1_000
        case .sessionsPerAddress: 10_000
        case .sessionBytes: 268_435_456
        case .sessionBytesPerOwner: 33_554_432
        case .subscriptionsPerDevice: 1_000
        case .sessionQueueBytes: 16_777_216
        case .sessionQueueMessages: 10_000
        case .queueBytes: 1_073_741_824
        case .queueBytesPerOwner: 134_217_728
        case .unreleasedIdentifiers: 1_000_000
        case .unreleasedIdentifiersPerOwner: 65_536
        case .retainedMessages: 100_000
        case .retainedMessagesPerOwner: 20_000
        case .retainedBytes: 268_435_456
        case .retainedBytesPerOwner: 67_108_864
        case .devicesPerAddress: 10_000
        case .pendingDevices: 1_000
        case .pendingDevicesPerAddress: 250
        case .pendingMessages: 200
        }
    }

    /// What may be set.
    var range: ClosedRange<Int> {
        switch self {
        case .requestsPerAddress, .requestsPerAccount, .requestsPerDevice, .messagesPerDevice, .messagesPerAddress,
            .liveMessagesPerSocket:
            0...1_000_000
        case .packetBytes: 1_024...268_435_455
        case .sessionQueueBytes, .sessionBytes, .sessionBytesPerOwner, .queueBytes, .queueBytesPerOwner, .retainedBytes,
            .retainedBytesPerOwner:
            1_024...1_099_511_627_776
        case .unreleasedIdentifiers, .unreleasedIdentifiersPerOwner: 1...100_000_000
        case .sessionQueueMessages: 1...30_000
        case .httpConnections, .httpConnectionsPerAddress, .httpStrangers, .liveSockets, .liveSocketsPerAccount,
            .publicSockets, .publicSocketsPerAddress, .signInsWaiting, .mqttConnections, .mqttConnectionsPerAddress,
            .mqttStrangers, .mqttStrangersPerAddress,
            .sessions, .sessionsPerOwner, .sessionsPerAddress, .subscriptionsPerDevice, .retainedMessages,
            .retainedMessagesPerOwner, .devicesPerAddress, .pendingDevices, .pendingDevicesPerAddress, .pendingMessages:
            1...1_000_000
        }
    }

    /// What it limits, and what happens beyond it, as docs/limits.md says; an address of IPv6 stands for its network of 64 bits.
    var help: String {
        switch self {
        case .requestsPerAddress:
            "Requests a second of one address (of IPv6, one network of 64 bits), five times as many at once; 0: no limit. Beyond: 429"
        case .requestsPerAccount: "The same of one account, with all its sessions and tokens. Beyond: 429"
        case .requestsPerDevice: "The same of one device. Beyond: 429"
        case .httpConnections: "HTTP connections at once. Beyond: a stranger's gives way, or the new one is closed"
        case .httpConnectionsPerAddress:
            "HTTP connections of one address; trusted proxies are not bounded. Beyond: a stranger's gives way, or new ones are closed"
        case .httpStrangers:
            "HTTP connections on which nobody has shown who they are. Beyond: the one least heard of is closed"
        case .liveSockets: "Live sockets at once of those who are known. Beyond: closed with 1013"
        case .liveSocketsPerAccount: "Live sockets of one account. Beyond: closed with 1013"
        case .publicSockets: "Live sockets at once of strangers, who see public events only. Beyond: closed with 1013"
        case .publicSocketsPerAddress: "The same of one address. Beyond: closed with 1013"
        case .liveMessagesPerSocket:
            "Messages, pings and pongs a second that a live socket sends, ten times as many at once; 0: no limit. Beyond: closed with 1008"
        case .signInsWaiting: "Sign-ins that wait for their password to be checked. Beyond: 429"
        case .mqttConnections: "MQTT connections at once. Beyond: CONNACK 0x89"
        case .mqttConnectionsPerAddress: "MQTT connections of one address. Beyond: CONNACK 0x97"
        case .mqttStrangers: "MQTT connections that are not let in yet. Beyond: the oldest of them is closed"
        case .mqttStrangersPerAddress: "The same of one address. Beyond: the oldest of them is closed"
        case .messagesPerDevice:
            "MQTT messages a second of one device or account with all its connections, ten times as many at once; 0: no limit. Beyond: PUBACK 0x97 (MQTT 5), not read (3.1.1), QoS 0 dropped"
        case .messagesPerAddress:
            "The same of all clients of one address that show nothing (keyless devices, an open hub); 0: no limit"
        case .packetBytes: "Bytes of one MQTT packet. Beyond: DISCONNECT 0x95"
        case .sessions:
            "MQTT sessions, connected or kept. Beyond: the one longest without a connection gives way, of the owner with the most of them"
        case .sessionsPerOwner:
            "The same of one device or account. Beyond: its own one longest without a connection gives way; CONNACK 0x97 if there is none"
        case .sessionsPerAddress:
            "The same of all clients of one address that show nothing. Beyond: likewise"
        case .sessionBytes:
            "Bytes of wills, filters, topic aliases and unfinished packets of all sessions. Beyond: CONNACK or SUBACK 0x97; DISCONNECT 0x97 for the last two"
        case .sessionBytesPerOwner:
            "The same of one device or account, or of all clients of one address that show nothing. Beyond: likewise"
        case .subscriptionsPerDevice: "Subscriptions of one MQTT session. Beyond: SUBACK 0x97"
        case .sessionQueueBytes: "Bytes that wait in one MQTT session. Beyond: the newest is dropped"
        case .sessionQueueMessages: "Messages that wait in one MQTT session. Beyond: the newest is dropped"
        case .queueBytes:
            "Bytes that wait in all MQTT sessions, a message counted in each of them. Beyond: the newest is dropped"
        case .queueBytesPerOwner:
            "The same in the sessions of one device or account, or of one address. Beyond: the newest is dropped"
        case .unreleasedIdentifiers:
            "QoS 2 messages that clients have sent and not released (PUBREL). Beyond: PUBREC 0x97; a 3.1.1 connection is ended"
        case .unreleasedIdentifiersPerOwner:
            "The same of one device or account, or of one address. Beyond: likewise"
        case .retainedMessages:
            "Retained messages. Beyond: PUBACK or PUBREC 0x97"
        case .retainedMessagesPerOwner:
            "Of them, those that one device or account, or one address, published. Beyond: likewise"
        case .retainedBytes:
            "Bytes of retained messages. Beyond: likewise"
        case .retainedBytesPerOwner:
            "Of them, those that one device or account, or one address, published. Beyond: likewise"
        case .devicesPerAddress:
            "Devices that one address has made in a hub opened with --open, each by a first message. Beyond: PUBACK 0x97 or 429"
        case .pendingDevices:
            "Devices that wait to be approved. Beyond: the one that was silent longest is forgotten, after ten minutes"
        case .pendingDevicesPerAddress:
            "Of them, those of one address. Beyond: likewise, among its own"
        case .pendingMessages: "Messages that are kept of such a device, at most 256 KiB. Beyond: the newest is dropped"
        }
    }
}

/// The limits as they are set.
struct HubLimits: Sendable {
    private var values: [Limit: Int] = [:]

    subscript(limit: Limit) -> Int { values[limit] ?? limit.standard }

    /// Lowers a limit; one that is lower already stays.
    mutating func lower(_ limit: Limit, to most: Int) {
        values[limit] = min(self[limit], most)
    }

    /// Sets a limit from its text.
    /// - Throws: `SettingError`.
    mutating func set(_ limit: Limit, _ text: String) throws {
        guard let value = Int(text), limit.range.contains(value) else {
            throw SettingError(
                "\(limit.rawValue) is '\(text)', but must be a whole number from \(limit.range.lowerBound) to \(limit.range.upperBound)"
            )
        }
        values[limit] = value
    }
}
