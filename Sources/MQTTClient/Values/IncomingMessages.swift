import NIOCore

/// The messages that arrive, in order, across reconnects; it ends when the client is disconnected. One reader only: the
/// program stops if a second iterator is made. Messages that nobody reads fill `incomingBuffer`, and then the client
/// stops reading from the server until there is room.
public struct IncomingMessages: AsyncSequence, Sendable {
    /// A message.
    public typealias Element = ReceivedMessage
    /// The sequence fails never; connections that are lost are told to `onEvent`.
    public typealias Failure = Never

    typealias Strategy = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark
    typealias Producer = NIOAsyncSequenceProducer<ReceivedMessage, Strategy, Demand>
    typealias Source = Producer.Source

    private let producer: Producer

    /// Takes one message after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var base: Producer.AsyncIterator

        init(_ base: Producer.AsyncIterator) { self.base = base }

        /// The next message; nil at the end or when the task is cancelled.
        public mutating func next() async -> ReceivedMessage? { await base.next() }
    }

    /// The one iterator.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(producer.makeAsyncIterator()) }

    static func make(buffer: Int, demand: Demand) -> (sequence: IncomingMessages, source: Source) {
        let high = Swift.max(1, buffer)
        let made = Producer.makeSequence(
            elementType: ReceivedMessage.self,
            backPressureStrategy: Strategy(lowWatermark: high / 2, highWatermark: high),
            finishOnDeinit: false, delegate: demand)
        return (IncomingMessages(producer: made.sequence), made.source)
    }

    /// Tells the client that its reader wants more.
    struct Demand: NIOAsyncSequenceProducerDelegate {
        let wanted: @Sendable () -> Void

        func produceMore() { wanted() }
        /// The reader went away: what still comes is dropped, so reading may go on.
        func didTerminate() { wanted() }
    }
}
