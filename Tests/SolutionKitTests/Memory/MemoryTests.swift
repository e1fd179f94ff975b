import HubModel
import HubTesting
import SolutionKit
import Testing

@Suite struct MemoryTests {
    private final class Device: SavedEntry {
        let name: Int
        var isDirty = false
        var savedAt: Timestamp?
        init(_ name: Int) { self.name = name }
    }

    private func second(_ second: Double) -> Timestamp {
        Timestamp(seconds: 1_763_683_200).advanced(byMicroseconds: Int64(second * 1e6))
    }

    @Test("What is marked twice is written once, and the longest waiting first")
    func once() {
        let devices = (0..<3).map(Device.init)
        var list = DirtyList<Device>()
        for device in devices + devices { list.mark(device) }
        #expect(list.takeAll().map(\.name) == [0, 1, 2])
        #expect(list.takeAll().isEmpty && devices.allSatisfy { !$0.isDirty })
        list.mark(devices[1])
        #expect(list.takeAll().map(\.name) == [1])
    }

    @Test("Nothing is written twice within the interval, and what has to wait holds up nothing behind it")
    func interval() {
        let devices = (0..<5).map(Device.init)
        var list = DirtyList<Device>()
        for device in devices { list.mark(device) }
        devices[0].savedAt = second(0)
        #expect(list.take(atMost: 2, at: second(0.5)).map(\.name) == [1, 2])
        #expect(list.take(atMost: 9, at: second(0.5)).map(\.name) == [3, 4])
        #expect(list.take(atMost: 9, at: second(0.9)).isEmpty && devices[0].isDirty)
        #expect(list.take(atMost: 9, at: second(1)).map(\.name) == [0])
        // A clock that was set back.
        list.mark(devices[0])
        devices[0].savedAt = second(60)
        #expect(list.take(atMost: 9, at: second(1)).map(\.name) == [0])
    }

    @Test("A device has one speaker, and one client may speak for many")
    func speakers() {
        var index = SpeakerIndex<String>()
        index.move("b", from: nil, to: "x")
        index.move("a", from: nil, to: "x")
        #expect(index.devices(of: "x") == ["a", "b"])
        index.move("a", from: "x", to: "y")
        #expect(index.devices(of: "x") == ["b"] && index.devices(of: "y") == ["a"])
        index.move("b", from: "x", to: nil)
        #expect(index.devices(of: "x").isEmpty && index.devices(of: "nobody").isEmpty)
    }

    @Test("What is done once a minute is done once a minute, sooner on news, and after the clock was set back")
    func occasionally() {
        var note = Occasionally.onceAMinute
        let due = [0.0, 1, 59.9, 60, 119, 121].filter { note.isDue(at: second($0)) }
        #expect(due == [0, 60, 121])
        note.hurry()
        let after = [122.0, 100, 101].map { note.isDue(at: second($0)) }
        #expect(after == [true, true, false])
    }

    @Test("Deadlines come in their order, those of one instant by rank", arguments: 1...5)
    func deadlines(seed: Int) {
        var random = SeededRandom(UInt64(seed))
        var heap = InstantHeap<Int>()
        var model: [(at: Timestamp, rank: Int, element: Int)] = []
        for number in 0..<300 {
            if Int.random(in: 0..<3, using: &random) > 0 {
                let at = second(Double(Int.random(in: 0..<50, using: &random)))
                heap.insert(number, at: at, rank: number)
                model.append((at, number, number))
            } else {
                let now = second(Double(Int.random(in: 0..<50, using: &random)))
                let next = model.indices.min { (model[$0].at, model[$0].rank) < (model[$1].at, model[$1].rank) }
                let expected = next.flatMap { model[$0].at <= now ? model.remove(at: $0).element : nil }
                #expect(heap.popDue(at: now) == expected)
            }
            let first = model.min { ($0.at, $0.rank) < ($1.at, $1.rank) }
            #expect(heap.first?.element == first?.element)
        }
    }
}
