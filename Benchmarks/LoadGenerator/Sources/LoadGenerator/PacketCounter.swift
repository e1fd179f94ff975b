/// Counts PUBLISH packets in a stream, in whatever portions it arrives.
struct PacketCounter {
    private var remaining = 0
    private var shift = 0
    private var state = State.first

    private enum State { case first, length, body }

    /// How many have begun since the last call.
    mutating func read(_ bytes: ArraySlice<UInt8>) -> Int {
        var found = 0
        var at = bytes.startIndex
        while at < bytes.endIndex {
            switch state {
            case .first:
                if bytes[at] >> 4 == 3 { found += 1 }
                (remaining, shift, state) = (0, 0, .length)
                at += 1
            case .length:
                remaining |= Int(bytes[at] & 127) << shift
                shift += 7
                if bytes[at] < 128 { state = remaining == 0 ? .first : .body }
                at += 1
            case .body:
                let step = min(remaining, bytes.endIndex - at)
                remaining -= step
                at += step
                if remaining == 0 { state = .first }
            }
        }
        return found
    }
}
