/// What is to be sent to one socket, in order. Used by the one task that writes to the socket.
public struct LiveFeed: Sendable {
    /// The most messages that come at once.
    public static let maximumMessages = 256

    /// Under which number the hub knows the socket.
    public let id: Int
    private let hub: LiveHub
    private let wakes: AsyncStream<Void>
    private var replay: LiveReplay?

    init(hub: LiveHub, id: Int, wakes: AsyncStream<Void>) {
        self.hub = hub
        self.id = id
        self.wakes = wakes
    }

    /// The next text messages; waits for some, and is nil once the socket was let go or ended.
    public mutating func next() async -> [[UInt8]]? {
        while true {
            while var walk = replay {
                guard let step = hub.step(&walk, LiveFeed.maximumMessages, for: id) else { return nil }
                replay = step.isOver ? nil : walk
                var messages = step.gap.map { [LiveMessage.gap($0)] } ?? []
                messages += step.items.map(LiveMessage.event)
                if !messages.isEmpty { return messages }
                // A long way without anything wanted: others have their turn.
                await Task.yield()
            }
            guard let taken = hub.take(LiveFeed.maximumMessages, for: id) else { return nil }
            var messages: [[UInt8]] = []
            if taken.dropped > 0 { messages.append(LiveMessage.coalesced(dropped: taken.dropped)) }
            for item in taken.items {
                switch item {
                case .event(let event): messages.append(event.json)
                case .answer(let answer): messages.append(answer)
                case .replay(let begun): replay = begun
                }
            }
            if !messages.isEmpty { return messages }
            if taken.items.isEmpty {
                var iterator = wakes.makeAsyncIterator()
                guard await iterator.next() != nil else { return nil }
            }
        }
    }
}
