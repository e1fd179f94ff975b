extension PacketDecoder {
    /// The CONNACK that tells a client why its CONNECT failed to decode, and the version to encode it for. Nil where the
    /// specification wants the connection closed without a word: the first packet was no CONNECT, the version never
    /// became known, or an old version has no return code for it.
    public func refusal(of failure: DecodeFailure) -> (connack: Connack, version: ProtocolVersion)? {
        let form: ProtocolVersion?
        switch failure {
        case .firstPacketNotConnect: form = nil
        case .protocolLevelTooOld, .protocolLevelPrivate: form = .v3_1_1
        case .protocolLevelTooNew: form = .v5_0
        default: form = version
        }
        guard let form else { return nil }
        if form != .v5_0, ConnectReturnCode(failure.reason) == nil { return nil }
        return (Connack(reason: failure.reason), form)
    }
}
