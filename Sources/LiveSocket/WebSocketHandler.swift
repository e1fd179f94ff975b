package import NIOCore
package import NIOWebSocket

/// The shell of `WebSocketStateMachine` in a channel: frames below, whole messages above, and one timer.
///
/// A `WebSocketClose` triggered as an outbound event starts the closing handshake; it overtakes nothing that was
/// written.
package final class WebSocketHandler: ChannelDuplexHandler {
    package typealias InboundIn = WebSocketFrame
    package typealias InboundOut = WebSocketMessage
    package typealias OutboundIn = WebSocketMessage
    package typealias OutboundOut = WebSocketFrame

    private let limits: WebSocketLimits
    private var machine: WebSocketStateMachine?
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?

    /// A handler for a channel that has just been upgraded.
    package init(limits: WebSocketLimits) {
        self.limits = limits
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        machine = WebSocketStateMachine(limits: limits, now: context.eventLoop.now)
        setTimer(context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        stopTimer()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        machine?.transportClosed()
        stopTimer()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        run(context) { $0.receive(frame, now: $1) }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? NIOWebSocketError {
            run(context) { $0.undecodable(error, now: $1) }
        } else {
            // The transport failed: there is nobody left to talk to.
            context.close(promise: nil)
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            run(context) { $0.close(WebSocketClose(.goingAway, "the server stops"), now: $1) }
        case ChannelEvent.inputClosed:
            context.fireUserInboundEventTriggered(event)
            run(context) { machine, _ in machine.peerEnded() }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    package func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?)
    {
        guard let close = event as? WebSocketClose else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        run(context) { $0.close(close, now: $1) }
        promise?.succeed()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard machine?.isOpen == true else {
            promise?.fail(WebSocketError.closed)
            return
        }
        let frame =
            switch unwrapOutboundIn(data) {
            case .text(let content): WebSocketFrame(fin: true, opcode: .text, data: content)
            case .binary(let content): WebSocketFrame(fin: true, opcode: .binary, data: content)
            }
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    private func run(
        _ context: ChannelHandlerContext,
        _ step: (inout WebSocketStateMachine, NIODeadline) -> WebSocketStateMachine.Action
    ) {
        guard let action = machine.mutate({ step(&$0, context.eventLoop.now) }) else { return }
        switch action {
        case .nothing: break
        case .deliver(let message): context.fireChannelRead(wrapInboundOut(message))
        case .ping(let content): send(.ping, content, context)
        case .pong(let content): send(.pong, content, context)
        case .close(let close): send(.connectionClose, WebSocketHandler.content(of: close), context)
        case .answerAndDrop(let close):
            let channel = context.channel
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
            send(.connectionClose, WebSocketHandler.content(of: close), context, promise)
        case .closeAndFinish(let close):
            send(.connectionClose, WebSocketHandler.content(of: close), context)
            context.close(mode: .output, promise: nil)
        case .finish: context.close(mode: .output, promise: nil)
        case .drop: context.close(promise: nil)
        }
        setTimer(context)
    }

    private func send(
        _ opcode: WebSocketOpcode, _ content: ByteBuffer, _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>? = nil
    ) {
        context.writeAndFlush(
            wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: content)), promise: promise)
    }

    /// A close frame's content: control frames hold at most 125 bytes (RFC 6455, section 5.5).
    private static func content(of close: WebSocketClose) -> ByteBuffer {
        guard let code = close.code else { return ByteBuffer() }
        var content = ByteBuffer()
        content.writeInteger(code.rawValue)
        var reason = close.reason
        while reason.utf8.count > 123 { reason.removeLast() }
        content.writeString(reason)
        return content
    }

    private func setTimer(_ context: ChannelHandlerContext) {
        guard let deadline = machine?.nextDeadline else { return stopTimer() }
        // A timer that fires too early looks again; so a deadline that moves away, as it does with every frame, costs
        // nothing.
        if let timer, timer.deadline <= deadline { return }
        stopTimer()
        let loopBound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = loopBound.value
            handler.timer = nil
            handler.run(context) { $0.timeout(now: $1) }
        }
        timer = (deadline, task)
    }

    private func stopTimer() {
        timer?.task.cancel()
        timer = nil
    }
}

extension Optional {
    /// Changes the value in place, if there is one.
    fileprivate mutating func mutate<Result>(_ change: (inout Wrapped) -> Result) -> Result? {
        guard var value = self.take() else { return nil }
        let result = change(&value)
        self = value
        return result
    }
}
