/// Finds the pings in a WebSocket's stream of unmasked frames (RFC 6455, section 5.2), in whatever portions it arrives. Who answers none
/// is taken for gone after a while.
struct Pings {
    private var header: [UInt8] = []
    private var remaining = 0
    private var isPing = false
    private var content: [UInt8] = []

    /// The answers that are to be sent.
    mutating func read(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var answers: [UInt8] = []
        var rest = bytes
        while !rest.isEmpty {
            if remaining > 0 {
                let part = rest.prefix(remaining)
                if isPing { content += part }
                remaining -= part.count
                rest = rest.dropFirst(part.count)
            } else {
                header.append(rest.removeFirst())
                guard let length = Pings.length(header) else { continue }
                (remaining, isPing) = (length, header[0] & 15 == 9)
                content.removeAll(keepingCapacity: true)
                header.removeAll(keepingCapacity: true)
            }
            if isPing, remaining == 0, header.isEmpty {
                // A masked pong; the mask may be zero.
                answers += [0x8A, 0x80 | UInt8(content.count), 0, 0, 0, 0] + content
                isPing = false
            }
        }
        return answers
    }

    /// The length of a frame's content once its header is whole.
    private static func length(_ header: [UInt8]) -> Int? {
        guard header.count >= 2 else { return nil }
        let short = Int(header[1] & 127)
        let more = short == 127 ? 8 : short == 126 ? 2 : 0
        guard header.count == 2 + more else { return nil }
        return more == 0 ? short : header.dropFirst(2).reduce(0) { $0 << 8 | Int($1) }
    }
}
