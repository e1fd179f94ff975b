import HubModel
import Live
import Testing

@Suite struct SubscriberQueueTests {
    typealias Queue = SubscriberQueue<String>

    func names(_ taken: (items: [Queue.Item], dropped: Int)) -> [String] {
        taken.items.map { item in
            switch item {
            case .event(let event): event
            case .answer(let answer): "answer " + String(decoding: answer, as: UTF8.self)
            case .replay: "replay"
            }
        }
    }

    @Test func `what is taken in time comes out in order and whole`() {
        var queue = Queue(limits: QueueLimits(events: 4))
        #expect(queue.isEmpty)
        for round in 0..<1_000 {
            for index in 0..<3 { #expect(queue.push("\(round)/\(index)", topic: "t", bytes: 1, at: at(0)) == .queued) }
            _ = queue.push(answer: Array("x".utf8), at: at(0))
            let taken = queue.take(10)
            #expect(names(taken) == ["\(round)/0", "\(round)/1", "\(round)/2", "answer x"])
            #expect(taken.dropped == 0)
        }
        #expect(queue.isEmpty)
    }

    @Test func `over the limit the newest event of each topic stays, in order`() {
        var queue = Queue(limits: QueueLimits(events: 4))
        for (index, topic) in ["a", "b", "a", "a"].enumerated() {
            #expect(queue.push("\(topic)\(index)", topic: topic, bytes: 1, at: at(0)) == .queued)
        }
        _ = queue.push(answer: Array("pong".utf8), at: at(0))
        // a0, a2 make room for c4.
        #expect(queue.push("c4", topic: "c", bytes: 1, at: at(0)) == .coalesced(2))
        // From now on a topic has one place.
        #expect(queue.push("a5", topic: "a", bytes: 1, at: at(0)) == .coalesced(1))
        #expect(queue.push("d6", topic: "d", bytes: 1, at: at(0)) == .queued)
        let taken = queue.take(10)
        #expect(names(taken) == ["b1", "answer pong", "c4", "a5", "d6"])
        #expect(taken.dropped == 3)
        // Empty again: nothing is coalesced any more.
        #expect(queue.push("a7", topic: "a", bytes: 1, at: at(0)) == .queued)
        #expect(queue.push("a8", topic: "a", bytes: 1, at: at(0)) == .queued)
        #expect(names(queue.take(10)) == ["a7", "a8"])
    }

    @Test func `a long coalescing queue stays as small as its topics`() {
        var queue = Queue(limits: QueueLimits(events: 10))
        var dropped = 0
        var seen: [String: Int] = [:]
        for index in 0..<100_000 {
            let topic = "t\(index % 7)"
            #expect(queue.push("\(index)", topic: topic, bytes: 1, at: at(0)) != .overflow)
            if index % 100 == 99 {
                let taken = queue.take(2)
                dropped += taken.dropped
                for name in names(taken) { seen[name, default: 0] += 1 }
            }
        }
        let rest = queue.take(100)
        #expect(rest.items.count <= 10)
        for name in names(rest) { seen[name, default: 0] += 1 }
        // Every event came out once or was counted as dropped.
        #expect(seen.values.allSatisfy { $0 == 1 })
        #expect(seen.count + dropped + rest.dropped == 100_000)
        #expect(seen["99999"] == 1)
    }

    @Test func `bytes count as well, and more topics than the limit overflow`() {
        var heavy = Queue(limits: QueueLimits(events: 100, bytes: 10))
        #expect(heavy.push("a", topic: "a", bytes: 6, at: at(0)) == .queued)
        #expect(heavy.push("b", topic: "a", bytes: 6, at: at(0)) == .coalesced(1))
        #expect(heavy.push("c", topic: "c", bytes: 6, at: at(0)) == .overflow)
        // A single event over the limit is not held against the client.
        var single = Queue(limits: QueueLimits(events: 100, bytes: 10))
        #expect(single.push("a", topic: "a", bytes: 60, at: at(0)) == .queued)
        var many = Queue(limits: QueueLimits(events: 2))
        #expect(many.push("a", topic: "a", bytes: 1, at: at(0)) == .queued)
        #expect(many.push("b", topic: "b", bytes: 1, at: at(0)) == .queued)
        #expect(many.push("c", topic: "c", bytes: 1, at: at(0)) == .overflow)
    }

    @Test func `a client that takes nothing for too long overflows`() {
        var queue = Queue(limits: QueueLimits(patienceSeconds: 2))
        #expect(queue.push("a", topic: "a", bytes: 1, at: at(0)) == .queued)
        #expect(queue.push("a", topic: "a", bytes: 1, at: at(2_000_000)) == .queued)
        _ = queue.take(1)
        #expect(queue.push("a", topic: "a", bytes: 1, at: at(3_000_000)) == .queued)
        #expect(queue.push("a", topic: "a", bytes: 1, at: at(5_000_000)) == .queued)
        #expect(queue.push("a", topic: "a", bytes: 1, at: at(5_000_001)) == .overflow)
        #expect(queue.push(answer: [], at: at(5_000_001)) == false)
    }

    @Test func `answers and replays are bounded, and a replay is taken last`() {
        let ring = LiveRing(maximumEvents: 1, maximumBytes: 1, beginning: at(0))
        var queue = Queue(limits: QueueLimits(answers: 2, replays: 2))
        #expect(queue.push(answer: Array("1".utf8), at: at(0)) == true)
        for isTaken in [true, true, false] {
            #expect(
                queue.push(
                    replay: LiveReplay(ring, patterns: [], grants: Grants(everywhere: .all), start: .recent(1)),
                    at: at(0)) == isTaken)
        }
        #expect(queue.push(answer: Array("2".utf8), at: at(0)) == true)
        #expect(queue.push(answer: Array("3".utf8), at: at(0)) == false)
        #expect(names(queue.take(10)) == ["answer 1", "replay"])
        #expect(names(queue.take(10)) == ["replay"])
        #expect(names(queue.take(10)) == ["answer 2"])
        #expect(queue.isEmpty)
    }
}
