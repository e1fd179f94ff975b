import DeviceLogic
import Testing

@Suite("DeviceLogic: backoff")
struct BackoffTests {
    @Test("Spans double up to the maximum; chance takes all of them, or the upper half")
    func doubles() {
        var full = Backoff(initial: 1_000, maximum: 5_000)
        let least = (0..<5).map { _ in full.next(random: 0) }
        #expect(least == [0, 0, 0, 0, 0])
        full = Backoff(initial: 1_000, maximum: 5_000)
        let most = [1_000, 2_000, 4_000, 5_000, 5_000].map { full.next(random: $0) }
        #expect(most == [1_000, 2_000, 4_000, 5_000, 5_000])
        var half = Backoff(initial: 1_000, maximum: 5_000, jitter: .half)
        let halves = (0..<5).map { _ in half.next(random: 0) }
        #expect(halves == [500, 1_000, 2_000, 2_500, 2_500])
    }

    @Test("What held for long begins anew, what did not goes on")
    func held() {
        var backoff = Backoff(initial: 100, maximum: 1_000)
        for _ in 0..<3 { _ = backoff.next(random: 0) }
        #expect(backoff.span == 800)
        backoff.held(for: 799)
        #expect(backoff.span == 800)
        backoff.held(for: 800)
        #expect(backoff.span == 100)
    }

    @Test("No bounds, spans or random numbers make it trap or leave its bounds")
    func extremes() {
        var chance = Chance(seed: 2)
        let numbers: [Int64] = [.min, -1, 0, 1, 2, 3, 1_000, .max / 2, .max / 2 + 2, .max - 1, .max]
        for initial in numbers {
            for maximum in numbers {
                for jitter in [Backoff.Jitter.full, .half] {
                    var backoff = Backoff(initial: initial, maximum: maximum, jitter: jitter)
                    var before: Int64 = 0
                    for random in [0, 1, .max, .max / 2, chance.next(), chance.next()] as [UInt64] {
                        let span = backoff.span
                        let wait = backoff.next(random: random)
                        #expect(wait >= (jitter == .full ? 0 : span / 2) && wait <= span)
                        #expect(span >= before && span <= backoff.maximum && span >= backoff.initial)
                        before = span
                    }
                }
            }
        }
    }

    @Test("Many devices spread evenly over the span")
    func spreads() {
        var chance = Chance(seed: 3)
        var tenths = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            var backoff = Backoff(initial: 999, maximum: 999)
            tenths[Int(backoff.next(random: chance.next())) / 100] += 1
        }
        #expect(tenths.allSatisfy { (800...1_200).contains($0) })
    }
}
