import HubModel
import HubTesting
import Live
import Testing

@Suite struct LiveHubTests {
    let clock = ManualClock(Timestamp(microseconds: 1_000))

    func hub(_ configuration: LiveConfiguration = LiveConfiguration()) -> LiveHub {
        LiveHub(configuration: configuration, clock: clock)
    }

    func attach(
        _ hub: LiveHub, _ viewer: Caller = admin, end: @escaping @Sendable (LiveEnd) -> Void = { _ in }
    ) throws -> LiveFeed {
        try hub.attach(version: "9.9", viewer: viewer, end: end)
    }

    func subscribe(_ hub: LiveHub, _ feed: LiveFeed, _ topic: String, _ start: LiveStart) throws {
        let topics = [try #require(TopicPattern(topic))]
        #expect(hub.perform(.subscribe(id: nil, topics: topics, start: start), for: feed.id) == nil)
    }

    func next(_ feed: inout LiveFeed) async throws -> [Seen] {
        try (await feed.next() ?? []).map(Seen.init)
    }

    /// Takes until an answer of this type has come.
    func take(_ feed: inout LiveFeed, until type: String) async throws -> [Seen] {
        var all: [Seen] = []
        while !all.contains(where: { $0.type == type }), let texts = await feed.next() {
            all += try texts.map(Seen.init)
        }
        return all
    }

    @Test func `a page gets hello, the recent events, then live ones`() async throws {
        let hub = hub()
        hub.publish([event("n/a", 1), event("x", 2)], committedAt: at(2_000))
        clock.set(Timestamp(microseconds: 3_000_000))
        var feed = try attach(hub)
        let hello = try #require(await feed.next()?.first)
        #expect(
            String(decoding: hello, as: UTF8.self)
                == #"{"type":"hello","server":"martlet","version":"9.9","#
                + #""now":"1970-01-01T00:00:03.000000Z","last":2001}"#
        )
        try subscribe(hub, feed, "n/#", .recent(10))
        hub.publish([event("x", 3), event("n/b", 4)], committedAt: at(4_000_000))
        let seen = try await take(&feed, until: "subscribed")
        // What was published meanwhile follows the answer.
        #expect(seen.map(\.type) == ["event", "subscribed", "event"])
        #expect(seen.map(\.number) == [2_000, 2_001, 4_000_001])
        #expect(seen.last?.topic == "n/b")
        _ = hub.perform(.unsubscribe(id: nil, topics: [try #require(TopicPattern("n/#"))]), for: feed.id)
        hub.publish([event("n/a", 5)], committedAt: at(5_000_000))
        #expect(try await next(&feed).map(\.type) == ["unsubscribed"])
        hub.detach(feed.id)
        #expect(await feed.next() == nil)
        #expect(hub.perform(.answer([]), for: feed.id) == nil)
    }

    @Test func `an event is written as the protocol says`() async throws {
        let hub = hub()
        var feed = try attach(hub)
        try subscribe(hub, feed, "nodes/+/telemetry", .recent(0))
        let reading = Reading(
            device: try #require(DeviceID("node_01")), measurement: "telemetry",
            observed: ObservationTime(
                claimed: Timestamp(seconds: 1_763_690_000), receivedAt: Timestamp(seconds: 1_763_690_001)),
            receivedAt: Timestamp(seconds: 1_763_690_001), isLate: false,
            fields: [
                ReadingField("temperature", .decimal(ScaledDecimal(mantissa: 225, scale: 1))),
                ReadingField("uptime", .integer(60)),
            ])
        _ = try await take(&feed, until: "subscribed")
        hub.publish(
            [
                LiveEvent(
                    topic: "nodes/node_01/telemetry", data: .reading(reading, idName: "node_id"), needs: .viewNodes,
                    at: .main)
            ],
            committedAt: Timestamp(seconds: 1_763_690_001))
        let text = try #require(await feed.next()?.first)
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"{"type":"event","n":1763690001000000,"topic":"nodes/node_01/telemetry","#
                + #""at":"2025-11-21T01:53:21.000000Z","#
                + #""data":{"node_id":"node_01","observed_at":"2025-11-21T01:53:20.000000Z","#
                + #""received_at":"2025-11-21T01:53:21.000000Z","#
                + #""time_source":"device","values":{"temperature":22.5,"uptime":60},"late":false}}"#)
    }

    @Test func `a client that comes back gets what it missed, or is told of the gap`() async throws {
        let hub = hub(LiveConfiguration(recentEvents: 600))
        for instant in 1...700 { hub.publish([event("t", instant)], committedAt: at(Int64(10_000 + instant))) }
        var feed = try attach(hub)
        _ = await feed.next()
        // Longer than one output: the answer still comes after all of it.
        try subscribe(hub, feed, "t", .after(10_100))
        let seen = try await take(&feed, until: "subscribed")
        #expect(seen.count == 601)
        #expect(seen.dropLast().map(\.value) == (101...700).map { Int64($0) })
        try subscribe(hub, feed, "t", .after(10_050))
        let late = try await take(&feed, until: "subscribed")
        #expect(late.first?.type == "gap" && late.first?.number == 10_050)
        #expect(late.count == 602)
    }

    @Test func `two sockets are sent the same text, and others nothing`() async throws {
        let hub = hub()
        var first = try attach(hub)
        var second = try attach(hub)
        var third = try attach(hub)
        try subscribe(hub, first, "a", .recent(0))
        try subscribe(hub, second, "#", .recent(0))
        try subscribe(hub, third, "b", .recent(0))
        _ = try await take(&first, until: "subscribed")
        _ = try await take(&second, until: "subscribed")
        _ = try await take(&third, until: "subscribed")
        hub.publish([event("a", 1), event("b", 2)], committedAt: at(5_000))
        let one = try #require(await first.next())
        let two = try #require(await second.next())
        #expect(one.count == 1 && two.count == 2 && one[0] == two[0])
        #expect(try await next(&third).map(\.value) == [2])
    }

    @Test func `a slow socket is coalesced, then given up`() async throws {
        let slow = Counter()
        let queue = QueueLimits(events: 8)
        let hub = hub(LiveConfiguration(queue: queue))
        var feed = try attach(hub) { if $0 == .tooSlow { slow.increment() } }
        try subscribe(hub, feed, "#", .recent(0))
        _ = try await take(&feed, until: "subscribed")
        for value in 1...100 { hub.publish([event("t/\(value % 4)", value)], committedAt: at(Int64(10_000 + value))) }
        let seen = try await next(&feed)
        #expect(seen.map(\.type) == ["coalesced", "event", "event", "event", "event"])
        #expect(seen.map(\.number).first == 96)
        #expect(seen.dropFirst().map(\.value) == [97, 98, 99, 100])
        #expect(slow.count == 0)
        // More topics than there is room for.
        for value in 1...20 { hub.publish([event("t/\(value)", value)], committedAt: at(Int64(20_000 + value))) }
        #expect(slow.count == 1)
        #expect(await feed.next() == nil)
        let figures = hub.metrics().reduce(into: [:]) { $0[$1.name] = $1.samples[0].value }
        #expect(figures["martlet_live_coalesced_total"] == 96)
        #expect(figures["martlet_live_closed_slow_total"] == 1)
        #expect(figures["martlet_live_events_total"] == 120)
    }

    @Test func `sockets are bounded in number`() throws {
        let hub = hub(LiveConfiguration(maximumSockets: 2))
        let first = try attach(hub)
        _ = try attach(hub)
        #expect(throws: LiveRefusal.tooManySockets) { try attach(hub) }
        hub.detach(first.id)
        _ = try attach(hub)
    }

    @Test func `a waiting feed wakes for each batch, and ends when it is let go`() async throws {
        let hub = hub()
        let feed = try attach(hub)
        try subscribe(hub, feed, "t", .recent(0))
        try await withThrowingTaskGroup(of: [Int64].self) { group in
            group.addTask {
                var feed = feed
                var values: [Int64] = []
                while let texts = await feed.next() {
                    values += try texts.map(Seen.init).compactMap(\.value)
                    if values.count == 500 { hub.detach(feed.id) }
                }
                return values
            }
            for value in 1...500 {
                hub.publish([event("t", value)], committedAt: at(Int64(10_000 + value)))
                if value % 50 == 0 { await Task.yield() }
            }
            let values = try #require(try await group.next())
            #expect(values == (1...500).map { Int64($0) })
        }
    }
}
