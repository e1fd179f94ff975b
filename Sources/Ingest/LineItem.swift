public import HubModel
public import SolutionKit

/// Work of the caller's own inside the batch's transaction.
public typealias LineWork = @Sendable (inout LineContext) throws -> Void

/// One thing that goes down the line.
public enum LineItem: Sendable {
    /// A message from a device. `storing` is what the door must keep together with it (a packet identifier, a
    /// retained message); it runs in the same savepoint after the solution has taken the message, and is nil for
    /// most.
    case message(DeviceMessage, storing: LineWork?)
    /// A message that no solution takes, which the door only passes on and may have to keep. `topic` and `sender` are nil
    /// for the hub's own.
    case traffic(topic: [String]?, storing: LineWork?, sender: MessageOrigin.Sender? = nil)
    /// Clients came, went or changed their subscriptions: the work keeps what the door must keep of that, and says
    /// what changed.
    case presence(@Sendable (inout LineContext) throws -> [PresenceChange])
    /// How far a publication with a token has come. `storing` is what the door must keep of it.
    case delivery(DeliveryReport, storing: LineWork? = nil)
    /// Work for the tables alone.
    case work(LineWork)
    /// Work that one solution's handler does.
    case handler(HandlerWork)

    /// About how many bytes the item holds while it waits. What hangs on a door's own work, such as the payload of plain traffic,
    /// is bounded by that door.
    var weight: Int {
        switch self {
        case .message(let message, _): message.payload.count + 256
        case .traffic, .presence, .delivery, .work, .handler: 512
        }
    }
}

/// Work for the handler of one type.
public struct HandlerWork: Sendable {
    /// Whether the work is for a handler: whether it is of the wanted type.
    let isFor: @Sendable (any MessageHandler) -> Bool
    /// Does the work if the handler is of the wanted type; says whether it was.
    let attempt: @Sendable (any MessageHandler, inout LineContext) throws -> Bool
}

/// What became of an item.
public enum LineOutcome: Sendable {
    /// Stored for good.
    case committed
    /// The sender's mistake; nothing of it was stored.
    case refused(Refusal)
    /// Our failure; nothing of it was stored, and it may be sent again.
    case failed
    /// The store takes nothing at the moment: the disk is full, say. It may be sent again once that is over.
    case unstored
}

/// Items that a door hands over together, and what to call when they are committed.
public struct Submission: Sendable {
    /// The items, in order.
    public let items: [LineItem]
    /// Called once, on the writer's thread, with one outcome an item in the same order. Must not block.
    public let completion: @Sendable ([LineOutcome]) -> Void

    /// A submission.
    public init(items: [LineItem], completion: @escaping @Sendable ([LineOutcome]) -> Void) {
        self.items = items
        self.completion = completion
    }
}
