/// One HTTP/1.1 connection with at most one request on its way, as a device keeps it.
struct Exchange {
    let socket: Socket
    /// When the request on its way was due, in nanoseconds; nil: none is.
    private(set) var dueAt: UInt64?
    private var answer: [UInt8] = []

    init(port: UInt16) {
        socket = Socket(port: port)
        socket.makeNonBlocking()
    }

    mutating func send(_ request: [UInt8], due: UInt64) {
        dueAt = due
        answer.removeAll(keepingCapacity: true)
        socket.write(request)
    }

    /// Takes what came in.
    /// - Returns: when the request was due, once its answer is whole; anything but 200 ends the program.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        answer += bytes
        guard let dueAt, let end = Exchange.headEnd(answer) else { return nil }
        let head = String(decoding: answer[..<end], as: UTF8.self).lowercased()
        guard head.hasPrefix("http/1.1 200") else {
            fail("a report was answered with \(String(decoding: answer, as: UTF8.self))")
        }
        guard let field = head.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }),
            let length = Int(field.dropFirst(15).drop { $0 == " " })
        else { fail("an answer has no Content-Length") }
        guard answer.count >= end + 4 + length else { return nil }
        self.dueAt = nil
        return dueAt
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        // CR LF CR LF (RFC 9112, section 2.1).
        return (0...(bytes.count - 4)).first {
            bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
        }
    }
}
