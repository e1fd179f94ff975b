internal import HubModel
internal import SolutionKit

/// What happens to each item, in order; this is the line, read aloud.
///
/// Lives on the writer's thread; the handlers in it are called by nobody else.
struct Recipe {
    let router: TopicRouter
    let handlers: [any MessageHandler]

    /// Takes one item within the batch's transaction.
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
                    .unknownTopic, "the topic lies in a solution's own space, and the solution does not know it")
            }
            try storing?(&line)
        case .presence(let storing):
            for change in try storing(&line) {
                for handler in handlers { try handler.presence(change, in: &line) }
            }
        case .delivery(let report, let storing):
            try storing?(&line)
            for handler in handlers { try handler.delivery(report, in: &line) }
        case .work(let work):
            try work(&line)
        case .handler(let work):
            for handler in handlers where try work.attempt(handler, &line) { return }
            throw Refusal(.notFound, "no such solution runs here")
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
        case .anybody: handlers.lazy.compactMap { $0.device(namedBy: topic) }.first
        case .keyless, .person: nil
        }
    }

    private func identify(_ message: DeviceMessage) throws(Refusal) -> any MessageHandler {
        guard let index = router.handler(of: message.topic) else {
            throw Refusal(.unknownTopic, "no solution takes messages of this topic")
        }
        return handlers[index]
    }
}
