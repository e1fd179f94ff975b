internal import HubModel
internal import SolutionKit

/// What happens to each item, in order; this is the line, read aloud.
///
/// Lives on the writer's thread; the handlers in it are called by nobody else.
struct Recipe {
    let router: TopicRouter
    /// Those of the solutions by the numbers of the router; that of the commands behind them.
    private(set) var handlers: LineHandlers

    init(router: TopicRouter, handlers: LineHandlers) {
        self.router = router
        self.handlers = handlers
    }

    /// Sees to it that the handlers which an item is for have their memory. A step of its own before `take`.
    /// - Throws: what reading it throws.
    mutating func prepare(for item: LineItem, in line: inout LineContext) throws {
        switch item {
        case .message(let message, _):
            if let index = router.handler(of: message.topic) { _ = try handlers.ready(index, in: &line) }
        case .presence: try handlers.ready(where: { _ in true }, in: &line)
        case .delivery: try handlers.readyCommands(in: &line)
        case .handler(let work): try handlers.ready(where: work.isFor, in: &line)
        case .traffic, .work: break
        }
    }

    /// A handler with its memory.
    /// - Throws: what reading it throws.
    mutating func ready(_ index: Int, in line: inout LineContext) throws -> any MessageHandler {
        try handlers.ready(index, in: &line)
    }

    /// The batch was rolled back, or the tables were changed by somebody else.
    mutating func forget() {
        handlers.forget()
    }

    /// Takes one item within the batch's transaction; `prepare` has been there for it.
    /// - Throws: `Refusal` for the sender's mistake; what was done for the item is undone by the caller.
    func take(_ item: LineItem, in line: inout LineContext) throws {
        switch item {
        case .message(let message, let storing):
            let handler = try identify(message)
            try handler.handle(message, in: &line)
            try storing?(&line)
        case .traffic(let topic, let storing, _):
            if let topic, router.isOwned(topic) {
                throw Refusal(
                    .unknownTopic, "The topic lies in a solution's own space, and the solution does not know it.")
            }
            try storing?(&line)
        case .presence(let storing):
            for change in try storing(&line) { try handlers.presence(change, in: &line) }
        case .delivery(let report, let storing):
            try storing?(&line)
            try handlers.delivery(report, in: &line)
        case .work(let work):
            try work(&line)
        case .handler(let work):
            for handler in handlers.all where try work.attempt(handler.unready, &line) { return }
            throw Refusal(.notFound, "No such solution runs here.")
        }
    }

    /// Whose an item is that was refused; nil when it is no device's, or nobody can tell.
    func device(of item: LineItem) -> DeviceID? {
        switch item {
        case .message(let message, _): device(message.origin.sender, message.topic)
        case .traffic(let topic?, _, let sender?): device(sender, topic)
        case .traffic, .presence, .delivery, .work, .handler: nil
        }
    }

    private func device(_ sender: MessageOrigin.Sender, _ topic: [String]) -> DeviceID? {
        switch sender {
        case .device(let device): device
        case .anybody: handlers.all.lazy.compactMap { $0.unready.device(namedBy: topic) }.first
        case .keyless, .person: nil
        }
    }

    private func identify(_ message: DeviceMessage) throws(Refusal) -> any MessageHandler {
        guard let index = router.handler(of: message.topic) else {
            throw Refusal(.unknownTopic, "No solution takes messages of this topic.")
        }
        return handlers.all[index].unready
    }
}
