internal import HubModel
public import SolutionKit

extension SolutionHouse {
    /// A message as the broker hands it over.
    public func message(
        _ topic: String, _ payload: [UInt8], from sender: MessageOrigin.Sender = .anybody, client: String? = "board",
        isRetained: Bool = false, isWill: Bool = false
    ) -> DeviceMessage {
        DeviceMessage(
            topic: topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init), payload: payload,
            origin: MessageOrigin(clientID: client, address: "10.0.0.7", sender: sender), receivedAt: clock.now(),
            isRetained: isRetained, isWill: isWill)
    }

    /// A device says something.
    /// - Throws: what the handler throws.
    @discardableResult
    public func hear(
        _ topic: String, _ payload: String, from sender: MessageOrigin.Sender = .anybody, client: String? = "board",
        isWill: Bool = false
    ) throws -> Effects {
        let message = message(topic, Array(payload.utf8), from: sender, client: client, isWill: isWill)
        return try batch { handler, line in try handler.handle(message, in: &line) }
    }

    /// A client comes, goes or changes its subscriptions.
    /// - Throws: what the handler throws.
    @discardableResult
    public func presence(_ change: PresenceChange) throws -> Effects {
        try batch { handler, line in try handler.presence(change, in: &line) }
    }

    /// The broker tells how far a publication has come.
    /// - Throws: what the handler throws.
    @discardableResult
    public func delivery(_ report: DeliveryReport) throws -> Effects {
        try batch { handler, line in try (handler as? StageHandler)?.handlers.delivery(report, in: &line) }
    }

    /// Time passes, and the line ticks.
    /// - Returns: all that came of it, in one batch.
    /// - Throws: what the handler throws.
    @discardableResult
    public func pass(seconds: Int64 = 0) throws -> Effects {
        clock.move(seconds: seconds)
        return try batch(tick: true, SolutionHouse.time)
    }

    /// All that has come due, the tick, and what is known to be due only since then; as a piece of a batch.
    public static func time(_ handler: any MessageHandler, _ line: inout LineContext) throws {
        while try handler.advance(in: &line) {}
        try handler.tick(in: &line)
        while try handler.advance(in: &line) {}
    }
}
