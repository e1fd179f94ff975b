internal import Foundation
internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Stands behind the handler of TLS: ends a handshake that takes too long, and tells the protocol's handler who is
/// there when it is done.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let timeout: TimeAmount
    private var deadline: Scheduled<Void>?
    private var hasBegun = false

    init(timeout: TimeAmount) { self.timeout = timeout }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !hasBegun else { return }
        hasBegun = true
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            context.triggerUserOutboundEvent(ConnectionAbort(), promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? TLSUserEvent, case .handshakeCompleted = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        deadline?.cancel()
        deadline = nil
        let shown = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self).peerCertificate
        if let shown, !shown.isValid(at: Date()) {
            // A session resumed (RFC 8446, 2.2) is not verified again, and may outlive its certificate.
            context.triggerUserOutboundEvent(ConnectionAbort(), promise: nil)
            return
        }
        let certificate = shown.flatMap(PeerCertificate.init)
        guard shown == nil || certificate != nil else {
            // A certificate that cannot be read must not pass for none.
            context.triggerUserOutboundEvent(ConnectionAbort(), promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(ConnectionSecured(certificate: certificate))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }
}

/// Stands in front of TLS and closes the socket at once when it is told to: TLS itself would wait for the peer.
final class AbortHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        if event is ConnectionAbort {
            context.close(promise: promise)
        } else {
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }
}

extension NIOSSLCertificate {
    fileprivate func isValid(at date: Date) -> Bool {
        let seconds = Int64(date.timeIntervalSince1970)
        return Int64(notValidBefore) <= seconds && seconds <= Int64(notValidAfter)
    }
}
