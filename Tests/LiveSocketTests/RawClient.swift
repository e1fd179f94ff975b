import NIOCore
import NIOPosix
import Testing

/// A client that writes and reads bytes as it likes, well-formed or not. Everything ends after four minutes, so that a test
/// that waits for what never comes fails instead of hanging.
struct RawClient {
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    static func connect<Result: Sendable>(
        _ port: Int, prepare: (@Sendable (any Channel) throws -> Void)? = nil,
        _ body: @Sendable (inout RawClient) async throws -> Result
    ) async throws -> Result {
        let socket = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare?(channel)
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let channel = socket.channel
        let deadline = channel.eventLoop.scheduleTask(in: .minutes(4)) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        return try await socket.executeThenClose { inbound, outbound in
            var client = RawClient(iterator: inbound.makeAsyncIterator(), writer: outbound)
            return try await body(&client)
        }
    }

    private init(
        iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.iterator = iterator
        self.writer = writer
    }

    func send(_ text: String) async throws {
        try await writer.write(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await writer.write(ByteBuffer(bytes: bytes))
    }

    /// Whether the server ends the connection, without saying anything more.
    mutating func reachesEnd() async -> Bool {
        do {
            while let more = try await iterator.next() {
                if more.readableBytes > 0 { return false }
            }
            return received.readableBytes == 0
        } catch {
            return true
        }
    }

    /// All that the server sends until it ends the connection.
    mutating func everything() async -> String {
        while (try? await more()) != nil {}
        return received.readString(length: received.readableBytes) ?? ""
    }

    /// Reads on until the server has sent a text, which stays to be read.
    mutating func wait(for text: String) async throws {
        while !String(buffer: received).contains(text) { try await more() }
    }

    private mutating func more() async throws {
        guard var next = try await iterator.next() else { throw EndOfStream() }
        received.writeBuffer(&next)
        received.discardReadBytes()
    }

    struct EndOfStream: Error {}
}

// MARK: - HTTP

struct RawResponse: Sendable {
    let status: Int
    let headers: [String: String]
    let body: String
}

extension RawClient {
    /// Sends a request without any help: the caller gives the header lines.
    mutating func request(
        _ method: String, _ target: String, headers: [String] = [], body: String? = nil
    ) async throws -> RawResponse {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost"] + headers
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return try await response(hasBody: method != "HEAD")
    }

    /// A request whose answer's body is not a text.
    mutating func binary(
        _ method: String, _ target: String, headers: [String]
    ) async throws -> (RawResponse, [UInt8]) {
        try await send(
            (["\(method) \(target) HTTP/1.1", "Host: localhost"] + headers).joined(separator: "\r\n") + "\r\n\r\n")
        let head = try await response(hasBody: false)
        let length = head.headers["content-length"].flatMap { Int($0) } ?? 0
        while received.readableBytes < length { try await more() }
        return (head, received.readBytes(length: length) ?? [])
    }

    mutating func response(hasBody: Bool = true) async throws -> RawResponse {
        while true {
            let text = String(buffer: received)
            guard let end = text.firstRange(of: "\r\n\r\n") else {
                try await more()
                continue
            }
            let head = text[..<end.lowerBound]
            received.moveReaderIndex(forwardBy: head.utf8.count + 4)
            let lines = head.split(separator: "\r\n")
            let status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            }
            let length = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
            while received.readableBytes < length { try await more() }
            return RawResponse(status: status, headers: headers, body: received.readString(length: length) ?? "")
        }
    }
}

// MARK: - WebSocket

struct RawFrame: Equatable, Sendable {
    let first: UInt8
    let content: [UInt8]

    var text: String { String(decoding: content, as: UTF8.self) }
    var closeCode: Int? { first == 0x88 && content.count >= 2 ? Int(content[0]) << 8 | Int(content[1]) : nil }
}

extension RawClient {
    static let upgradeHeaders = [
        "Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    mutating func upgrade(_ path: String = "/ws", headers: [String] = RawClient.upgradeHeaders) async throws
        -> RawResponse
    {
        try await request("GET", path, headers: headers)
    }

    static func frame(_ first: UInt8, _ content: [UInt8], isMasked: Bool = true) -> [UInt8] {
        var bytes = [first]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch content.count {
        case ..<126: bytes.append(mask | UInt8(content.count))
        case ..<65_536: bytes += [mask | 126, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        default: bytes += [mask | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) }
        }
        guard isMasked else { return bytes + content }
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return bytes + key + content.enumerated().map { $1 ^ key[$0 % 4] }
    }

    func sendFrame(_ first: UInt8, _ content: [UInt8]) async throws {
        try await send(RawClient.frame(first, content))
    }

    func sendText(_ text: String) async throws {
        try await sendFrame(0x81, Array(text.utf8))
    }

    mutating func frame() async throws -> RawFrame {
        while received.readableBytes < 2 { try await more() }
        let first = received.readInteger(as: UInt8.self) ?? 0
        var length = Int(received.readInteger(as: UInt8.self) ?? 0)
        if length == 126 {
            while received.readableBytes < 2 { try await more() }
            length = Int(received.readInteger(as: UInt16.self) ?? 0)
        } else if length == 127 {
            while received.readableBytes < 8 { try await more() }
            length = Int(received.readInteger(as: UInt64.self) ?? 0)
        }
        while received.readableBytes < length { try await more() }
        return RawFrame(first: first, content: received.readBytes(length: length) ?? [])
    }
}
