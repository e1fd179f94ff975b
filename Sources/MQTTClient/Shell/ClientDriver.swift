import MQTTCodec
import NIOCore

/// Performs what the session decides: sends, connects, waits, resumes those who wait. It lives on one event loop and is
/// touched nowhere else; it is not `Sendable`, and `MQTTClient` reaches it through a loop-bound box.
final class ClientDriver {
    /// Where the life of the client stands; the session has the life of the protocol.
    enum State {
        /// `connect` was never called.
        case idle
        /// A connection is being made or greeted, or is in use.
        case trying
        /// The next attempt is scheduled.
        case waiting
        /// The owner disconnected, or the client gave up.
        case over
    }

    let configuration: MQTTClientConfiguration
    let eventLoop: any EventLoop
    var session: ClientSession
    var state = State.idle
    var delays: ReconnectDelays?
    let random: @Sendable () -> UInt64
    var counters = MQTTClientCounters()

    var channel: (any Channel)?
    /// Why the present connection is being closed, if this side closes it.
    var closing: MQTTClientError?
    var establishedAt: NIODeadline?
    var keepAlive: KeepAlive?
    var keepAliveTask: Scheduled<Void>?
    var connectTask: Scheduled<Void>?
    var retryTask: Scheduled<Void>?

    var connectWaiters: [CheckedContinuation<Bool, any Error>] = []
    var tickets: [UInt64: Ticket] = [:]

    let incoming: IncomingMessages.Source
    var delivered: [ReceivedMessage] = []
    var isReadingPaused = false

    private var isReading = false
    private var output: [UInt8] = []
    private var actions: [ClientAction] = []

    init(
        configuration: MQTTClientConfiguration, eventLoop: any EventLoop, incoming: IncomingMessages.Source,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.incoming = incoming
        self.random = random
        session = ClientSession(ClientSettings(configuration))
        delays = configuration.reconnect.map(ReconnectDelays.init)
    }

    var isWritable: Bool { channel?.isWritable ?? false }

    /// Lets the session decide, then does what it decided.
    func advance(_ decide: (inout ClientSession, inout [ClientAction]) -> Void) {
        // Taken out while in use: performing an action may come back here.
        var list = actions
        actions = []
        decide(&session, &list)
        for action in list { perform(action) }
        list.removeAll(keepingCapacity: true)
        actions = list
        if !isReading { flush() }
    }

    private func perform(_ action: ClientAction) {
        switch action {
        case .send(let packet): send(packet)
        case .published(let ticket, let error): published(ticket, error)
        case .answered(let ticket, let reasons): tickets.removeValue(forKey: ticket)?.answer(.success(reasons))
        case .unanswered(let ticket, let error): tickets.removeValue(forKey: ticket)?.answer(.failure(error))
        case .deliver(let message): delivered.append(message)
        case .established(let sessionPresent, let seconds): established(sessionPresent, keepAlive: seconds)
        case .resubscribeRefused(let filter, let reason):
            configuration.onEvent?(.resubscribeRefused(filter, reason))
        case .close(let error): close(error)
        }
    }

    private func send(_ packet: Packet) {
        do throws(EncodeFailure) {
            try packet.encode(into: &output, version: configuration.version)
        } catch {
            close(.notEncodable(error))
        }
    }

    /// Hands the bytes of all packets of this turn to the connection in one piece.
    func flush() {
        guard !output.isEmpty else { return }
        defer {
            // One large burst must not pin its memory for the life of the connection.
            output.removeAll(keepingCapacity: output.count <= 65_536)
        }
        guard let channel, channel.isActive else { return }
        channel.writeAndFlush(channel.allocator.buffer(bytes: output), promise: nil)
        keepAlive?.sent(at: .now())
    }

    func beginReading() { isReading = true }

    /// All that one read brought is decoded: answers leave together, messages go to the reader together.
    func endReading() {
        isReading = false
        flush()
        deliver()
    }

    private func deliver() {
        guard !delivered.isEmpty else { return }
        counters.received += delivered.count
        switch incoming.yield(contentsOf: delivered) {
        case .produceMore, .dropped: break
        case .stopProducing: pauseReading()
        }
        delivered.removeAll(keepingCapacity: true)
    }

    private func pauseReading() {
        guard !isReadingPaused, let channel else { return }
        isReadingPaused = true
        // A failure to set it means that the channel is closed, which is told otherwise.
        channel.setOption(.autoRead, value: false).whenComplete { _ in }
    }

    /// The reader has taken enough.
    func resumeReading() {
        guard isReadingPaused else { return }
        isReadingPaused = false
        channel?.setOption(.autoRead, value: true).whenComplete { _ in }
    }

    private func published(_ ticket: UInt64, _ error: MQTTClientError?) {
        if error == nil { counters.completed += 1 } else { counters.failed += 1 }
        guard case .publish(var batch)? = tickets[ticket] else { return }
        if batch.complete(error) {
            tickets[ticket] = nil
            batch.finish()
        } else {
            tickets[ticket] = .publish(batch)
        }
    }
}
