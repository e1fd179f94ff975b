/// What a simulated fleet has done so far.
public struct FleetTally<Count: Hashable & Sendable>: Sendable, Hashable {
    /// Clients that are connected now.
    public private(set) var connected = 0
    /// Messages that the hub has acknowledged, and requests that it has answered with a status of 200 to 299.
    public private(set) var acknowledged = 0
    /// Messages and requests that it has refused, that could not be sent, or that got no answer.
    public private(set) var failed = 0
    /// Clients that were not let in.
    public private(set) var refused = 0
    /// The program that was not let in, by its place in the fleet's `programs`.
    public private(set) var refusedProgram: Int?
    private var counted: [Count: Int] = [:]

    /// Nothing yet.
    public init() {}

    /// How often the devices have counted this.
    public subscript(count: Count) -> Int { counted[count, default: 0] }

    /// A client has connected.
    public mutating func noteConnected() { connected += 1 }

    /// A client has lost its connection.
    public mutating func noteDisconnected() { connected = max(0, connected - 1) }

    /// Messages were answered.
    public mutating func notePublished(acknowledged: Int, failed: Int) {
        self.acknowledged += acknowledged
        self.failed += failed
    }

    /// A request has its answer, or will have none. A status of 401 or 403 says that the client is not let in.
    public mutating func noteAnswered(_ answer: SimulatedAnswer) {
        if answer.isStored {
            acknowledged += 1
        } else if answer.isRefusalOfDevice {
            refused += 1
        } else {
            failed += 1
        }
    }

    /// A client was not let in.
    public mutating func noteRefused() { refused += 1 }

    /// A program was not let in.
    public mutating func noteRefused(program: Int) { refusedProgram = program }

    /// A device counts something.
    public mutating func note(_ count: Count, by number: Int) { counted[count, default: 0] += number }
}
