/// How a simulated device reaches its hub.
public struct SimulatedClient: Sendable, Hashable {
    /// Over which protocol it comes.
    public let way: SimulatedWay
    /// The device's names under which a key may be given; the first that has one is who it says it is.
    public let names: [String]
    /// How long it waits before it connects first, in microseconds: a fleet need not speak in chorus.
    public let delay: Int64

    /// A client.
    public init(_ way: SimulatedWay, names: [String], delay: Int64 = 0) {
        self.way = way
        self.names = names
        self.delay = delay
    }

    /// A client over MQTT.
    public init(
        identifier: String, names: [String], subscriptions: [String], will: SimulatedMessage? = nil, delay: Int64 = 0
    ) {
        self.init(
            .mqtt(SimulatedSession(identifier: identifier, subscriptions: subscriptions, will: will)), names: names,
            delay: delay)
    }

    /// Its session of MQTT; nil over HTTP.
    public var session: SimulatedSession? {
        guard case .mqtt(let session) = way else { return nil }
        return session
    }

    /// The client identifier of its session.
    public var identifier: String? { session?.identifier }
    /// What its session hears; nothing over HTTP.
    public var subscriptions: [String] { session?.subscriptions ?? [] }
    /// The will of its session.
    public var will: SimulatedMessage? { session?.will }
}

/// Over which protocol a simulated device comes.
public enum SimulatedWay: Sendable, Hashable {
    /// One connection of MQTT. It publishes and hears; it sends no requests.
    case mqtt(SimulatedSession)
    /// One kept connection of HTTP/1.1, one request at a time, as a microcontroller does it. It sends requests and hears their answers.
    case http(credentials: SimulatedCredentialPlace)
}

/// What a client of MQTT says of itself.
public struct SimulatedSession: Sendable, Hashable {
    /// The client identifier.
    public let identifier: String
    /// What it hears, with QoS 1: topic filters.
    public let subscriptions: [String]
    /// What the broker publishes with QoS 1 when the connection is lost.
    public let will: SimulatedMessage?

    /// A session.
    public init(identifier: String, subscriptions: [String], will: SimulatedMessage? = nil) {
        self.identifier = identifier
        self.subscriptions = subscriptions
        self.will = will
    }
}

/// Where a request over HTTP says whose it is.
public enum SimulatedCredentialPlace: Sendable, Hashable {
    /// In the fields `X-Device-Id` and `X-API-Key`, which are added to each request of a device that has a key.
    case fields
    /// Wherever the device puts what `SimulatedFleet.device(_:at:showing:)` gives it: devices of old contracts show it in their JSON.
    case device
}

/// What a simulated device shows to say who it is. Printing it prints no key.
public struct SimulatedCredentials: Sendable, Hashable, CustomStringConvertible {
    /// The device's name.
    public let name: String
    /// Its key.
    public let key: String

    /// A name and its key.
    public init(name: String, key: String) {
        self.name = name
        self.key = key
    }

    /// The name alone.
    public var description: String { "\(name), with a key" }
}
