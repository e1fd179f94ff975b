import MQTTCodec

/// One run of libFuzzer. The first byte chooses which end decodes and in which version; the rest is what it receives.
///
/// Whatever comes, the decoder must not trap; a packet it accepts must encode, and what that gives must decode to the
/// same packet and be no longer than what was received.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer promises `count` readable bytes at `start` for the time of this call; they are copied at once.
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let limits = PacketLimits(
        maximumPacketSize: 70_000, maximumConnectSize: 70_000, allowsDiscouragedText: first & 4 != 0)
    let version: ProtocolVersion = first & 2 == 0 ? .v5_0 : first & 8 == 0 ? .v3_1_1 : .v3_1
    let receiver: PacketReceiver = first & 1 == 0 ? .server : .client(version)
    check(input, from: 1, with: PacketDecoder(receiver: receiver, limits: limits))
    return 0
}

private func check(_ input: [UInt8], from start: Int, with fresh: PacketDecoder) {
    var decoder = fresh
    var position = start
    while position < input.count {
        let before = decoder
        guard case .packet(let packet, let consumed) = decoder.decode(input.span.extracting(position...)) else {
            return
        }
        precondition(consumed >= 2 && position + consumed <= input.count, "consumed more than there is")
        position += consumed
        guard let version = decoder.version else { preconditionFailure("a packet and no version") }
        var output: [UInt8] = []
        do {
            try packet.encode(into: &output, version: version)
        } catch {
            preconditionFailure("decoded and does not encode")
        }
        precondition(output.count <= consumed || isOldRefusal(packet, consumed), "grew on the way")
        var again = before
        precondition(again.decode(output.span) == .packet(packet, consumed: output.count), "another packet")
        matchTopics(packet)
    }
}

/// The refusal of a 3.1.1 server, which 5.0 writes one byte longer.
private func isOldRefusal(_ packet: Packet, _ consumed: Int) -> Bool {
    guard case .connack(let connack) = packet else { return false }
    return connack.reason == .unsupportedProtocolVersion && consumed == 4
}

private func matchTopics(_ packet: Packet) {
    guard case .subscribe(let subscribe) = packet, let topic = try? TopicName(subscribe.subscriptions[0].filter.bytes)
    else { return }
    for subscription in subscribe.subscriptions {
        _ = subscription.filter.matches(topic)
        _ = subscription.filter.shareGroup
        precondition(subscription.filter.levelCount == subscription.filter.levels.reduce(0) { count, _ in count + 1 })
    }
}
