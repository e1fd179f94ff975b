import HTTPTypes
import HummingbirdCore
import NIOCore
import SolutionKit

/// Sends an answer as fast as its client reads it. Each piece has its time; a client that takes none for so long is cut off, and keeps
/// nobody waiting but itself.
struct AnswerSender: Sendable {
    /// An answer of more bytes is sent in pieces of as many: the next one when the client has taken those before.
    static let pieceBytes = 65_536

    /// The answer cannot be finished: its connection must not look as if it were whole.
    struct CutOff: Error {
        let reason: any Error
    }

    /// A file became shorter while it was sent.
    private struct FileShrank: Error {}

    let channel: any Channel
    let pieceTimeout: TimeAmount
    /// The client is gone, or the server stops.
    let ending: StopSignal

    /// Sends head and body.
    /// - Throws: `CutOff`; what the socket throws.
    func send(_ answer: WebAnswer, isHead: Bool, to writer: consuming ResponseWriter) async throws {
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: answer.headers)
        guard !isHead, !answer.isEmpty else { return try await timed(writer, head, ResponseBody()) }
        switch answer.body {
        case .bytes(let bytes) where bytes.readableBytes <= AnswerSender.pieceBytes:
            try await timed(writer, head, ResponseBody(byteBuffer: bytes))
        case .bytes(let bytes):
            try await writer.write(response: head, body: inPieces(bytes))
        case .file(let file, let range):
            try await writer.write(response: head, body: reading(file, range))
        case .stream(let make):
            try await writer.write(response: head, body: streaming(make))
        }
    }

    private func timed(_ writer: consuming ResponseWriter, _ head: HTTPResponse, _ body: ResponseBody) async throws {
        let deadline = channel.closing(in: pieceTimeout)
        defer { deadline.cancel() }
        try await writer.write(response: head, body: body)
    }

    private func inPieces(_ body: ByteBuffer) -> ResponseBody {
        ResponseBody(contentLength: body.readableBytes) { writer in
            var rest = body
            while let piece = rest.readSlice(length: min(AnswerSender.pieceBytes, rest.readableBytes)),
                piece.readableBytes > 0
            {
                try await write(piece, to: &writer)
            }
            try await finish(&writer)
        }
    }

    private func reading(_ file: OpenFile, _ range: Range<Int64>) -> ResponseBody {
        ResponseBody(contentLength: Int(range.count)) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let count = Int(min(Int64(AnswerSender.pieceBytes), range.upperBound - offset))
                let bytes = try await file.read(at: offset, count: count)
                guard !bytes.isEmpty else { throw CutOff(reason: FileShrank()) }
                try await write(ByteBuffer(bytes: bytes), to: &writer)
                offset += Int64(bytes.count)
            }
            try await finish(&writer)
        }
    }

    private func streaming(_ make: @escaping @Sendable (BodyWriter) async throws -> Void) -> ResponseBody {
        ResponseBody { writer in
            let pipe = BodyPipe()
            let maker = Task {
                do {
                    try await make(BodyWriter { try await pipe.write($0) })
                    pipe.end(nil)
                } catch {
                    pipe.end(error)
                }
            }
            let number = ending.listen { maker.cancel() }
            defer { ending.forget(number) }
            do {
                while case .piece(let bytes) = await pipe.next() {
                    try await write(ByteBuffer(bytes: bytes), to: &writer)
                    pipe.taken()
                }
            } catch {
                pipe.fail(error)
                maker.cancel()
                await maker.value
                throw error
            }
            await maker.value
            guard case .ended(let failure) = await pipe.next() else { return }
            if let failure { throw CutOff(reason: failure) }
            try await finish(&writer)
        }
    }

    /// Writes a piece, and returns when there is room for another.
    private func write(_ piece: ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
        let deadline = channel.closing(in: pieceTimeout)
        defer { deadline.cancel() }
        try await writer.write(piece)
        // It only goes to the loop. Once that has come to it, it is known whether there is room for another, which the next one waits for.
        try await channel.eventLoop.submit {}.get()
    }

    private func finish(_ writer: inout any ResponseBodyWriter) async throws {
        let deadline = channel.closing(in: pieceTimeout)
        defer { deadline.cancel() }
        try await writer.finish(nil)
    }
}
