internal import MQTTCodec
internal import NIOCore
internal import Transport

/// One connection's end of the channel pipeline: bytes in become packets for the core, bytes out are gathered and
/// flushed once a turn, and reading stops when the core or the ledger asks for it.
///
/// TLS and WebSocket are handlers in front of this one; it only ever sees the bytes of MQTT.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let loop: BrokerLoop
    private let trustedProxies: TrustedNetworks
    private let isEncrypted: Bool
    private var decoder: PacketDecoder
    private var context: ChannelHandlerContext?
    /// The name of this connection in the core; nil before and after.
    private(set) var connection: ConnectionHandle?
    /// What has come and is not decoded: the beginning of a packet, or what waits behind a CONNECT.
    private var remainder = ByteBuffer()
    /// Bytes that `remainder` must hold before it is worth looking at again.
    private var wanted = 0
    /// How much of it the core was told of last.
    private var toldUnfinished = 0
    private var output = ByteBuffer()
    /// Whether `output` or a flush waits for the end of the turn.
    var isDirty = false
    /// Whether the loop remembers this connection as one that wants to read.
    var isHeldByLoop = false
    private var isAwaitingAnswer = false
    private var isPaused = false
    private var isClosing = false
    /// Whether the peer has closed, and what it said before has still to be decoded.
    private var isFinishing = false
    private var hasPendingRead = false

    init(loop: BrokerLoop, limits: PacketLimits, trustedProxies: TrustedNetworks, isEncrypted: Bool) {
        self.loop = loop
        self.trustedProxies = trustedProxies
        self.isEncrypted = isEncrypted
        decoder = PacketDecoder(receiver: .server, limits: limits)
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open(context) }
    }

    func channelActive(context: ChannelHandlerContext) { open(context) }

    private func open(_ context: ChannelHandlerContext) {
        guard connection == nil, !isClosing else { return }
        guard let handle = loop.open(self, peer: peer(context.channel.remoteAddress)) else {
            isClosing = true
            context.close(promise: nil)
            return
        }
        connection = handle
    }

    /// A trusted proxy counts under no address: many come through it.
    private func peer(_ remote: SocketAddress?) -> ConnectionPeer {
        let address = remote.flatMap { IPAddress($0) }
        let counts = address.map { trustedProxies.isEmpty || !trustedProxies.contains($0) } ?? false
        return ConnectionPeer(text: remote?.hostAndPort ?? "", address: counts ? address : nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let connection, let origin = event as? ConnectionOrigin {
            loop.handle(.proxied(origin, connection))
        } else if let connection, let secured = event as? ConnectionSecured {
            loop.handle(.secured(secured.certificate, connection))
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// What came before the end counts, although its connection is gone: a small device says CONNECT, PUBLISH and
    /// DISCONNECT in one breath and hangs up before it is let in. The core keeps the connection until all is decoded, and
    /// no longer than it waits for any other.
    func channelInactive(context: ChannelHandlerContext) {
        output = ByteBuffer()
        isFinishing = !isClosing && connection != nil && remainder.readableBytes > 0
        finishIfDone()
    }

    /// Ends a connection that is gone when nothing more of what it said can be decoded.
    private func finishIfDone() {
        if isFinishing, !isClosing, remainder.readableBytes > 0, isHeld || remainder.readableBytes >= wanted { return }
        isFinishing = false
        isClosing = true
        remainder = ByteBuffer()
        guard let connection else { return }
        self.connection = nil
        loop.closed(connection)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        var received = unwrapInboundIn(data)
        if remainder.readableBytes == 0 {
            if isHeld {
                remainder = received
            } else {
                received.moveReaderIndex(forwardBy: decode(received))
                keep(received)
            }
        } else {
            remainder.writeBuffer(&received)
            guard !isHeld, remainder.readableBytes >= wanted else { return tellUnfinished() }
            decodeRemainder()
        }
    }

    /// Whether what has come is not to be decoded yet.
    private var isHeld: Bool {
        if loop.isHolding { loop.hold(self) }
        return isAwaitingAnswer || isPaused || loop.isHolding
    }

    private func decodeRemainder() {
        var bytes = remainder
        remainder = ByteBuffer()
        bytes.moveReaderIndex(forwardBy: decode(bytes))
        keep(bytes)
    }

    /// Keeps what was not decoded in memory of its own size: the buffer it came in is large and belongs to the loop.
    private func keep(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0, !isClosing else {
            if toldUnfinished > 0 { tellUnfinished() }
            return
        }
        var rest = ByteBuffer()
        rest.writeImmutableBuffer(bytes)
        remainder = rest
        tellUnfinished()
    }

    /// Has the bytes of an unfinished packet counted for whose they are, if they are worth it.
    private func tellUnfinished() {
        let bytes = remainder.readableBytes < ConnectionHandler.smallPacket ? 0 : remainder.readableBytes
        guard bytes != toldUnfinished, let connection, !isClosing else { return }
        toldUnfinished = bytes
        loop.handle(.unfinished(bytes: bytes, connection))
    }

    private static let smallPacket = 4_096

    /// Hands all whole packets to the core; how many bytes they took.
    private func decode(_ bytes: ByteBuffer) -> Int {
        guard let connection else { return 0 }
        wanted = 0
        let now = loop.clock.now()
        var offset = 0
        let span = bytes.readableBytesUInt8Span
        while offset < span.count, !isAwaitingAnswer, !isClosing {
            switch decoder.decode(span.extracting(offset..<span.count)) {
            case .packet(let packet, let consumed):
                offset += consumed
                if case .connect = packet { isAwaitingAnswer = true }
                loop.handle(.packet(packet, connection), now: now)
            case .needMoreBytes(let minimum):
                wanted = minimum
                return offset
            case .failure(let failure):
                // Nothing behind it can be understood.
                isAwaitingAnswer = true
                let event = BrokerEvent.undecodable(failure, refusal: decoder.refusal(of: failure), connection)
                loop.handle(event, now: now)
                return span.count
            }
        }
        return offset
    }

    func read(context: ChannelHandlerContext) {
        if loop.isHolding { loop.hold(self) }
        if !isClosing, isAwaitingAnswer || isPaused || loop.isHolding {
            hasPendingRead = true
            return
        }
        context.read()
    }

    /// Goes on with what was held back.
    func resume() {
        guard !isAwaitingAnswer, !isPaused, !loop.isHolding else { return }
        if remainder.readableBytes > 0, remainder.readableBytes >= wanted { decodeRemainder() }
        guard !isFinishing else { return finishIfDone() }
        readIfPending()
    }

    private func readIfPending() {
        guard hasPendingRead, !isAwaitingAnswer || isClosing, !isPaused || isClosing, !loop.isHolding || isClosing
        else { return }
        hasPendingRead = false
        context?.read()
    }

    // MARK: What the core wants

    func pauseReading() { isPaused = true }

    func resumeReading() {
        isPaused = false
        isAwaitingAnswer = false
        resume()
    }

    /// Adds bytes that go out with the next flush.
    func append(_ bytes: UnsafeRawBufferPointer, patch: PublishPatch?) {
        let start = output.writerIndex
        output.writeBytes(bytes)
        guard let patch else { return }
        output.setInteger(patch.firstByte, at: start)
        if patch.identifierAt > 0 { output.setInteger(patch.identifier, at: start + patch.identifierAt) }
    }

    func flush() {
        isDirty = false
        guard !isFinishing else {
            // Nobody is there to take it, and nobody has to wait for it.
            output = ByteBuffer()
            if let connection { loop.handle(.flushed(unsent: 0, connection)) }
            return
        }
        guard let context, output.readableBytes > 0 else { return }
        let bytes = output
        output = ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        reportUnsent(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { reportUnsent(context) }
        context.fireChannelWritabilityChanged()
    }

    private func reportUnsent(_ context: ChannelHandlerContext) {
        guard let connection else { return }
        var unsent = 0
        if !context.channel.isWritable {
            unsent = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 1
        }
        loop.handle(.flushed(unsent: unsent, connection))
    }

    /// Our side is done. The peer's side stays open for a while: what it is still sending would otherwise make the
    /// kernel take back the packet that says why.
    func close() {
        guard !isClosing else { return }
        isClosing = true
        guard !isFinishing else { return finishIfDone() }
        remainder = ByteBuffer()
        flush()
        context?.close(mode: .output, promise: nil)
        readIfPending()
    }

    func abort() {
        isClosing = true
        guard !isFinishing else { return finishIfDone() }
        guard isEncrypted else {
            context?.close(promise: nil)
            return
        }
        // TLS would say goodbye first and wait for the peer's.
        context?.triggerUserOutboundEvent(ConnectionAbort(), promise: nil)
    }
}

extension SocketAddress {
    /// Address and port as people write them; the path of a local socket.
    fileprivate var hostAndPort: String {
        guard let ipAddress, let port else { return pathname ?? "" }
        return ipAddress.contains(":") ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
    }
}
