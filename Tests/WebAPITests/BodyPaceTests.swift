import Testing
import WebAPI

/// How fast a body has to come, as a value.
@Suite struct BodyPaceTests {
    private func pace() -> BodyPace { BodyPace(pieceTime: .seconds(30), window: .seconds(60), leastBytes: 15_360) }

    @Test("the next piece has its time, and a minute of waiting has to bring its bytes")
    func rule() {
        var pace = pace()
        #expect(pace.wait(at: .seconds(100)) == .seconds(130))
        pace.received(1, at: .seconds(129))
        // Time that the hub takes for a piece does not count.
        #expect(pace.wait(at: .seconds(1_000)) == .seconds(1_030))
        pace.received(1, at: .seconds(1_029))
        #expect(pace.wait(at: .seconds(1_029)) == .seconds(1_031))
        pace.received(15_358, at: .seconds(1_030))
        #expect(pace.wait(at: .seconds(1_030)) == .seconds(1_060))
    }

    @Test("a body in small pieces, but fast enough, goes on for ever")
    func steady() {
        var pace = pace()
        var now = Duration.zero
        for _ in 0..<10_000 {
            #expect(pace.wait(at: now) > now + .seconds(4))
            now += .seconds(4)
            pace.received(1_100, at: now)
        }
    }

    /// The model keeps all pieces and looks for the last one at which the bytes since the window's beginning were enough.
    @Test("whatever comes and when: the deadline is what a model says", arguments: 0..<20)
    func model(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % bound
        }
        var pace = pace()
        var now = Duration.zero
        var pieces: [(waited: Duration, bytes: Int)] = []
        for _ in 0..<200 {
            now += .milliseconds(Int(random(90_000)))
            var (waited, bytes) = (Duration.zero, 0)
            for piece in pieces {
                waited += piece.waited
                bytes += piece.bytes
                if bytes >= 15_360 { (waited, bytes) = (.zero, 0) }
            }
            let deadline = pace.wait(at: now)
            #expect(deadline == min(now + .seconds(30), now + .seconds(60) - waited))
            guard deadline > now else { return }
            let wait = Duration.milliseconds(Int(random(UInt64((deadline - now) / .milliseconds(1)))))
            let count = Int(random(6_000))
            now += wait
            pace.received(count, at: now)
            pieces.append((wait, count))
        }
    }
}
