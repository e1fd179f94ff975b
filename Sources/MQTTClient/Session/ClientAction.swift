package import MQTTCodec

/// What the session asks its shell to do, in order.
package enum ClientAction: Sendable, Equatable {
    /// Encode and send.
    case send(Packet)
    /// A message of this ticket is done: the server's reason code, or why it failed.
    case published(ticket: UInt64, MQTTClientError?)
    /// A subscribe or unsubscribe of this ticket is done: one code for each filter (3.1.1 has none for unsubscribe).
    case answered(ticket: UInt64, [ReasonCode])
    /// It failed.
    case unanswered(ticket: UInt64, MQTTClientError)
    /// Give to the reader.
    case deliver(ReceivedMessage)
    /// The server accepted; keep alive in seconds as the server wants it.
    case established(sessionPresent: Bool, keepAlive: UInt16)
    /// A subscription of before was refused after a reconnect.
    case resubscribeRefused(TopicFilter, ReasonCode)
    /// Close the connection, for this reason.
    case close(MQTTClientError)
}
