internal import HubModel
public import SolutionKit

/// Routes whose bodies stream, for measuring what they cost others: `Benchmarks/run --only streams`. They store nothing.
public struct StreamsSolution: Solution, OffersRoutes {
    /// The solution; without side effects.
    public init() {}

    /// Who it is.
    public var manifest: SolutionManifest {
        SolutionManifest(
            id: "streams", title: "Streams", path: "/streams", kinds: [], topics: [], rights: [],
            permissions: [Declared(.useStreams, "Upload to and watch the streams that are measured")],
            grants: [RoleGrant(.operate, [.useStreams])], needs: .useStreams)
    }

    /// An upload that is read as it comes, and a picture that moves for as long as somebody watches.
    public func routes(_ services: WebServices) -> [Route] {
        [
            Route(
                .post, "/api/streams/uploads", access: .hub(.useStreams),
                summary: "Read an upload of any length, and say how long it was",
                input: RouteInput(.multipart([MultipartField("file", .file([]))])),
                answers: [.json(.object([.required("bytes", .count), .required("checksum", .count)]))],
                maximumBodyBytes: 1 << 40, handler: upload),
            Route(
                .post, "/api/streams/camera", access: .hub(.useStreams),
                summary: "Take a moving picture for as long as a camera sends it, and say how many frames it had",
                input: RouteInput(.mixedReplace(["image/jpeg"])),
                answers: [.json(.object([.required("frames", .count), .required("bytes", .count)]))],
                maximumBodyBytes: 1 << 40, handler: record),
            Route(
                .get, "/api/streams/camera", access: .hub(.useStreams),
                summary: "A moving picture of ten frames a second, as multipart/x-mixed-replace",
                answers: [.bytes("multipart/x-mixed-replace", "Frames without an end")]
            ) { _ in camera(services.rhythm) },
        ]
    }

    private func upload(_ request: RouteRequest) async throws -> RouteResponse {
        guard case .parts(let parts) = request.content else { throw Refusal(.malformedRequest, "Send a form.") }
        var (bytes, checksum) = (Int64(0), UInt32(1))
        while let part = try await parts.next() {
            while let piece = try await part.content.next() {
                bytes += Int64(piece.count)
                for byte in piece { checksum = checksum &* 31 &+ UInt32(byte) }
            }
        }
        return .json { writer in
            writer.object {
                $0.member("bytes", bytes)
                $0.member("checksum", Int64(checksum))
            }
        }
    }

    private func record(_ request: RouteRequest) async throws -> RouteResponse {
        guard case .parts(let parts) = request.content else {
            throw Refusal(.malformedRequest, "Send multipart/x-mixed-replace.")
        }
        var (frames, bytes) = (Int64(0), Int64(0))
        while let part = try await parts.next() {
            bytes += Int64(try await part.content.collect(upTo: StreamsSolution.largestFrame).count)
            frames += 1
        }
        return .json { writer in
            writer.object {
                $0.member("frames", frames)
                $0.member("bytes", bytes)
            }
        }
    }

    /// The largest frame that is taken, in bytes.
    private static let largestFrame = 4_000_000
    /// The bytes of a frame that is sent, about those of a picture of 640 by 480.
    private static let frameBytes = 20_000

    private func camera(_ rhythm: any Rhythm) -> RouteResponse {
        .stream(contentType: "multipart/x-mixed-replace; boundary=frame") { writer in
            let head = "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(StreamsSolution.frameBytes)\r\n\r\n"
            var frame = Array(head.utf8) + [UInt8](repeating: 0, count: StreamsSolution.frameBytes) + Array("\r\n".utf8)
            do {
                // Those who lose the right while they watch are cut off by the hub.
                while true {
                    frame[head.utf8.count] &+= 1
                    try await writer.write(frame)
                    try await rhythm.sleep(untilUptime: rhythm.uptime() + .milliseconds(100))
                }
            } catch is CancellationError {
                // The reader has gone, or the hub stops: such a picture has no other end.
            }
        }
    }
}

extension Permission {
    static let useStreams = Permission("streams.use")
}
