import HubModel
import Testing
import Trust

@Suite("Token buckets")
struct TokenBucketsTests {
    private func second(_ seconds: Double) -> Timestamp { Timestamp(microseconds: Int64(seconds * 1_000_000)) }

    @Test("give a burst, then so many a second, and say how long to wait")
    func rate() {
        var buckets = TokenBuckets<String>(Rate(perSecond: 2, burst: 4))
        for _ in 0..<4 { #expect(buckets.take("a", at: second(10)) == nil) }
        #expect(buckets.take("a", at: second(10)) == 1)
        #expect(buckets.take("a", at: second(10.5)) == nil)
        #expect(buckets.take("a", at: second(10.5)) == 1)
        for _ in 0..<4 { #expect(buckets.take("a", at: second(100)) == nil) }
        #expect(buckets.take("a", at: second(100)) == 1)
    }

    @Test("do not let one key use up another's")
    func keys() {
        var buckets = TokenBuckets<String>(Rate(perSecond: 1, burst: 1))
        #expect(buckets.take("a", at: second(1)) == nil)
        #expect(buckets.take("a", at: second(1)) == 1)
        #expect(buckets.take("b", at: second(1)) == nil)
    }

    @Test("are bounded in number: strangers beyond share one, and full ones are forgotten")
    func bounded() {
        var buckets = TokenBuckets<Int>(Rate(perSecond: 1, burst: 2), capacity: 100)
        var passed = 0
        for key in 0..<1_000 where buckets.take(key, at: second(1)) == nil { passed += 1 }
        #expect(buckets.count == 100)
        #expect(passed == 102)
        // Three seconds later all are full again and make room.
        #expect(buckets.take(5_000, at: second(4)) == nil)
        #expect(buckets.count == 1)
        // Also on a clock that was set back by much.
        for key in 0..<1_000 { _ = buckets.take(key, at: second(1_000)) }
        for _ in 0..<2 { _ = buckets.take(6_000, at: second(10)) }
        for key in 0..<200 { _ = buckets.take(key, at: second(20)) }
        #expect(buckets.take(7_000, at: second(30)) == nil)
        #expect(buckets.count == 1)
        // And of keys that never come again.
        for key in 0..<1_000 { _ = buckets.take(key, at: second(2_000)) }
        _ = buckets.take(8_000, at: second(40))
        #expect(buckets.take(8_000, at: second(43)) == nil)
        #expect(buckets.count == 1)
    }

    @Test("a rate of 0 is no limit, and a clock that is set back gives nothing for nothing")
    func edges() {
        var free = TokenBuckets<String>(.unlimited)
        for _ in 0..<1_000 { #expect(free.take("a", at: second(1)) == nil) }
        var buckets = TokenBuckets<String>(Rate(perSecond: 1, burst: 1))
        #expect(buckets.take("a", at: second(1_000)) == nil)
        #expect(buckets.take("a", at: second(1)) == 1)
        #expect(buckets.take("a", at: second(2.5)) == nil)
    }
}
