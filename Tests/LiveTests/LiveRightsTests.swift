import HubModel
import HubTesting
import Live
import Testing

@Suite struct LiveRightsTests {
    let clock = ManualClock(Timestamp(microseconds: 1_000))
    let other = SiteID("annex")

    /// May see nodes at the main site, and nothing else.
    let guest = viewer("guest", Grants(sites: [.main: [.viewNodes]]))

    func feed(_ hub: LiveHub, _ viewer: Caller, end: @escaping @Sendable (LiveEnd) -> Void = { _ in }) throws
        -> LiveFeed
    {
        try hub.attach(version: "1", viewer: viewer, end: end)
    }

    func subscribe(_ hub: LiveHub, _ feed: LiveFeed, _ start: LiveStart) throws {
        let all = [try #require(TopicPattern("#"))]
        #expect(hub.perform(.subscribe(id: nil, topics: all, start: start), for: feed.id) == nil)
    }

    /// The values of the events until an answer to a ping that is sent now.
    func values(_ hub: LiveHub, _ feed: inout LiveFeed) async throws -> [Int64] {
        _ = hub.perform(.answer(LiveMessage.pong(id: nil)), for: feed.id)
        var seen: [Seen] = []
        while !seen.contains(where: { $0.type == "pong" }), let texts = await feed.next() {
            seen += try texts.map(Seen.init)
        }
        return seen.compactMap(\.value)
    }

    @Test func `an event reaches only those who may see it, live and replayed`() async throws {
        let hub = LiveHub(clock: clock)
        let events = [
            event("n/a", 1), event("n/b", 2, at: other), event("audit", 3, needs: .viewAudit, at: nil),
            event("n/all", 4, at: nil), event("d/a", 5, needs: .viewDevices),
        ]
        hub.publish(events, committedAt: at(2_000))
        var guestFeed = try feed(hub, guest)
        var adminFeed = try feed(hub, admin)
        var nobody = try feed(hub, viewer("nobody", Grants()))
        try subscribe(hub, guestFeed, .after(1_000))
        try subscribe(hub, adminFeed, .recent(10))
        try subscribe(hub, nobody, .recent(10))
        #expect(try await values(hub, &guestFeed) == [1])
        #expect(try await values(hub, &adminFeed) == [1, 2, 3, 4, 5])
        #expect(try await values(hub, &nobody) == [])
        hub.publish(events, committedAt: at(3_000))
        #expect(try await values(hub, &guestFeed) == [1])
        #expect(try await values(hub, &adminFeed) == [1, 2, 3, 4, 5])
        #expect(try await values(hub, &nobody) == [])
    }

    @Test func `a newest-so-many replay counts only what may be seen`() async throws {
        let hub = LiveHub(clock: clock)
        hub.publish([event("n/a", 1), event("n/a", 2)], committedAt: at(2_000))
        hub.publish((0..<50).map { event("n/b", 100 + $0, at: other) }, committedAt: at(3_000))
        var guestFeed = try feed(hub, guest)
        try subscribe(hub, guestFeed, .recent(1))
        #expect(try await values(hub, &guestFeed) == [2])
    }

    @Test func `what was public and is not any more is replayed only to those who may see it now`() async throws {
        let hub = LiveHub(clock: clock)
        func show(_ topic: String, _ value: Int, isPublic: Bool, governing: String? = nil) {
            let data = LiveData.json(Array("{\"v\":\(value)}".utf8))
            hub.publish(
                [
                    LiveEvent(
                        topic: topic, data: data, needs: isPublic ? nil : .viewNodes, at: .main, governing: governing)
                ],
                committedAt: at(2_000))
        }
        func replayed(_ viewer: Caller) async throws -> [Int64] {
            var feed = try feed(hub, viewer)
            try subscribe(hub, feed, .recent(100))
            defer { hub.detach(feed.id) }
            return try await values(hub, &feed)
        }
        let nobody = viewer("nobody", Grants())
        show("lots/a/spots/1", 1, isPublic: true)
        show("lots/a/counts", 2, isPublic: true, governing: "lots/a/")
        show("lots/ab/spots/1", 3, isPublic: true)
        #expect(try await replayed(nobody) == [1, 2, 3])
        show("lots/a/counts", 4, isPublic: false, governing: "lots/a/")
        #expect(try await replayed(nobody) == [3])
        #expect(try await replayed(guest) == [1, 2, 3, 4])
        show("lots/a/counts", 5, isPublic: true, governing: "lots/a/")
        #expect(try await replayed(nobody) == [1, 2, 3, 5], "what was said in private stays so")
    }

    @Test func `a topic whose device moves to another site changes its viewers at once`() async throws {
        let hub = LiveHub(clock: clock)
        var guestFeed = try feed(hub, guest)
        try subscribe(hub, guestFeed, .recent(0))
        hub.publish(
            [event("n/a", 1), event("n/a", 2, at: other), event("n/a", 3), event("n/a", 4, needs: .viewAudit)],
            committedAt: at(2_000))
        #expect(try await values(hub, &guestFeed) == [1, 3])
    }

    @Test func `sockets of one account are bounded, others are not kept out`() throws {
        let hub = LiveHub(configuration: LiveConfiguration(maximumSocketsPerAccount: 2), clock: clock)
        let first = try feed(hub, guest)
        _ = try feed(hub, guest)
        #expect(throws: LiveRefusal.tooManySocketsOfAccount) { try feed(hub, guest) }
        // A program with a token of the account counts as the account.
        let token = Caller(.token(account: "guest", name: "guest", token: "t"), grants: guest.grants)
        #expect(throws: LiveRefusal.tooManySocketsOfAccount) { try feed(hub, token) }
        _ = try feed(hub, admin)
        // Whoever comes to an opened hub has no account to be counted for.
        for _ in 0..<5 { _ = try feed(hub, Caller(.open, grants: Grants(everywhere: .all))) }
        hub.detach(first.id)
        _ = try feed(hub, token)
        let refused = try #require(hub.metrics().first { $0.name == "martlet_live_refused_total" })
        #expect(refused.samples.map(\.value) == [0, 2, 0, 0])
    }

    @Test func `strangers see what is public and nothing else, live and replayed, and are told so`() async throws {
        let hub = LiveHub(clock: clock)
        let events = [
            event("p/a", 1, needs: nil), event("n/a", 2), event("p/b", 3, needs: nil, at: nil),
            event("audit", 4, needs: .viewAudit, at: nil), event("p/c", 5, needs: nil, at: other),
        ]
        hub.publish(events, committedAt: at(2_000))
        var stranger = try hub.attach(version: "1", viewer: Caller(.anonymous), address: "192.0.2.1") { _ in }
        var guestFeed = try feed(hub, guest)
        let hello = try #require(await stranger.next()?.first)
        #expect(String(decoding: hello, as: UTF8.self).hasSuffix(#","public":true}"#))
        let known = try #require(await guestFeed.next()?.first)
        #expect(!String(decoding: known, as: UTF8.self).contains("public"))
        try subscribe(hub, stranger, .after(1_000))
        try subscribe(hub, guestFeed, .recent(10))
        #expect(try await values(hub, &stranger) == [1, 3, 5])
        #expect(try await values(hub, &guestFeed) == [1, 2, 3, 5])
        hub.publish(events, committedAt: at(3_000))
        #expect(try await values(hub, &stranger) == [1, 3, 5])
        #expect(try await values(hub, &guestFeed) == [1, 2, 3, 5])
    }

    @Test func `a topic that is public no more stops for strangers at once`() async throws {
        let hub = LiveHub(clock: clock)
        var stranger = try hub.attach(version: "1", viewer: Caller(.anonymous)) { _ in }
        try subscribe(hub, stranger, .recent(0))
        hub.publish(
            [event("p/a", 1, needs: nil), event("p/a", 2, needs: .viewParking), event("p/a", 3, needs: nil)],
            committedAt: at(2_000))
        #expect(try await values(hub, &stranger) == [1, 3])
    }

    @Test func `strangers have a pool of their own, and each address a part of it`() throws {
        let configuration = LiveConfiguration(
            maximumSockets: 2, maximumPublicSockets: 3, maximumPublicSocketsPerAddress: 2)
        let hub = LiveHub(configuration: configuration, clock: clock)
        func stranger(_ address: String?) throws -> LiveFeed {
            try hub.attach(version: "1", viewer: Caller(.anonymous, address: address), address: address) { _ in }
        }
        let first = try stranger("192.0.2.1")
        _ = try stranger("192.0.2.1")
        #expect(throws: LiveRefusal.tooManyPublicSocketsOfAddress) { try stranger("192.0.2.1") }
        _ = try stranger("192.0.2.2")
        #expect(throws: LiveRefusal.tooManyPublicSockets) { try stranger("192.0.2.3") }
        // Those who are known find all their places, and take none of the strangers'.
        _ = try feed(hub, guest)
        _ = try feed(hub, admin)
        #expect(throws: LiveRefusal.tooManySockets) { try feed(hub, admin) }
        hub.detach(first.id)
        _ = try stranger("192.0.2.1")
        let refused = try #require(hub.metrics().first { $0.name == "martlet_live_refused_total" })
        #expect(refused.samples.map(\.value) == [1, 0, 1, 1])
        let open = try #require(hub.metrics().first { $0.name == "martlet_live_public_sockets" })
        #expect(open.samples.map(\.value) == [3])
    }

    @Test func `a viewer who is dismissed gets nothing more, and is told once`() async throws {
        let ends = Counter()
        let hub = LiveHub(clock: clock)
        var guestFeed = try feed(hub, guest) { if $0 == .signedOut { ends.increment() } }
        var adminFeed = try feed(hub, admin) { _ in Issue.record("the other stays") }
        try subscribe(hub, guestFeed, .recent(0))
        try subscribe(hub, adminFeed, .recent(0))
        #expect(hub.viewers() == [guest, admin])
        hub.dismiss([guest])
        hub.dismiss([guest])
        #expect(ends.count == 1)
        #expect(hub.viewers() == [admin])
        hub.publish([event("n/a", 1)], committedAt: at(2_000))
        #expect(await guestFeed.next() == nil)
        #expect(try await values(hub, &adminFeed) == [1])
    }
}
