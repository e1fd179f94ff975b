/// A place in the bytes of one packet, and where its fields must end. Every read is checked against that end before it
/// touches a byte or allocates: nothing a packet claims about lengths is believed.
struct ByteCursor {
    private(set) var position: Int
    let end: Int
    /// What a read past `end` is called: it differs inside the properties.
    let beyondEnd: DecodeFailure
    let allowsDiscouragedText: Bool

    var remaining: Int { end - position }

    init(position: Int, end: Int, beyondEnd: DecodeFailure, allowsDiscouragedText: Bool) {
        self.position = position
        self.end = end
        self.beyondEnd = beyondEnd
        self.allowsDiscouragedText = allowsDiscouragedText
    }

    mutating func byte(_ bytes: Span<UInt8>) throws(DecodeFailure) -> UInt8 {
        guard remaining >= 1 else { throw beyondEnd }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func uint16(_ bytes: Span<UInt8>) throws(DecodeFailure) -> UInt16 {
        guard remaining >= 2 else { throw beyondEnd }
        defer { position += 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    mutating func uint32(_ bytes: Span<UInt8>) throws(DecodeFailure) -> UInt32 {
        UInt32(try uint16(bytes)) << 16 | UInt32(try uint16(bytes))
    }

    /// A variable byte integer, 0...268435455 (1.5.5); it must be as short as possible ([MQTT-1.5.5-1]).
    mutating func variableInteger(_ bytes: Span<UInt8>) throws(DecodeFailure) -> UInt32 {
        var value: UInt32 = 0
        for shift in stride(from: UInt32(0), through: 21, by: 7) {
            let next = try byte(bytes)
            value |= UInt32(next & 0x7F) << shift
            if next & 0x80 == 0 {
                if next == 0, shift > 0 { throw .variableIntegerNotMinimal }
                return value
            }
        }
        throw .variableIntegerTooLong
    }

    /// The bytes behind a two-byte length, 0...65535 of them.
    mutating func lengthAndRange(_ bytes: Span<UInt8>) throws(DecodeFailure) -> Range<Int> {
        let count = Int(try uint16(bytes))
        guard remaining >= count else { throw beyondEnd }
        defer { position += count }
        return position..<(position + count)
    }

    mutating func binary(_ bytes: Span<UInt8>) throws(DecodeFailure) -> [UInt8] {
        bytes.copied(try lengthAndRange(bytes))
    }

    mutating func text(_ bytes: Span<UInt8>) throws(DecodeFailure) -> MQTTString {
        let range = try lengthAndRange(bytes)
        try check(bytes, range, refusingWildcards: false)
        return MQTTString(checked: bytes.copied(range))
    }

    /// A topic name; nil if it is empty. The failure for a wildcard is the caller's.
    mutating func topicName(
        _ bytes: Span<UInt8>, wildcard failure: DecodeFailure
    ) throws(DecodeFailure) -> TopicName? {
        let range = try lengthAndRange(bytes)
        if range.isEmpty { return nil }
        try check(bytes, range, refusingWildcards: true, wildcard: failure)
        return TopicName(checked: bytes.copied(range))
    }

    mutating func topicFilter(_ bytes: Span<UInt8>) throws(DecodeFailure) -> TopicFilter {
        let text = try text(bytes)
        if text.isEmpty { throw .topicFilterEmpty }
        do throws(TopicFailure) {
            return TopicFilter(text: text, matchStart: try TopicFilter.checkedMatchStart(in: text.bytes.span))
        } catch {
            throw error == .malformedShare ? .topicFilterShare : .topicFilterWildcard
        }
    }

    mutating func packetIdentifier(_ bytes: Span<UInt8>) throws(DecodeFailure) -> PacketIdentifier {
        guard let identifier = PacketIdentifier(try uint16(bytes)) else { throw .packetIdentifierZero }
        return identifier
    }

    mutating func rest(_ bytes: Span<UInt8>) -> [UInt8] {
        defer { position = end }
        return bytes.copied(position..<end)
    }

    /// A part of the packet with an end of its own; the cursor moves behind it.
    mutating func part(of count: Int, beyondEnd failure: DecodeFailure) throws(DecodeFailure) -> ByteCursor {
        guard remaining >= count else { throw beyondEnd }
        defer { position += count }
        return ByteCursor(
            position: position, end: position + count, beyondEnd: failure,
            allowsDiscouragedText: allowsDiscouragedText)
    }

    func finish() throws(DecodeFailure) {
        if remaining > 0 { throw .trailingBytes }
    }

    private func check(
        _ bytes: Span<UInt8>, _ range: Range<Int>, refusingWildcards: Bool,
        wildcard failure: DecodeFailure = .topicHasWildcard
    ) throws(DecodeFailure) {
        let finding = UTF8Check.finding(
            in: bytes, from: range.lowerBound, to: range.upperBound, refusingWildcards: refusingWildcards,
            refusingDiscouraged: !allowsDiscouragedText)
        switch finding {
        case nil: return
        case .notUTF8: throw .textNotUTF8
        case .nullCharacter: throw .textHasNull
        case .discouraged: throw .textDiscouraged
        case .wildcard: throw failure
        }
    }
}

extension Span<UInt8> {
    /// A copy of a range that the caller has checked; the extraction checks it again.
    func copied(_ range: Range<Int>) -> [UInt8] {
        if range.isEmpty { return [] }
        // The pointer lives only for the call, and the array copies what it points to.
        return extracting(range).withUnsafeBufferPointer { Array($0) }
    }
}
