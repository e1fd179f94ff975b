import MQTTClient
import NIOCore
import Testing

@Suite("Timing")
struct TimingTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test("Waits double between half and all, up to the maximum, and begin anew after a connection that held")
    func backoff() {
        var low = ReconnectDelays(ReconnectPolicy(initial: .seconds(1), maximum: .seconds(5)))
        #expect(
            (0..<5).map { _ in low.next(random: 0) } == [0.5, 1, 2, 2.5, 2.5].map { .milliseconds(Int64($0 * 1_000)) })
        var high = ReconnectDelays(ReconnectPolicy(initial: .seconds(1), maximum: .seconds(5)))
        for (index, delay) in [1, 2, 4, 5, 5].enumerated() as EnumeratedSequence<[Int64]> {
            let nanoseconds = UInt64(delay) * 1_000_000_000
            #expect(high.next(random: nanoseconds - nanoseconds / 2) == .seconds(delay), "\(index)")
        }
        high.connectionHeld(for: .seconds(4))
        #expect(high.next(random: 0) == .milliseconds(2_500))
        high.connectionHeld(for: .seconds(5))
        #expect(high.next(random: 0) == .milliseconds(500))
        var extreme = ReconnectDelays(ReconnectPolicy(initial: .nanoseconds(.max / 2 + 2), maximum: .nanoseconds(.max)))
        for _ in 0..<4 { #expect(extreme.next(random: .max).nanoseconds > 0) }
    }

    @Test("PINGREQ leaves in time, its answer is waited for once")
    func keepAlive() throws {
        #expect(KeepAlive(seconds: 0, now: start) == nil)
        var keepAlive = try #require(KeepAlive(seconds: 8, now: start))
        #expect(keepAlive.check(at: start, isReading: true) == .wait(until: start + .seconds(6)))
        keepAlive.sent(at: start + .seconds(5))
        #expect(keepAlive.check(at: start + .seconds(6), isReading: true) == .wait(until: start + .seconds(11)))
        #expect(keepAlive.check(at: start + .seconds(11), isReading: true) == .ping(until: start + .seconds(19)))
        #expect(keepAlive.check(at: start + .seconds(19), isReading: true) == .expired)
        keepAlive.received()
        #expect(keepAlive.check(at: start + .seconds(19), isReading: true) == .ping(until: start + .seconds(27)))
    }

    @Test("A client that does not read does not blame the server")
    func paused() throws {
        var keepAlive = try #require(KeepAlive(seconds: 8, now: start))
        #expect(keepAlive.check(at: start + .seconds(6), isReading: true) == .ping(until: start + .seconds(14)))
        #expect(keepAlive.check(at: start + .seconds(14), isReading: false) == .wait(until: start + .seconds(22)))
        #expect(keepAlive.check(at: start + .seconds(22), isReading: true) == .expired)
    }
}
