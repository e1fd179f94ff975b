import MQTTCodec
import NIOCore

/// The end of the pipeline: cuts the bytes into packets and tells the driver. One for each connection.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let driver: ClientDriver
    private var decoder: PacketDecoder
    /// The beginning of a packet whose rest has not come yet.
    private var rest: ByteBuffer?
    /// How many bytes there must be before it is worth looking again.
    private var needed = 0

    init(driver: ClientDriver, decoder: PacketDecoder) {
        self.driver = driver
        self.decoder = decoder
    }

    func channelActive(context: ChannelHandlerContext) {
        driver.transportConnected(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if rest != nil {
            rest?.writeBuffer(&bytes)
            guard let all = rest, all.readableBytes >= needed else { return }
            bytes = all
            rest = nil
        }
        driver.beginReading()
        decode(&bytes)
    }

    private func decode(_ bytes: inout ByteBuffer) {
        while bytes.readableBytes > 0 {
            switch decoder.decode(bytes.readableBytesUInt8Span) {
            case .packet(let packet, let consumed):
                bytes.moveReaderIndex(forwardBy: consumed)
                guard driver.received(packet) else { return }
            case .needMoreBytes(let minimum):
                needed = minimum
                bytes.discardReadBytes()
                // Room for the packet that is announced, as far as it is below the limit that the decoder has checked.
                bytes.reserveCapacity(minimumWritableBytes: min(minimum - bytes.readableBytes, 65_536))
                rest = bytes
                return
            case .failure(let failure):
                return driver.malformed(failure)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        driver.endReading()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        driver.writabilityChanged()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        driver.transportFailed(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        driver.transportLost(context.channel)
    }
}
