import HubModel
import Live
import Testing

@Suite struct LiveRingTests {
    func numbers(_ ring: LiveRing, _ pattern: String, _ start: LiveStart, step: Int = 3) throws -> [Int64] {
        var replay = LiveReplay(
            ring, patterns: [try #require(TopicPattern(pattern))], grants: Grants(everywhere: .all), start: start)
        var found: [Int64] = []
        while true {
            let next = replay.next(step, in: ring)
            #expect(next.items.count <= step)
            found += next.items.map(\.number)
            if next.isOver { return found }
        }
    }

    func gap(_ ring: LiveRing, after number: Int64) -> [Int64]? {
        var replay = LiveReplay(ring, patterns: [], grants: Grants(everywhere: .all), start: .after(number))
        return replay.next(1, in: ring).gap.map { [$0.after, $0.next] }
    }

    @Test func `numbers are the commit's microseconds, and grow in any case`() {
        var ring = LiveRing(maximumEvents: 100, maximumBytes: 1_000_000, beginning: at(1_000))
        #expect(ring.last == 1_000)
        #expect(ring.append([event("a"), event("a")], committedAt: at(2_000)) == 2_000)
        #expect(ring.last == 2_001)
        // The same microsecond, then a clock that went back.
        #expect(ring.append([event("a")], committedAt: at(2_000)) == 2_002)
        #expect(ring.append([event("a")], committedAt: at(500)) == 2_003)
        #expect(ring.append([], committedAt: at(9_000)) == 9_000)
        #expect(ring.last == 2_003)
        #expect(ring.append([event("a")], committedAt: at(9_000)) == 9_000)
    }

    @Test func `a ring is bounded in number and in bytes`() {
        var ring = LiveRing(maximumEvents: 10, maximumBytes: 1_000_000, beginning: at(0))
        for instant in 1...100 {
            _ = ring.append([event("a"), event("b"), event("c")], committedAt: at(Int64(instant) * 1_000))
        }
        #expect(ring.count == 9)
        #expect(ring.oldest == 98_000)
        #expect(ring.floor == 97_002)
        var large = LiveRing(maximumEvents: 1_000_000, maximumBytes: 10_000, beginning: at(0))
        for instant in 1...1_000 { _ = large.append([event("a")], committedAt: at(Int64(instant))) }
        #expect(large.bytes <= 10_000)
        #expect((50...100).contains(large.count))
        // One commit alone that is over both limits: its end is kept.
        var burst = LiveRing(maximumEvents: 10, maximumBytes: 800, beginning: at(0))
        #expect(burst.append((0..<100).map { event("a", $0) }, committedAt: at(1_000)) == 1_000)
        #expect(burst.last == 1_099)
        #expect((1...6).contains(burst.count))
        #expect(burst.floor == burst.last - Int64(burst.count))
        #expect(burst.oldest == burst.floor + 1)
    }

    @Test func `a replay begins after the number that the client knows`() throws {
        var ring = LiveRing(maximumEvents: 100, maximumBytes: 1_000_000, beginning: at(0))
        for instant in [100, 200, 300, 400] {
            _ = ring.append([event("n/a/t"), event("n/b/t"), event("broker")], committedAt: at(Int64(instant)))
        }
        #expect(try numbers(ring, "#", .after(301)) == [302, 400, 401, 402])
        #expect(try numbers(ring, "n/#", .after(0)) == [100, 101, 200, 201, 300, 301, 400, 401])
        #expect(try numbers(ring, "broker", .after(250)) == [302, 402])
        #expect(try numbers(ring, "broker", .after(402)) == [])
        #expect(try numbers(ring, "n/+/x", .after(0)) == [])
        #expect(gap(ring, after: 0) == nil)
    }

    @Test func `a replay of the recent ones ends with the newest`() throws {
        var ring = LiveRing(maximumEvents: 100, maximumBytes: 1_000_000, beginning: at(0))
        for instant in [100, 200, 300] { _ = ring.append([event("a"), event("b")], committedAt: at(Int64(instant))) }
        #expect(try numbers(ring, "#", .recent(3)) == [201, 300, 301])
        #expect(try numbers(ring, "a", .recent(2)) == [200, 300])
        #expect(try numbers(ring, "a", .recent(1_000)) == [100, 200, 300])
        #expect(try numbers(ring, "a", .recent(0)) == [])
        #expect(try numbers(ring, "c", .recent(5)) == [])
        #expect(try numbers(LiveRing(maximumEvents: 1, maximumBytes: 1, beginning: at(5)), "#", .recent(5)) == [])
    }

    @Test func `a client that missed too much is told so`() throws {
        var ring = LiveRing(maximumEvents: 4, maximumBytes: 1_000_000, beginning: at(50))
        // Before the ring began, nothing is known; at its beginning, nothing is missing.
        #expect(gap(ring, after: 49) == [49, 51])
        #expect(gap(ring, after: 50) == nil)
        for instant in [100, 200, 300] { _ = ring.append([event("a"), event("b")], committedAt: at(Int64(instant))) }
        #expect(gap(ring, after: 100) == [100, 200])
        #expect(gap(ring, after: 101) == nil)
        #expect(gap(ring, after: 200) == nil)
        // A number from the future belongs to another hub, or to a clock that went back.
        #expect(gap(ring, after: 302) == [302, 302])
        #expect(try numbers(ring, "#", .after(999)) == [])
    }

    @Test func `a replay does not see what comes later`() throws {
        var ring = LiveRing(maximumEvents: 40, maximumBytes: 1_000_000, beginning: at(0))
        _ = ring.append([event("a"), event("a")], committedAt: at(10))
        var replay = try walk(ring, .after(0))
        for instant in 20..<40 { _ = ring.append([event("a")], committedAt: at(Int64(instant))) }
        let step = replay.next(100, in: ring)
        #expect(step.items.map(\.number) == [10, 11])
        #expect(step.isOver && step.gap == nil)
    }

    @Test func `a replay holds nothing: what the ring lets go of before it comes there is a gap`() throws {
        var ring = LiveRing(maximumEvents: 4, maximumBytes: 1_000_000, beginning: at(0))
        for number in 1...4 { _ = ring.append([event("a")], committedAt: at(Int64(number))) }
        var replay = try walk(ring, .after(0))
        #expect(replay.next(1, in: ring).items.map(\.number) == [1])
        _ = ring.append([event("a"), event("a")], committedAt: at(10))
        var step = replay.next(1, in: ring)
        #expect(step.gap == LiveReplay.Gap(after: 1, next: 3))
        #expect(step.items.map(\.number) == [3])
        // All that was left of it.
        for number in 20..<24 { _ = ring.append([event("a")], committedAt: at(Int64(number))) }
        step = replay.next(1, in: ring)
        #expect(step.gap == LiveReplay.Gap(after: 3, next: 5))
        #expect(step.items.isEmpty && step.isOver)
        // Of the newest so many nobody was promised one.
        var recent = try walk(ring, .recent(4))
        _ = recent.next(4, in: ring)
        _ = ring.append([event("a"), event("a")], committedAt: at(30))
        step = recent.next(4, in: ring)
        #expect(step.gap == nil)
        #expect(step.items.map(\.number) == [22, 23])
    }

    @Test func `one step of a replay looks at a bounded number of events, on the way back and forth`() throws {
        var ring = LiveRing(maximumEvents: 10_000, maximumBytes: 100_000_000, beginning: at(0))
        for number in 1...10_000 { _ = ring.append([event(number == 1 ? "a" : "b")], committedAt: at(Int64(number))) }
        for start in [LiveStart.recent(1), .after(0)] {
            var replay = try walk(ring, start)
            var steps = 0
            var found: [Int64] = []
            while true {
                steps += 1
                let step = replay.next(256, in: ring)
                found += step.items.map(\.number)
                if step.isOver { break }
            }
            #expect(found == [1])
            #expect((10...24).contains(steps))
        }
    }

    private func walk(_ ring: LiveRing, _ start: LiveStart) throws -> LiveReplay {
        LiveReplay(
            ring, patterns: [try #require(TopicPattern("a"))], grants: Grants(everywhere: .all), start: start)
    }
}
