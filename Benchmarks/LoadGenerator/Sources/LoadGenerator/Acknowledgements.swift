/// Reads a stream of PUBACKs (four bytes each) in whatever portions it arrives.
struct Acknowledgements {
    private var partial: [UInt8] = []

    /// Calls `body` with each packet identifier.
    mutating func read(_ bytes: ArraySlice<UInt8>, _ body: (Int) -> Void) {
        var stream = bytes
        if !partial.isEmpty {
            let missing = 4 - partial.count
            partial += stream.prefix(missing)
            stream = stream.dropFirst(missing)
            guard partial.count == 4 else { return }
            Acknowledgements.one(partial[...], body)
            partial.removeAll(keepingCapacity: true)
        }
        while stream.count >= 4 {
            Acknowledgements.one(stream.prefix(4), body)
            stream = stream.dropFirst(4)
        }
        partial += stream
    }

    private static func one(_ packet: ArraySlice<UInt8>, _ body: (Int) -> Void) {
        let start = packet.startIndex
        guard packet[start] == 0x40, packet[start + 1] == 2 else { fail("expected PUBACK, got \(Array(packet))") }
        body(Int(packet[start + 2]) << 8 | Int(packet[start + 3]))
    }
}
