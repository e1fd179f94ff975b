import HubModel
import NIOCore
import SolutionKit
import Synchronization

/// When the pieces of bodies that are waited for have to be there, by the hub's clock. One look a second closes the connections of those that
/// are late.
final class BodyDeadlines: Sendable {
    private struct Waiting {
        let channel: any Channel
        let deadline: Duration
    }

    private struct State {
        var next: UInt64 = 0
        var waiting: [UInt64: Waiting] = [:]
        var late: Int64 = 0
    }

    private let rhythm: any Rhythm
    private let limits: WebLimits
    private let state = Mutex(State())

    init(limits: WebLimits, rhythm: any Rhythm) {
        self.limits = limits
        self.rhythm = rhythm
    }

    /// The pace of a body of which nothing has come yet.
    var pace: BodyPace {
        BodyPace(
            pieceTime: limits.bodyTimeout, window: limits.bodyWindow, leastBytes: limits.minimumBodyBytesPerWindow)
    }

    /// Runs a read of a body, and closes the connection when it takes longer than its pace allows. Closed, the read fails.
    /// - Throws: what `read` throws.
    func timing(
        _ channel: any Channel, _ pace: inout BodyPace, _ read: () async throws -> ByteBuffer?
    ) async throws -> ByteBuffer? {
        let deadline = pace.wait(at: rhythm.uptime())
        let number = state.withLock { state in
            state.next += 1
            state.waiting[state.next] = Waiting(channel: channel, deadline: deadline)
            return state.next
        }
        defer { state.withLock { _ = $0.waiting.removeValue(forKey: number) } }
        let piece = try await read()
        pace.received(piece?.readableBytes ?? 0, at: rhythm.uptime())
        return piece
    }

    /// Looks again and again, until its task is cancelled.
    func watch() async {
        let often = min(Duration.seconds(1), limits.bodyTimeout / 4)
        await rhythm.every(often) {
            let now = rhythm.uptime()
            let late = state.withLock { state in
                let late = state.waiting.filter { $0.value.deadline <= now }
                for number in late.keys { state.waiting[number] = nil }
                state.late += Int64(late.count)
                return late.values.map(\.channel)
            }
            for channel in late { channel.close(promise: nil) }
        }
    }
}

extension BodyDeadlines: MetricsSource {
    func metrics() -> [MetricFamily] {
        [
            MetricFamily(
                "martlet_http_slow_bodies_total", .counter,
                help: "Connections closed because the body of a request came too slowly.",
                value: Double(state.withLock { $0.late }))
        ]
    }
}
