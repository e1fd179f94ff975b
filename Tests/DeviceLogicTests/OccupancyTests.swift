import DeviceLogic
import Testing

@Suite("DeviceLogic: occupancy from distance")
struct OccupancyTests {
    @Test("Nearer than the band is occupied, farther is free, within it nothing changes")
    func threshold() {
        let threshold = OccupancyThreshold(centimetres: 115, hysteresisCentimetres: 30)
        for before in [nil, true, false] as [Bool?] {
            #expect(threshold.reading(ofCentimetres: 30, before: before) == true)
            #expect(threshold.reading(ofCentimetres: 99.9, before: before) == true)
            #expect(threshold.reading(ofCentimetres: 100, before: before) == before)
            #expect(threshold.reading(ofCentimetres: 130, before: before) == before)
            #expect(threshold.reading(ofCentimetres: 130.1, before: before) == false)
            #expect(threshold.reading(ofCentimetres: 200, before: before) == false)
        }
        #expect(
            OccupancyThreshold(centimetres: 100, hysteresisCentimetres: 0).reading(ofCentimetres: 100, before: nil)
                == nil)
    }

    @Test("The first change counts at once, a change back must last, and silence confirms it")
    func debounce() {
        var sensor = OccupancySensor()
        var changes = [(115.0, 0), (200, 10), (30, 5_000), (200, 5_100)].map {
            sensor.take(centimetres: $0.0, at: $0.1)
        }
        #expect(
            changes == [nil, .init(isOccupied: false, since: 10), .init(isOccupied: true, since: 5_000), nil])
        #expect(sensor.deadline == 7_100)
        changes = [7_099, 7_100].map { sensor.settle(at: $0) }
        #expect(changes == [nil, .init(isOccupied: false, since: 5_100)])
        #expect(sensor.deadline == nil)
    }

    @Test("Noise within the band and short wrong measures soon after a change alter nothing")
    func noise() {
        var chance = Chance(seed: 1)
        var sensor = OccupancySensor()
        _ = sensor.take(centimetres: 200, at: 0)
        _ = sensor.take(centimetres: 30, at: 10_000)
        for step in 1...10_000 {
            let isEcho = step < 20 && step % 3 == 0
            let distance = isEcho ? 200 : Double.random(in: 20...130, using: &chance)
            let change = sensor.take(centimetres: distance, at: 10_000 + Int64(step) * 100)
            #expect(change == nil)
        }
        #expect(sensor.belief == .init(isOccupied: true, since: 10_000))
    }

    /// The rules once more, by looking at every millisecond.
    private struct Model {
        var shown: Bool?
        var since: Int64 = 0
        var other: (value: Bool, since: Int64)?

        mutating func tick(_ said: Bool?, at now: Int64, span: Int64) {
            if let waiting = other, now - waiting.since >= span {
                (shown, since, other) = (waiting.value, waiting.since, nil)
            }
            guard let said else { return }
            if shown == nil {
                (shown, since) = (said, now)
            } else if said == shown {
                other = nil
            } else if other == nil {
                if now - since >= span { (shown, since) = (said, now) } else { other = (said, now) }
            }
        }
    }

    @Test(
        "What is believed is what a look at every millisecond gives, and changes at most twice within the span",
        arguments: 0..<20)
    func model(seed: UInt64) {
        var chance = Chance(seed: seed)
        let span = Int64.random(in: 0...40, using: &chance)
        var sensor = OccupancySensor(debounceMilliseconds: span)
        var model = Model()
        var changes: [Int64] = []
        for now in 0..<Int64(5_000) {
            let said: Bool? = Int.random(in: 0..<8, using: &chance) == 0 ? Bool.random(using: &chance) : nil
            let before = sensor.belief?.isOccupied
            let due = sensor.deadline.map { $0 <= now } ?? false
            let change =
                said.map { sensor.take(centimetres: $0 ? 30 : 200, at: now) } ?? (due ? sensor.settle(at: now) : nil)
            model.tick(said, at: now, span: span)
            #expect(sensor.belief?.isOccupied == model.shown && (sensor.belief?.since ?? 0) == model.since)
            #expect((change != nil) == (sensor.belief?.isOccupied != before))
            if change != nil { changes.append(now) }
        }
        #expect(changes.count > 3)
        #expect(zip(changes, changes.dropFirst(2)).allSatisfy { $1 - $0 >= span })
    }

    @Test("A clock that was set back is no reason to wait for ever, and no number is too large")
    func clocks() {
        var state = DebouncedState()
        state.take(true, observedAt: 1_000, heardAt: 1_000, span: 500)
        state.take(false, observedAt: 10, heardAt: 10, span: 500)
        #expect(state.belief == .init(isOccupied: false, since: 10))
        state.take(true, observedAt: 20, heardAt: 900, span: 500)
        #expect(state.candidate != nil)
        state.settle(at: 899, span: 500)
        #expect(state.belief == .init(isOccupied: true, since: 20))
        var far = DebouncedState()
        far.take(true, observedAt: .min, heardAt: .min, span: .max)
        far.take(false, observedAt: .max, heardAt: .max, span: .max)
        #expect(far.belief?.isOccupied == false)
        far.take(true, observedAt: .max, heardAt: .max, span: .max)
        #expect(far.deadline(span: .max) == .max)
        far.settle(at: .max, span: .max)
        #expect(far.belief?.isOccupied == false)
    }
}
