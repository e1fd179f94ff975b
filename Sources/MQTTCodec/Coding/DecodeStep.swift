/// What the decoder makes of the bytes it was shown.
public enum DecodeStep: Sendable, Hashable {
    /// No whole packet yet: call again when at least this many bytes are there, counted from the start of the packet.
    case needMoreBytes(minimum: Int)
    /// A packet, and how many bytes it took from the front.
    case packet(Packet, consumed: Int)
    /// The peer broke the rules; the connection is over.
    case failure(DecodeFailure)
}
