import HubModel
import SolutionKit
import Testing

@Suite struct SimulationTests {
    @Test("The same seed gives the same stream, and another stream another")
    func streams() {
        func numbers(_ seed: UInt64, _ stream: UInt64, _ index: Int) -> [UInt64] {
            var chance = SimulatedChance(seed: seed, stream: stream, index)
            return (0..<8).map { _ in chance.next() }
        }
        #expect(numbers(1, 2, 3) == numbers(1, 2, 3))
        #expect(Set([numbers(1, 2, 3), numbers(2, 2, 3), numbers(1, 3, 3), numbers(1, 2, 4)]).count == 4)
    }

    @Test("Chance is spread as its names say")
    func spreads() {
        var chance = SimulatedChance(seed: 7, stream: 1)
        let count = 20_000
        let normal = (0..<count).map { _ in chance.normal(mean: 10, deviation: 2) }
        let mean = normal.reduce(0, +) / Double(count)
        let variance = normal.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(count)
        #expect(abs(mean - 10) < 0.1 && abs(variance.squareRoot() - 2) < 0.1)
        let exponential = (0..<count).map { _ in chance.exponential(mean: 5) }.reduce(0, +) / Double(count)
        #expect(abs(exponential - 5) < 0.2)
        let median = (0..<count).map { _ in chance.logNormal(median: 3, spread: 0.5) }.sorted()[count / 2]
        #expect(abs(median - 3) < 0.1)
        #expect(abs((0..<count).count { _ in chance.happens(0.25) } - count / 4) < 400)
        #expect((0..<count).allSatisfy { _ in (0..<1).contains(chance.fraction()) })
    }

    @Test("Noise depends on what is asked and on nothing else, and drifts without jumps")
    func noise() {
        let noise = SimulatedNoise(seed: 7)
        #expect(noise.value(1, "light", 2) == SimulatedNoise(seed: 7).value(1, "light", 2))
        let others = [
            noise.value(2, "light", 2), noise.value(1, "heat", 2), noise.value(1, "light", 3),
            SimulatedNoise(seed: 8).value(1, "light", 2),
        ]
        #expect(!others.contains(noise.value(1, "light", 2)))
        let begin = Timestamp(seconds: 1_763_690_000)
        let drift = (0...6_000).map {
            noise.drift(0, "x", at: begin.advanced(byMicroseconds: $0 * 10_000), seconds: 10)
        }
        #expect(drift.allSatisfy { (0...1).contains($0) })
        #expect(zip(drift, drift.dropFirst()).allSatisfy { abs($0 - $1) < 0.01 })
    }

    @Test("Simulated time runs so many times as fast as the wall's")
    func time() {
        let begin = Timestamp(seconds: 1_000)
        let time = SimulatedTime(begin: begin, start: Timestamp(seconds: 5_000), speed: 60)
        #expect(time.due(Timestamp(seconds: 8_600)) == begin.advanced(bySeconds: 60))
        #expect(time.span(ofSeconds: 2) == 120_000_000)
        #expect(time.instant(at: begin.advanced(bySeconds: 60)) == Timestamp(seconds: 8_600))
        #expect(time.instant(at: begin.advanced(bySeconds: -1)) == Timestamp(seconds: 4_940))
    }
}
