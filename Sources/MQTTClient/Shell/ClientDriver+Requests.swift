import MQTTCodec
import NIOCore

/// What the owner asks for.
extension ClientDriver {
    func publish(
        _ messages: [MQTTMessage], ticket: UInt64, _ continuation: CheckedContinuation<PublishSummary, any Error>
    ) {
        counters.published += messages.count
        tickets[ticket] = .publish(PublishBatch(count: messages.count, continuation: continuation))
        let isWritable = isWritable
        advance { session, actions in
            for message in messages {
                do throws(MQTTClientError) {
                    try session.publish(message, ticket: ticket, isWritable: isWritable, &actions)
                } catch {
                    actions.append(.published(ticket: ticket, error))
                }
            }
        }
    }

    func operate(
        _ ticket: UInt64, _ continuation: CheckedContinuation<[ReasonCode], any Error>,
        _ request: (inout ClientSession, inout [ClientAction]) throws(MQTTClientError) -> Void
    ) {
        tickets[ticket] = .operation(continuation)
        advance { session, actions in
            do throws(MQTTClientError) {
                try request(&session, &actions)
            } catch {
                actions.append(.unanswered(ticket: ticket, error))
            }
        }
    }

    func disconnect(_ continuation: CheckedContinuation<Void, Never>) {
        over(.closed)
        guard let channel else { return continuation.resume() }
        channel.closeFuture.whenComplete { _ in continuation.resume() }
        closeChannel()
    }

    /// Closes behind the bytes that are written.
    func closeChannel() {
        if closing == nil { closing = .closed }
        channel?.close(promise: nil)
    }
}
