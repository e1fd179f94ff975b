package import MQTTCodec
package import Transport

/// What happens to the core. It comes from the shell, or from a test.
package enum BrokerEvent {
    /// A whole packet came in.
    case packet(Packet, ConnectionHandle)
    /// What came in is no packet; for a CONNECT the answer that its version allows.
    case undecodable(DecodeFailure, refusal: (connack: Connack, version: ProtocolVersion)?, ConnectionHandle)
    /// A trusted proxy says who is at the other end.
    case proxied(ConnectionOrigin, ConnectionHandle)
    /// So many bytes of a packet that is not whole yet are kept.
    case unfinished(bytes: Int, ConnectionHandle)
    /// The TLS handshake is done.
    case secured(PeerCertificate?, ConnectionHandle)
    /// The authenticator has decided.
    case authenticated(AuthenticationDecision, ConnectionHandle)
    /// The authenticator has said how the client of a will that is due stands.
    case standing(ClientStanding, SessionHandle)
    /// The socket is gone, for whatever reason; the handle is not used again.
    case closed(ConnectionHandle)
    /// All bytes so far were handed to the network; `unsent` of them it has not taken.
    case flushed(unsent: Int, ConnectionHandle)
    /// The ledger has answered the oldest unanswered entries, in order.
    case committed([CommitOutcome])
    /// The server publishes.
    case publish([ServerMessage])
    /// The server ends a client's connection, and its session if told so.
    case disconnect(client: MQTTString, ReasonCode, endSession: Bool)
    /// The server ends all connections of an owner, and its sessions if told so. `rights` are those it has now: they
    /// decide about its wills.
    case disconnectOwner(
        String, ReasonCode, endSessions: Bool, olderThan: Int64, rights: ClientRights? = nil)
    /// The server forgets what is retained on topics that these match.
    case forgetRetained([TopicFilter])
    /// Time has passed; comes a few times a second.
    case tick
    /// The server stops: every connection ends, no session does.
    case shutDown
}
