/// How far a command has come.
public enum CommandState: String, CaseIterable, Sendable {
    /// Stored; the device is away or has not been reached yet.
    case queued
    /// Passed on to the device's connection.
    case sent
    /// The device's client has acknowledged it.
    case delivered
    /// The device says it is done.
    case done
    /// The device says it could not do it.
    case failed
    /// The device did not answer in time after it was sent.
    case timedOut = "timed_out"
    /// It could not be delivered before its time to live was over.
    case expired

    /// Whether nothing can change any more.
    public var isFinal: Bool {
        switch self {
        case .queued, .sent, .delivered: false
        case .done, .failed, .timedOut, .expired: true
        }
    }

    /// Whether a command in this state may go to the other.
    ///
    /// A sent command returns to the queue when the connection breaks before the device acknowledged it; an answer
    /// that arrives after the end still counts, because the device did what it says.
    public func mayBecome(_ next: CommandState) -> Bool {
        switch (self, next) {
        case (.queued, .sent), (.queued, .expired), (.sent, .queued), (.sent, .delivered), (.sent, .timedOut),
            (.sent, .expired),
            (.delivered, .timedOut):
            true
        case (.queued, .done), (.queued, .failed), (.sent, .done), (.sent, .failed), (.delivered, .done),
            (.delivered, .failed),
            (.timedOut, .done), (.timedOut, .failed), (.expired, .done), (.expired, .failed):
            true
        default:
            false
        }
    }
}

/// Something that a person or a rule asks a device to do.
public struct Command: Sendable {
    /// Its identifier, unique in the hub; it goes to the device and comes back in the answer.
    public var id: String
    /// Who is to do it.
    public var device: DeviceID
    /// The kind of that device; nil where nobody looked: lists of commands know it.
    public var kind: DeviceKind?
    /// The command's name, such as `set_led`.
    public var name: String
    /// Its parameters: a JSON object as text.
    public var parameters: String
    /// How far it has come.
    public var state: CommandState
    /// When it was asked for.
    public var createdAt: Timestamp
    /// When its state last changed.
    public var updatedAt: Timestamp
    /// When it is given up if it could not be delivered.
    public var expiresAt: Timestamp
    /// How long the device has for its answer after sending, in seconds.
    public var timeoutSeconds: Int64
    /// When an answer is overdue; nil before it is sent.
    public var answerDueAt: Timestamp?
    /// The kept session of the device's (`ClientName`) that owes it to its client; nil when none does.
    public var holder: String?
    /// What the device answered: JSON as text.
    public var result: String?
    /// Why it failed, in the device's words.
    public var error: String?
    /// The states it went through, oldest first.
    public var history: [(state: CommandState, at: Timestamp)]

    /// A command.
    public init(
        id: String, device: DeviceID, name: String, parameters: String, state: CommandState, createdAt: Timestamp,
        updatedAt: Timestamp, expiresAt: Timestamp, timeoutSeconds: Int64, answerDueAt: Timestamp? = nil,
        holder: String? = nil,
        result: String? = nil, error: String? = nil, history: [(state: CommandState, at: Timestamp)] = []
    ) {
        self.id = id
        self.device = device
        self.name = name
        self.parameters = parameters
        self.state = state
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.expiresAt = expiresAt
        self.timeoutSeconds = timeoutSeconds
        self.answerDueAt = answerDueAt
        self.holder = holder
        self.result = result
        self.error = error
        self.history = history
    }
}

extension Command {
    /// When time alone ends it: its time to live until it is delivered, the time for its answer once it is sent; nil when it has ended.
    public var dueAt: Timestamp? {
        switch state {
        case .queued: expiresAt
        case .sent: answerDueAt.map { min($0, expiresAt) } ?? expiresAt
        case .delivered: answerDueAt ?? expiresAt
        case .done, .failed, .timedOut, .expired: nil
        }
    }
}
