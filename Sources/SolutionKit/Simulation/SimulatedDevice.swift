public import HubModel

/// A device that does not exist, behind one connection of MQTT or HTTP: events in, actions out. It has no socket and no clock; a fleet drives it, and a
/// test does so without either.
public protocol SimulatedDevice: Sendable {
    /// What it counts beside what every fleet counts; `Never` if nothing.
    associatedtype Count: Hashable, Sendable

    /// When it does something next by itself, by the clock on the wall. It may be past.
    var nextDue: Timestamp { get }

    /// Takes what has happened, and says what is to be done, in this order.
    /// - Parameter now: the clock on the wall.
    mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<Count>]
}

/// What happens to a simulated device.
public enum SimulatedEvent: Sendable, Hashable {
    /// `nextDue` has come.
    case due
    /// A message arrived on one of its subscriptions.
    case message(SimulatedMessage)
    /// Its oldest request that had none yet has an answer, or there will be none. One request is sent after the other.
    case answered(SimulatedAnswer)
    /// What became of what it published and of the requests that it made at the last `due`: all of it is acknowledged or answered with a status
    /// of 200 to 299, or some of it is not and may not be stored. It comes behind the answers and before the next `due`.
    case settled(isStored: Bool)
}

/// What a simulated device does.
public enum SimulatedAction<Count: Hashable & Sendable>: Sendable, Hashable {
    /// Publishes with QoS 1. A device over HTTP has programs to publish for it, and no connection of its own: then it counts as failed.
    case publish(SimulatedMessage, by: SimulatedSender = .itself)
    /// Sends a request when those before it are answered. At most 64 wait; what is beyond, and any of a device over MQTT, counts as failed and
    /// gets no answer.
    case request(SimulatedRequest)
    /// Counts something in the fleet's tally.
    case count(Count, by: Int = 1)
}

/// Whose connection a message goes out on.
public enum SimulatedSender: Sendable, Hashable {
    /// The device's own.
    case itself
    /// That of the program at this place in the fleet's `programs`.
    case program(Int)
}

/// An MQTT message.
public struct SimulatedMessage: Sendable, Hashable {
    /// The topic.
    public let topic: String
    /// The content.
    public let payload: [UInt8]

    /// A message.
    public init(topic: String, payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }
}
